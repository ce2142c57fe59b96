#pragma once

#include "gossip/score/peer_score.hpp"
#include "libp2p/base/time_point.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <initializer_list>
#include <string_view>
#include <vector>

namespace grapevine::test {

/// Parameters that score nothing, with topics "a" and "b" of weight 1 that
/// count nothing either: what a test sets is all there is.
inline gossip::score_parameters neutral_score() {
  gossip::score_parameters p;
  p.topics["a"] = {};
  p.topics["b"] = {};
  p.retention = 1h;
  return p;
}

/// Addresses from text.
inline std::vector<libp2p::ip_address>
addresses(std::initializer_list<std::string_view> texts) {
  std::vector<libp2p::ip_address> result;
  for (const auto text : texts)
    result.push_back(libp2p::ip_address::from_text(text).value());
  return result;
}

/// Scores with a virtual clock.
class score_fixture {
public:
  explicit score_fixture(const gossip::score_parameters& p,
                         const gossip::score_limits& limits = {})
      : scores{p, limits} {
    scores.refresh(now);
  }

  /// Connects peer `number`, whose handle has that slot.
  gossip::peer_handle add(std::uint32_t number,
                          std::initializer_list<std::string_view> ips = {},
                          std::uint32_t generation = 0) {
    const gossip::peer_handle peer{number, generation};
    scores.add_peer(peer, numbered_peer(number), addresses(ips), now);
    return peer;
  }

  void remove(gossip::peer_handle peer) { scores.remove_peer(peer, now); }

  void graft(gossip::peer_handle peer, std::string_view topic = "a") {
    scores.graft(peer, topic, now);
  }

  /// So many messages that `peer` delivers first.
  void deliver(gossip::peer_handle peer, int count,
               std::string_view topic = "a") {
    for (int i = 0; i < count; ++i)
      scores.first_delivery(peer, topic);
  }

  /// Lets `elapsed` pass and refreshes once.
  void pass(std::chrono::nanoseconds elapsed) {
    now += elapsed;
    scores.refresh(now);
  }

  double score(gossip::peer_handle peer) const { return scores.score(peer); }

  gossip::peer_score scores;
  time_point now{1h};
};

} // namespace grapevine::test
