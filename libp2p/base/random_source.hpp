#pragma once

#include <array>
#include <cstdint>
#include <functional>

namespace grapevine::libp2p {

/// Gives 32 random bytes, others at each call.
using random_source = std::function<std::array<std::uint8_t, 32>()>;

} // namespace grapevine::libp2p
