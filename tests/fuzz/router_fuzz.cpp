// Any order of peers, RPCs, topics and verdicts leaves the router's state
// sound: meshes within the subscriptions, nobody in a mesh whom a backoff keeps
// out, tables bounded, no effect for a peer that is gone.
#include "gossip/message/signing.hpp"
#include "gossip/router/router.hpp"
#include "gossip/score/score_profiles.hpp"
#include "tests/support/fuzz_input.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

constexpr std::uint32_t identity_count = 24;

router_options options() {
  router_options result;
  auto scoring = scoring_of(score_profile::standard);
  result.score = std::move(scoring.parameters);
  result.params.thresholds = scoring.thresholds;
  result.params.thresholds.accept_px = 0;
  result.params.flood_publish = false;
  result.params.peer_exchange = true;
  // Everybody offered can be dialled.
  result.resolve = [](const px_offer& offer, address_scope) {
    std::vector<dial_candidate> found;
    for (const auto& peer : offer.peers)
      if (const auto id = libp2p::peer_id::from_bytes(as_bytes(peer.id)))
        found.push_back({*id, {}});
    return found;
  };
  return result;
}

class player {
public:
  explicit player(bytes_view data) : in_{data}, router_{options()} {}

  void play() {
    while (!in_.empty()) {
      step();
      check_effects();
      out_.clear();
      check_state();
    }
  }

private:
  static constexpr std::array topics{"t", "u", "v"};

  std::string topic() { return topics[in_.byte() % topics.size()]; }
  std::uint32_t who() { return in_.byte() % identity_count; }

  std::optional<peer_handle> peer() {
    return router_.find_peer(numbered_peer(who()));
  }

  void step() {
    switch (in_.byte() % 12) {
    case 0:
      come();
      break;
    case 1:
      go();
      break;
    case 2:
    case 3:
    case 4:
      speak();
      break;
    case 5:
      router_.join(topic(), now_, gen_, out_);
      break;
    case 6:
      router_.leave(topic(), now_, gen_, out_);
      break;
    case 7:
      now_ += std::chrono::milliseconds{1'000 + 40 * in_.byte()};
      router_.heartbeat(now_, gen_, out_);
      break;
    case 8:
      router_.set_direct(numbered_peer(who()), in_.byte() % 2 == 0, now_, gen_,
                         out_);
      break;
    case 9:
      router_.sent_invalid(numbered_peer(who()), topic(), out_);
      break;
    case 10:
      router_.misbehaved(numbered_peer(who()), in_.byte() - 100.0, out_);
      break;
    default:
      publish();
    }
  }

  void come() {
    const auto id = numbered_peer(who());
    const auto flags = in_.byte();
    peer_traits traits;
    traits.version = static_cast<version>(flags % 5);
    traits.outbound = (flags & 8u) != 0;
    traits.offered = (flags & 16u) != 0;
    const auto known = router_.find_peer(id);
    const auto added = router_.add_peer(id, traits, {}, now_, out_);
    expect(added.has_value() == !known);
    if (added && (flags & 32u) != 0)
      router_.greet(*added);
  }

  void go() {
    if (const auto gone = peer()) {
      router_.remove_peer(*gone, now_, gen_, out_);
      expect(router_.find_peer(*gone) == nullptr);
      // Whoever asks for it once more is answered nothing.
      router_.remove_peer(*gone, now_, gen_, out_);
      expect(router_.receive(*gone, {}, {}, now_, gen_, out_) == 0);
    }
  }

  void speak() {
    const auto from = peer();
    std::vector<proto::subscription> changes;
    proto::control control;
    for (auto left = in_.byte() % 4; left > 0; --left) {
      const auto flags = in_.byte();
      switch (flags % 4) {
      case 0:
        changes.push_back({.topic = topic(), .subscribe = (flags & 4u) != 0});
        break;
      case 1:
        control.grafts.push_back(topic());
        break;
      case 2:
        control.prunes.push_back(prune(flags));
        break;
      default:
        control.ihaves.push_back({topic(), {"id"}});
      }
    }
    if (from)
      router_.receive(*from, changes, control, now_, gen_, out_);
  }

  proto::prune prune(std::uint8_t flags) {
    proto::prune result{topic(), {}, {}};
    if ((flags & 4u) != 0)
      result.backoff = std::chrono::seconds{in_.byte()};
    for (auto left = flags >> 5u; left > 0; --left)
      result.peers.push_back(
          {std::string{as_text(numbered_peer(who()).view())}, {}});
    return result;
  }

  void publish() {
    std::vector<peer_handle> to;
    const auto name = topic();
    const message_fields fields{name, {}, {}, {}};
    const auto msg = build_message(fields, nullptr, default_message_id);
    router_.publish_to(*msg, now_, gen_, to);
    for (const auto peer : to)
      expect(is_subscribed(peer, msg->topic()));
    to.clear();
    router_.relay_to(*msg, peer(), {}, to);
    for (const auto peer : to)
      expect(is_subscribed(peer, msg->topic()));
  }

  bool is_subscribed(peer_handle peer, std::string_view name) const {
    const auto peers = router_.meshes().peers_of(name);
    return std::ranges::find(peers, peer) != peers.end();
  }

  bool is_here(peer_handle peer) const {
    return router_.find_peer(peer) != nullptr;
  }

  void check_effects() {
    for (const auto& one : out_.standings) {
      expect(is_here(one.peer));
      expect(one.standing.without_gossip || !one.standing.graylisted);
    }
    for (const auto& one : out_.control)
      expect(is_here(one.to));
    for (const auto& one : out_.gossip)
      for (const auto peer : one.peers)
        expect(is_here(peer));
    for (const auto& one : out_.paces)
      expect(is_here(one.peer));
  }

  void check_state() {
    const auto& meshes = router_.meshes();
    expect(meshes.peer_count() <= identity_count);
    expect(meshes.topic_count() <= topics.size());
    expect(meshes.backoff_count() <= identity_count * topics.size());
    expect(router_.scores().peer_count() == meshes.peer_count());
    for (const auto* name : topics)
      for (const auto peer : meshes.mesh_of(name)) {
        expect(meshes.subscribed(name));
        expect(is_subscribed(peer, name));
        const auto* record = router_.find_peer(peer);
        expect(record != nullptr && !record->traits.direct);
        expect(has_mesh(record->traits.version));
        const auto backoff = meshes.backoffs().expiry(name, record->id);
        expect(!backoff || *backoff <= now_);
      }
  }

  fuzz_input in_;
  router router_;
  router_effects out_;
  rng gen_{1};
  time_point now_{std::chrono::hours{1}};
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  // Too long an input only repeats itself.
  player{{data, std::min<std::size_t>(size, 1'024)}}.play();
  return 0;
}
