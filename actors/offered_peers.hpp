#pragma once

#include "gossip/peer_exchange.hpp"
#include "libp2p/peer_id.hpp"
#include "messages/transport.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>

namespace grapevine {

/// The peers that others offered in a PRUNE and that wait to be dialled, a few
/// at once: an offer must not make this node flood others with connections. No
/// actor, no clock.
class offered_peers {
public:
  /// As go: 8 connectors, 128 pending.
  explicit offered_peers(std::size_t max_dials = 8,
                         std::size_t max_waiting = 128)
      : max_dials_{max_dials}, max_waiting_{max_waiting} {}

  /// Lets a peer wait. False if it does already, is being dialled, or there is
  /// no room.
  bool add(gossip::dial_candidate candidate);

  /// The peer to dial now, if there is any and not too many are dialled; say
  /// `dialling` next.
  std::optional<gossip::dial_candidate> next();

  void dialling(attempt_id attempt, const libp2p::peer_id& peer);

  /// An attempt has ended, however; those of others are ignored.
  void ended(attempt_id attempt) { dials_.erase(attempt); }

private:
  std::size_t max_dials_;
  std::size_t max_waiting_;
  std::deque<gossip::dial_candidate> waiting_;
  std::map<attempt_id, libp2p::peer_id> dials_;
};

} // namespace grapevine
