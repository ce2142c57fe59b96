// How the rules act together: which step comes after which, and what counts
// against whom.
#include "gossip/partial/bitmap_parts.hpp"
#include "gossip/router/router.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

/// A router whose clock a test moves.
struct router_fixture {
  explicit router_fixture(router_options options = {})
      : router{std::move(options)} {}

  peer_handle add(const peer_traits& traits = inbound_peer,
                  std::initializer_list<std::string_view> topics = {}) {
    const auto peer =
        router.add_peer(numbered_peer(next++), traits, {}, now, out).value();
    out.clear();
    for (const auto topic : topics)
      receive(peer, {subscription(topic)});
    out.clear();
    return peer;
  }

  static proto::subscription subscription(std::string_view topic,
                                          bool on = true) {
    return {.topic = std::string{topic}, .subscribe = on};
  }

  std::size_t receive(peer_handle from,
                      std::vector<proto::subscription> changes,
                      const proto::control& control = {}) {
    out.clear();
    return router.receive(from, changes, control, now, gen, out);
  }

  void graft(peer_handle from, std::string_view topic) {
    proto::control control;
    control.grafts.emplace_back(topic);
    receive(from, {}, control);
  }

  libp2p::peer_id id_of(peer_handle peer) const {
    return router.find_peer(peer)->id;
  }

  void beat() {
    now += 1s;
    out.clear();
    router.heartbeat(now, gen, out);
  }

  gossip::router router;
  router_effects out;
  rng gen{1};
  time_point now{std::chrono::hours{1}};
  std::uint32_t next = 0;
};

router_options scored() {
  router_options options;
  options.score.behaviour.weight = -10;
  options.score.behaviour.decay = 0.9;
  options.params.thresholds.gossip = -10;
  options.params.thresholds.publish = -20;
  options.params.thresholds.graylist = -50;
  return options;
}

} // namespace

TEST_CASE("router: whoever comes in is told its standing, even if it is what "
          "everyone's is") {
  router_fixture f;
  const auto peer =
      f.router.add_peer(numbered_peer(1), inbound_peer, {}, f.now, f.out);
  REQUIRE(f.out.standings.size() == 1);
  CHECK(f.out.standings[0].peer == peer.value());
  CHECK(f.out.standings[0].standing == peer_standing{});
}

TEST_CASE("router: a standing is told when it changes, and not again") {
  router_fixture f{scored()};
  const auto peer = f.add();
  f.router.misbehaved(f.id_of(peer), 2, f.out);
  REQUIRE(f.out.standings.size() == 1);
  CHECK(f.out.standings[0].standing.without_gossip);
  CHECK_FALSE(f.out.standings[0].standing.graylisted);
  f.router.misbehaved(f.id_of(peer), 0.1, f.out);
  CHECK(f.out.standings.size() == 1);
  f.router.misbehaved(f.id_of(peer), 1, f.out);
  REQUIRE(f.out.standings.size() == 2);
  CHECK(f.out.standings[1].standing.graylisted);
  f.router.misbehaved(f.id_of(peer), -3.1, f.out);
  REQUIRE(f.out.standings.size() == 3);
  CHECK(f.out.standings[2].standing == peer_standing{});
}

TEST_CASE("router: of a graylisted peer only the subscriptions are accepted") {
  router_fixture f{scored()};
  f.router.join("t", f.now, f.gen, f.out);
  const auto peer = f.add();
  f.router.misbehaved(f.id_of(peer), 5, f.out);
  proto::control control;
  control.grafts.emplace_back("t");
  control.ihaves.push_back({"t", {"id"}});
  f.receive(peer, {router_fixture::subscription("t")}, control);
  CHECK(f.router.meshes().peers_of("t").size() == 1);
  CHECK(f.router.meshes().mesh_of("t").empty());
  CHECK(f.out.offered_ids.empty());
  CHECK(f.out.control.empty());
}

TEST_CASE("router: a peer's own GRAFT comes before our welcome, so that nobody "
          "is grafted by both") {
  router_fixture f;
  f.router.join("t", f.now, f.gen, f.out);
  const auto peer = f.add();
  proto::control control;
  control.grafts.emplace_back("t");
  f.receive(peer, {router_fixture::subscription("t")}, control);
  CHECK(f.router.meshes().in_mesh("t", peer));
  CHECK(f.out.control.empty());
  const auto other = f.add();
  f.receive(other, {router_fixture::subscription("t")});
  REQUIRE(f.out.control.size() == 1);
  CHECK(f.out.control[0].grafts == std::vector<std::string>{"t"});
}

TEST_CASE("router: the greeting has all subscriptions and the meshes that the "
          "peer is in, and from then on it is reachable") {
  router_fixture f;
  f.router.join("t", f.now, f.gen, f.out);
  f.router.join("u", f.now, f.gen, f.out);
  const auto peer = f.add(inbound_peer, {"t"});
  CHECK_FALSE(f.router.greeted(peer));
  CHECK(f.router.reachable("t") == 0);
  const auto greeting = f.router.greet(peer);
  CHECK(greeting.subscriptions.size() == 2);
  CHECK(greeting.grafts == std::vector<std::string>{"t"});
  CHECK(f.router.greeted(peer));
  CHECK(f.router.reachable("t") == 1);
  CHECK(f.router.reachable("u") == 0);
}

TEST_CASE("router: nothing is done for a peer that is gone, nor for the next "
          "one in its place") {
  router_fixture f{scored()};
  const auto gone = f.add(inbound_peer, {"t"});
  const auto id = f.id_of(gone);
  f.router.remove_peer(gone, f.now, f.gen, f.out);
  const auto next = f.add();
  REQUIRE(next.slot == gone.slot);
  CHECK(f.router.greet(gone).subscriptions.empty());
  CHECK_FALSE(f.router.greeted(next));
  f.graft(gone, "t");
  f.router.misbehaved(id, 5, f.out);
  f.router.move_peer(gone, {}, f.out);
  CHECK(f.out.empty());
  CHECK(f.router.scores().score(next) == 0);
}

TEST_CASE(
    "router: what is said of a peer's standing is withdrawn when it goes") {
  router_fixture f{scored()};
  const auto peer = f.add();
  const auto other = f.add();
  f.router.misbehaved(f.id_of(peer), 5, f.out);
  f.router.misbehaved(f.id_of(other), 5, f.out);
  f.router.remove_peer(peer, f.now, f.gen, f.out);
  REQUIRE(f.out.standings.size() == 1);
  CHECK(f.out.standings[0].peer == other);
}

TEST_CASE("router: observers hear of changed subscriptions, a GRAFT's too, and "
          "not of repeated ones") {
  router_fixture f;
  f.router.join("t", f.now, f.gen, f.out);
  const auto peer = f.add();
  f.graft(peer, "t");
  CHECK(f.out.subscriptions.empty());
  f.receive(peer, {router_fixture::subscription("t", false)});
  f.router.observe(true);
  f.now += 2min;
  f.graft(peer, "t");
  REQUIRE(f.out.subscriptions.size() == 1);
  CHECK(f.out.subscriptions[0].peer == peer);
  CHECK(f.out.subscriptions[0].subscribed);
  f.receive(peer, {router_fixture::subscription("t")});
  CHECK(f.out.subscriptions.empty());
  f.receive(peer, {router_fixture::subscription("t", false)});
  REQUIRE(f.out.subscriptions.size() == 1);
  CHECK_FALSE(f.out.subscriptions[0].subscribed);
}

TEST_CASE("router: changes of subscriptions beyond the pace are credited with "
          "the heartbeats") {
  router_fixture f;
  const auto peer = f.add();
  const std::vector<proto::subscription> many(
      subscription_pace::burst + 10, router_fixture::subscription("t", false));
  CHECK(f.receive(peer, many) == 10);
  f.beat();
  REQUIRE(f.out.paces.size() == 1);
  CHECK(f.out.paces[0].peer == peer);
  CHECK(f.out.paces[0].changes == 10);
  f.beat();
  CHECK(f.out.paces.empty());
}

TEST_CASE("router: a direct peer is direct whenever it comes, leaves the mesh, "
          "and is sent what it does not want") {
  router_fixture f;
  f.router.join("t", f.now, f.gen, f.out);
  const auto peer = f.add(inbound_peer, {"t"});
  REQUIRE(f.router.meshes().in_mesh("t", peer));
  CHECK_FALSE(f.router.goes_anyway(peer, false));
  const auto id = f.id_of(peer);
  f.out.clear();
  f.router.set_direct(id, true, f.now, f.gen, f.out);
  CHECK_FALSE(f.router.meshes().in_mesh("t", peer));
  REQUIRE(f.out.control.size() == 1);
  CHECK(f.out.control[0].prunes.size() == 1);
  CHECK(f.router.goes_anyway(peer, false));
  f.router.remove_peer(peer, f.now, f.gen, f.out);
  const auto again = f.router.add_peer(id, inbound_peer, {}, f.now, f.out);
  CHECK(f.router.find_peer(again.value())->traits.direct);
}

TEST_CASE("router: a relayed message spares its source and whoever sent it "
          "before the verdict") {
  router_fixture f;
  f.router.join("t", f.now, f.gen, f.out);
  const auto source = f.add(inbound_peer, {"t"});
  const auto had = f.add(inbound_peer, {"t"});
  const auto other = f.add(inbound_peer, {"t"});
  const auto msg = message_named("id", "t");
  const std::vector<forwarder> forwarders{{f.id_of(had), true}};
  std::vector<peer_handle> to;
  f.router.relay_to(*msg, source, forwarders, to);
  CHECK(to == std::vector{other});
}

TEST_CASE("router: of a message accepted, its source and those whose copy was "
          "identical are credited (P2, P3)") {
  router_options options;
  auto& topic = options.score.topics["t"];
  topic.first_deliveries = {1, 0.9, 10};
  router_fixture f{options};
  const auto source = f.add(inbound_peer, {"t"});
  const auto had = f.add(inbound_peer, {"t"});
  const std::vector<forwarder> forwarders{{f.id_of(had), true}};
  f.router.credit(*message_named("id", "t"), source, forwarders);
  CHECK(f.router.scores().score(source) == 1);
  CHECK(f.router.scores().score(had) == 0);
}

TEST_CASE("router: IDONTWANT goes out for a large message alone") {
  router_options options;
  options.params.gossip.idontwant_threshold = 4;
  router_fixture f{options};
  f.router.join("t", f.now, f.gen, f.out);
  const auto peer = f.add({version::v1_2, false, false}, {"t"});
  std::vector<peer_handle> told;
  f.router.warn_of(*message_named("id", "t", "abc"), {}, told);
  CHECK(told.empty());
  f.router.warn_of(*message_named("id", "t", "abcd"), {}, told);
  CHECK(told == std::vector{peer});
}

TEST_CASE("router: one offer of a peer is accepted in a heartbeat's time") {
  router_options options;
  options.params.thresholds.accept_px = 0;
  options.resolve = [](const px_offer& offer, address_scope) {
    return std::vector<dial_candidate>(offer.peers.size());
  };
  router_fixture f{options};
  f.router.join("t", f.now, f.gen, f.out);
  f.router.join("u", f.now, f.gen, f.out);
  const auto peer = f.add(inbound_peer, {"t", "u"});
  const auto prune = [&](std::string topic) {
    proto::control control;
    control.prunes.push_back(
        {std::move(topic),
         {{std::string{as_text(numbered_peer(99).view())}, {}}},
         {}});
    f.receive(peer, {}, control);
  };
  prune("t");
  CHECK(f.out.dials.size() == 1);
  prune("u");
  CHECK(f.out.dials.empty());
  REQUIRE_FALSE(f.out.events.empty());
  CHECK(f.out.events.back().kind == mesh_event_kind::offers_ignored);
}

TEST_CASE("router: a peer found by an offer counts as outbound once it has "
          "proven itself, and that is told") {
  router_fixture f;
  const auto peer = f.add({version::v1_1, false, false, true});
  for (int i = 0; i < 599; ++i)
    f.beat();
  CHECK_FALSE(f.router.find_peer(peer)->traits.outbound);
  f.beat();
  CHECK(f.router.find_peer(peer)->traits.outbound);
  REQUIRE(f.out.events.size() == 1);
  CHECK(f.out.events[0].kind == mesh_event_kind::proven);
}

TEST_CASE(
    "router: what the application's rules of partial messages throw is an "
    "effect, not the end") {
  struct broken_rules : bitmap_parts {
    broken_rules() : bitmap_parts{8, false} {}
    bool valid(bytes_view) const override {
      throw std::runtime_error{"broken"};
    }
  };
  router_fixture f;
  f.router.set_partial_topic("t", {true, std::make_shared<broken_rules>()},
                             f.now, f.gen, f.out);
  const auto peer = f.add();
  f.router.set_partial_usable(f.id_of(peer), true);
  const bytes group{1};
  proto::partial_view partial{"t", group, {}, {}};
  partial.metadata = group;
  f.router.receive_partial(peer, partial, f.out);
  CHECK(f.out.failures == std::vector<std::string>{"broken"});
}

TEST_CASE("router: who has left is sent no parts, whatever it said of them") {
  router_fixture f;
  f.router.set_partial_topic("t", {true, std::make_shared<bitmap_parts>(8)},
                             f.now, f.gen, f.out);
  const bytes group{1};
  const bytes nothing{0};
  numbered_parts parts{8};
  parts.set(0, bytes{42});
  const auto publish = [&] {
    f.out.clear();
    CHECK(f.router.publish_partial("t", group, parts.encode(),
                                   parts.available().bits(), f.now, f.gen,
                                   f.out));
    return f.out.partial.size();
  };
  publish();
  const auto peer = f.add();
  f.router.set_partial_usable(f.id_of(peer), true);
  f.receive(peer, {{"t", true, true, true}});
  proto::partial_view partial{"t", group, {}, {}};
  partial.metadata = nothing;
  f.router.receive_partial(peer, partial, f.out);
  REQUIRE_FALSE(f.out.partial.empty());
  parts.set(1, bytes{43});
  CHECK(publish() == 1);
  f.router.remove_peer(peer, f.now, f.gen, f.out);
  parts.set(2, bytes{44});
  CHECK(publish() == 0);
}

TEST_CASE("router: other thresholds and weights change standings at once") {
  router_fixture f{scored()};
  const auto peer = f.add();
  f.router.misbehaved(f.id_of(peer), 2, f.out);
  REQUIRE_FALSE(f.router.standing_of(peer).graylisted);
  auto options = scored();
  f.out.clear();
  SECTION("thresholds") {
    options.params.thresholds.graylist = -30;
  }
  SECTION("weights") {
    options.score.behaviour.weight = -100;
  }
  f.router.use_scoring(options.score, options.params.thresholds, f.out);
  CHECK(f.router.standing_of(peer).graylisted);
  REQUIRE(f.out.standings.size() == 1);
  CHECK(f.out.standings[0].standing.graylisted);
}
