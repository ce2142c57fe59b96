#pragma once

namespace grapevine::gossip {

/// What a validation says of a message.
enum class verdict_kind { accept, reject, ignore };

} // namespace grapevine::gossip
