#pragma once

#include <chrono>
#include <cstdint>

namespace grapevine::libp2p {

/// Which end of the connection this is.
enum class role { dialer, listener };

/// The time that is given to the cores: never earlier than the last one.
using time_point = std::chrono::steady_clock::time_point;

/// A stream's number within its connection, as yamux counts them.
using stream_id = std::uint32_t;

} // namespace grapevine::libp2p
