#pragma once

#include "gossip/mesh/mesh.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace grapevine::test {

using namespace std::chrono_literals;

/// The identity of test peer `number`: a SHA2-256 multihash that no key has.
inline libp2p::peer_id numbered_peer(std::uint32_t number) {
  bytes raw(34);
  raw[0] = 0x12;
  raw[1] = 32;
  for (std::size_t i = 0; i < 4; ++i)
    raw[2 + i] = static_cast<std::uint8_t>(number >> (8 * i));
  return libp2p::peer_id::from_bytes(raw).value();
}

inline constexpr gossip::peer_traits inbound_peer{gossip::version::v1_1, false,
                                                  false};
inline constexpr gossip::peer_traits outbound_peer{gossip::version::v1_1, true,
                                                   false};
inline constexpr gossip::peer_traits old_peer{gossip::version::v1_0, false,
                                              false};
inline constexpr gossip::peer_traits floodsub_peer{gossip::version::floodsub,
                                                   false, false};
inline constexpr gossip::peer_traits direct_peer{gossip::version::v1_1, true,
                                                 true};

/// A router with a virtual clock, a seeded generator and scores that a test
/// sets.
class mesh_fixture {
public:
  explicit mesh_fixture(gossip::parameters p = {},
                        const gossip::mesh_limits& limits = {})
      : router{p, limits,
               [this](gossip::peer_handle peer) { return score_of(peer); }} {}

  /// Connects a new peer that is subscribed to `topics`.
  gossip::peer_handle add(const gossip::peer_traits& traits,
                          std::initializer_list<std::string_view> topics = {}) {
    const auto peer = router.add_peer(numbered_peer(next_++), traits).value();
    for (const auto topic : topics)
      subscribe(peer, topic);
    return peer;
  }

  std::vector<gossip::peer_handle>
  add(std::size_t count, const gossip::peer_traits& traits,
      std::initializer_list<std::string_view> topics = {}) {
    std::vector<gossip::peer_handle> result;
    for (std::size_t i = 0; i < count; ++i)
      result.push_back(add(traits, topics));
    return result;
  }

  void subscribe(gossip::peer_handle peer, std::string_view topic,
                 bool on = true) {
    const proto::subscription change{.topic = std::string{topic},
                                     .subscribe = on};
    router.subscriptions(peer, {&change, 1}, effects);
  }

  bool join(std::string_view topic) {
    return router.join(topic, now, gen, effects);
  }

  bool leave(std::string_view topic) {
    return router.leave(topic, now, effects);
  }

  void graft(gossip::peer_handle peer, std::string_view topic) {
    router.graft(peer, topic, now, effects);
  }

  void prune(gossip::peer_handle peer, std::string_view topic,
             std::optional<std::chrono::seconds> backoff = {}) {
    router.prune(peer, {std::string{topic}, {}, backoff}, now, effects);
  }

  std::vector<gossip::peer_handle> publish(std::string_view topic) {
    std::vector<gossip::peer_handle> to;
    const auto count = router.publish_to(topic, now, gen, to);
    return count == to.size() ? to : std::vector<gossip::peer_handle>{};
  }

  std::vector<gossip::peer_handle> relay(std::string_view topic,
                                         gossip::peer_handle source = {},
                                         const libp2p::peer_id& author = {}) {
    std::vector<gossip::peer_handle> to;
    router.relay_to(topic, source, author, to);
    return to;
  }

  /// Lets `elapsed` pass and ticks once; only its effects are left.
  void beat(std::chrono::milliseconds elapsed = 1s) {
    now += elapsed;
    effects.clear();
    router.heartbeat(now, gen, effects);
  }

  /// Every GRAFT of the topic waiting in the effects.
  std::vector<gossip::peer_handle> grafted(std::string_view topic) const {
    std::vector<gossip::peer_handle> result;
    for (const auto& control : effects.control)
      if (std::count(control.grafts.begin(), control.grafts.end(), topic) > 0)
        result.push_back(control.to);
    return result;
  }

  /// Every PRUNE to `peer` waiting in the effects.
  std::vector<proto::prune> prunes_to(gossip::peer_handle peer) const {
    for (const auto& control : effects.control)
      if (control.to == peer)
        return control.prunes;
    return {};
  }

  std::vector<gossip::peer_handle> pruned(std::string_view topic) const {
    std::vector<gossip::peer_handle> result;
    for (const auto& control : effects.control)
      for (const auto& prune : control.prunes)
        if (prune.topic == topic)
          result.push_back(control.to);
    return result;
  }

  /// Who gets gossip of the topic, and of so many heartbeats.
  std::vector<gossip::peer_handle> gossiped(std::string_view topic,
                                            std::size_t windows = 3) const {
    std::vector<gossip::peer_handle> result;
    for (const auto& gossip : effects.gossip)
      if (gossip.topic == topic && gossip.windows == windows)
        result.insert(result.end(), gossip.peers.begin(), gossip.peers.end());
    return result;
  }

  /// Who is told of all that the window holds: it came into the mesh.
  std::vector<gossip::peer_handle> introduced(std::string_view topic) const {
    return gossiped(topic, router.params().gossip.history_length);
  }

  /// The peer's connection ends and it is there again, subscribed to `topics`.
  gossip::peer_handle
  reconnect(gossip::peer_handle peer,
            std::initializer_list<std::string_view> topics = {}) {
    const auto record = *router.find_peer(peer);
    router.remove_peer(peer, effects);
    const auto again = router.add_peer(record.id, record.traits).value();
    for (const auto topic : topics)
      subscribe(again, topic);
    return again;
  }

  std::size_t count(gossip::mesh_event_kind kind) const {
    return static_cast<std::size_t>(std::count_if(
        effects.events.begin(), effects.events.end(),
        [kind](const auto& event) { return event.kind == kind; }));
  }

  void set_score(gossip::peer_handle peer, double score) {
    scores_[peer] = score;
  }

  gossip::mesh router;
  gossip::rng gen{42};
  time_point now{1h};
  gossip::mesh_effects effects;

private:
  double score_of(gossip::peer_handle peer) const {
    const auto i = scores_.find(peer);
    return i == scores_.end() ? 0 : i->second;
  }

  std::unordered_map<gossip::peer_handle, double> scores_;
  std::uint32_t next_ = 1;
};

/// Whether `peers` has `peer`.
template <class Range>
bool has(const Range& peers, gossip::peer_handle peer) {
  return std::find(peers.begin(), peers.end(), peer) != peers.end();
}

/// Parameters without flood publishing, so that mesh and fanout show.
inline gossip::parameters without_flood() {
  gossip::parameters p;
  p.flood_publish = false;
  return p;
}

} // namespace grapevine::test
