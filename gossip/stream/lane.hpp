#pragma once

#include <cstddef>
#include <cstdint>

namespace grapevine::gossip {

/// The lanes, in the order in which they are sent.
enum class lane : std::uint8_t {
  /// IDONTWANT: worth nothing when late.
  idontwant,
  /// Subscriptions, extensions, GRAFT and PRUNE.
  control,
  /// Messages published or relayed.
  payload,
  /// Partial messages: parts and metadata.
  partial,
  /// IHAVE and IWANT: small, and worth nothing once the window has moved on, or
  /// the time is over in which the peer has to answer.
  gossip,
  /// Messages sent because of an IWANT.
  answer,
};
inline constexpr std::size_t lane_count = 6;

/// What waits in a lane.
struct lane_size {
  /// Messages, ids, or control entries.
  std::size_t items = 0;
  std::size_t bytes = 0;
};

} // namespace grapevine::gossip
