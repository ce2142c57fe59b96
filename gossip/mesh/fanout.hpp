#pragma once

#include "gossip/mesh/peer_table.hpp"
#include "libp2p/base/time_point.hpp"

#include <chrono>

namespace grapevine::gossip {

/// The peers that own messages go to in a topic that this node publishes to
/// without being subscribed (gossipsub-v1.0, "Fanout").
struct fanout {
  peer_set peers;
  /// Of the last own message.
  time_point published{};
  /// Something was published within the time to live.
  bool active = false;

  /// Keeps it alive for another `ttl` from `now` on.
  void touch(time_point now) noexcept;
  bool expired(time_point now, std::chrono::milliseconds ttl) const noexcept;
  /// Ends it.
  void clear() noexcept;
};

} // namespace grapevine::gossip
