#pragma once

#include <cstdint>

namespace grapevine::libp2p {

/// Which end of the connection this is.
enum class role { dialer, listener };

/// A stream's number within its connection, as yamux counts them.
using stream_id = std::uint32_t;

} // namespace grapevine::libp2p
