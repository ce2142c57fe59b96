#pragma once

namespace grapevine::libp2p {

/// A security protocol that a node may offer.
enum class security_kind { tls, noise };

} // namespace grapevine::libp2p
