#pragma once

#include "gossip/parameters.hpp"
#include "libp2p/base/time_point.hpp"

#include <chrono>
#include <cstddef>

namespace grapevine::gossip {

/// How much gossip one peer may still cause us in the current heartbeat
/// interval (gossipsub-v1.1, "Spam protection"; v1.2 for IDONTWANT). It renews
/// itself by the time it is given, so no tick has to reach every peer.
class gossip_budget {
public:
  gossip_budget(const parameters& p, time_point now);

  /// Counts one IHAVE message; false if it is to be ignored, because the peer
  /// sent too many or no more ids may be asked of it.
  bool accept_ihave(time_point now);

  /// How many of `wanted` unseen ids may be asked of the peer by IWANT; they
  /// are counted as asked.
  std::size_t ask(std::size_t wanted, time_point now);

  /// How many of the ids in the peer's IWANT are to be looked up.
  std::size_t accept_iwant(std::size_t ids, time_point now);

  /// How many of the ids in one IDONTWANT are to be kept, from the first on.
  std::size_t accept_idontwant(std::size_t ids, time_point now);

  /// Whether a partial message of so many bytes is accepted (1.3). Ours: what
  /// an application gets must be bounded.
  bool accept_partial(std::size_t size, time_point now);

private:
  void renew(time_point now);

  gossip_parameters limits_;
  std::chrono::milliseconds interval_;
  time_point renewed_;
  std::size_t ihave_messages_ = 0;
  std::size_t asked_ids_ = 0;
  std::size_t iwant_ids_ = 0;
  std::size_t idontwant_messages_ = 0;
  std::size_t partial_messages_ = 0;
  std::size_t partial_bytes_ = 0;
};

} // namespace grapevine::gossip
