#pragma once

#include "gossip/mesh/peer_exchange.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

namespace grapevine {

struct offered_peer_limits {
  /// As go: 8 connectors, 128 pending.
  std::size_t dials = 8;
  std::size_t waiting = 128;
  /// Addresses that are knocked at in a second, and at once after a pause: one
  /// PRUNE's peers soon, thousands never. Ours, no specification's.
  double addresses_per_second = 4;
  double addresses_at_once = 16;
};

/// The peers that others offered in a PRUNE and that wait to be dialled, a few
/// at once and a few in a second: an offer must not make this node flood others
/// with connections, or find out who listens where. No actor, no clock.
class offered_peers {
public:
  explicit offered_peers(const offered_peer_limits& limits = {})
      : limits_{limits}, tokens_{limits.addresses_at_once} {}

  /// Lets a peer wait. False if it does already, or there is no room.
  bool add(gossip::dial_candidate candidate);

  /// The peer to dial now, if there is any and not too many were of late, or
  /// are: `dials` of them.
  std::optional<gossip::dial_candidate> next(time_point now, std::size_t dials);

  /// How long until `next` has one, if one waits for its time alone.
  std::optional<std::chrono::nanoseconds> pause(time_point now,
                                                std::size_t dials);

  /// How many wait.
  std::size_t waiting() const noexcept { return waiting_.size(); }

private:
  // What the first one that waits costs; never more than there can be.
  double cost() const;
  void refill(time_point now);

  offered_peer_limits limits_;
  // An address costs one.
  double tokens_;
  std::optional<time_point> filled_;
  std::deque<gossip::dial_candidate> waiting_;
};

} // namespace grapevine
