#pragma once

#include <chrono>
#include <functional>

namespace grapevine::libp2p {

/// Tells the time of day, by which certificates are valid.
using wall_clock = std::function<std::chrono::system_clock::time_point()>;

} // namespace grapevine::libp2p
