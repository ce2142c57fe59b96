#pragma once

#include <chrono>
#include <cstddef>

namespace grapevine::link_limits {

/// Bytes read from one socket in one turn, so that other peers get theirs.
inline constexpr std::size_t read_budget = std::size_t{128} * 1024;

/// Connections to one peer at once. Two come about when both sides dial; more
/// are of no use. rust: 1 by default in some configurations, go: 8.
inline constexpr std::size_t links = 4;

/// How long an older connection has for a sign of life once its peer has made
/// another one; `ping_timeout` if that is less. It may be the one that a peer
/// has lost on its way to a new address.
inline constexpr std::chrono::seconds probe_timeout{5};

/// How often a stopping peer looks whether the other side has everything.
inline constexpr std::chrono::milliseconds stop_poll{5};

/// Bytes of what a peer says that it is that are kept.
inline constexpr std::size_t agent = 128;

/// How long a peer that is disconnected on request has to take what waits.
inline constexpr std::chrono::milliseconds farewell{1'000};

} // namespace grapevine::link_limits
