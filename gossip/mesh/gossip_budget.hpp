#pragma once

#include "gossip/parameters.hpp"
#include "libp2p/base/time_point.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

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
  // Of each kind; small, as there is a budget for each peer. A limit beyond
  // what it holds is no limit that anybody reaches within an interval.
  struct amounts {
    std::uint32_t ihave_messages = 0;
    std::uint32_t asked_ids = 0;
    std::uint32_t iwant_ids = 0;
    std::uint32_t idontwant_messages = 0;
    std::uint32_t partial_messages = 0;
    std::uint32_t partial_bytes = 0;
  };

  static amounts limits_of(const gossip_parameters& p);
  void renew(time_point now);

  amounts limits_;
  amounts used_;
  std::uint32_t max_idontwant_ids_;
  std::chrono::milliseconds interval_;
  time_point renewed_;
};

} // namespace grapevine::gossip
