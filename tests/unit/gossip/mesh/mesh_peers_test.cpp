#include "gossip/mesh/mesh.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

TEST_CASE("peers: one connection counts per identity", "[mesh]") {
  mesh_fixture net;
  const auto peer = net.router.add_peer(numbered_peer(1), {});
  REQUIRE(peer);
  CHECK_FALSE(net.router.add_peer(numbered_peer(1), {}));
  CHECK(net.router.find_peer(numbered_peer(1)) == peer);
  CHECK(net.router.peer_count() == 1);
}

TEST_CASE("peers: no more than the limit", "[mesh]") {
  mesh_limits limits;
  limits.peers = 2;
  mesh_fixture net{{}, limits};
  net.add(2, inbound_peer);
  CHECK_FALSE(net.router.add_peer(numbered_peer(9), {}));
}

TEST_CASE("peers: gone, nothing of them is left but backoffs", "[mesh]") {
  mesh_fixture net{without_flood()};
  const auto peer = net.add(inbound_peer, {"t", "u", "v"});
  net.join("t");
  net.publish("u");
  REQUIRE(net.router.in_mesh("t", peer));
  REQUIRE(net.router.fanout_of("u").size() == 1);
  net.effects.clear();
  net.router.remove_peer(peer, net.effects);
  CHECK(net.count(mesh_event_kind::pruned) == 1);
  CHECK(net.effects.control.empty());
  CHECK(net.router.peer_count() == 0);
  CHECK(net.router.mesh_of("t").empty());
  CHECK(net.router.fanout_of("u").empty());
  CHECK(net.router.peers_of("t").empty());
  // "t" is joined, "u" has a fanout until its time is over.
  CHECK(net.router.topic_count() == 2);
  net.beat(60s);
  CHECK(net.router.topic_count() == 1);
}

TEST_CASE("peers: backoffs outlive the connection", "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto id = numbered_peer(77);
  auto peer = net.router.add_peer(id, inbound_peer).value();
  net.subscribe(peer, "t");
  net.graft(peer, "t");
  net.set_score(peer, -1);
  net.beat();
  REQUIRE(net.pruned("t") == std::vector{peer});
  net.router.remove_peer(peer, net.effects);
  peer = net.router.add_peer(id, inbound_peer).value();
  net.subscribe(peer, "t");
  net.beat();
  CHECK(net.grafted("t").empty());
  net.effects.clear();
  net.graft(peer, "t");
  CHECK(net.pruned("t") == std::vector{peer});
}

TEST_CASE("peers: whoever is gone has no effect", "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(inbound_peer, {"t"});
  net.join("t");
  net.router.remove_peer(peer, net.effects);
  const auto next = net.add(inbound_peer, {"t"});
  REQUIRE(next.slot == peer.slot);
  net.effects.clear();
  net.graft(peer, "t");
  net.prune(peer, "t");
  net.subscribe(peer, "u");
  net.router.set_direct(peer, true, net.now, net.effects);
  net.router.remove_peer(peer, net.effects);
  CHECK(net.effects.empty());
  CHECK_FALSE(net.router.accepts_ihave(peer, "t"));
  CHECK_FALSE(net.router.accepts_iwant(peer));
  CHECK_FALSE(net.router.graylisted(peer));
  CHECK(net.router.peer_count() == 1);
}

TEST_CASE("subscriptions: unsubscribed, a peer leaves the mesh", "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(inbound_peer, {"t"});
  net.join("t");
  net.effects.clear();
  net.subscribe(peer, "t", false);
  CHECK(net.router.mesh_of("t").empty());
  CHECK(net.router.peers_of("t").empty());
  CHECK(net.count(mesh_event_kind::pruned) == 1);
  // It knows; no PRUNE, and no backoff: it may come back at once.
  CHECK(net.effects.control.empty());
  CHECK(net.router.backoff_count() == 0);
}

TEST_CASE("subscriptions: repeated or unknown ones change nothing", "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(inbound_peer, {"t", "t"});
  CHECK(net.router.peers_of("t").size() == 1);
  CHECK(net.router.find_peer(peer)->topics.size() == 1);
  net.subscribe(peer, "never", false);
  net.subscribe(peer, "t", false);
  net.subscribe(peer, "t", false);
  CHECK(net.router.topic_count() == 0);
  CHECK(net.router.find_peer(peer)->topics.empty());
  CHECK(net.router.find_peer(peer)->topic_bytes == 0);
}

TEST_CASE("subscriptions: a peer's topics are bounded in number", "[mesh]") {
  mesh_limits limits;
  limits.topics_per_peer = 2;
  mesh_fixture net{{}, limits};
  const auto peer = net.add(inbound_peer, {"a", "b", "c", "d"});
  CHECK(net.router.find_peer(peer)->topics.size() == 2);
  CHECK(net.router.topic_count() == 2);
  net.effects.clear();
  const std::vector<proto::subscription> flood(
      1'000, {.topic = "flood", .subscribe = true});
  net.router.subscriptions(peer, flood, net.effects);
  CHECK(net.effects.events.size() == 1);
  CHECK(net.count(mesh_event_kind::subscription_refused) == 1);
  net.subscribe(peer, "a", false);
  net.subscribe(peer, "c");
  CHECK(net.router.peers_of("c").size() == 1);
}

TEST_CASE("subscriptions: and in the bytes of their names", "[mesh]") {
  mesh_limits limits;
  limits.topic_bytes_per_peer = 10;
  mesh_fixture net{{}, limits};
  const auto peer = net.add(inbound_peer, {"12345678", "123"});
  CHECK(net.router.find_peer(peer)->topics.size() == 1);
  net.subscribe(peer, "12");
  CHECK(net.router.find_peer(peer)->topics.size() == 2);
}

TEST_CASE("direct: made so while running, a peer leaves the mesh with PRUNE",
          "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(inbound_peer, {"t"});
  net.join("t");
  net.effects.clear();
  net.router.set_direct(peer, true, net.now, net.effects);
  CHECK(net.pruned("t") == std::vector{peer});
  CHECK(net.relay("t") == std::vector{peer});
  net.beat();
  CHECK(net.grafted("t").empty());
  net.router.set_direct(peer, false, net.now, net.effects);
  CHECK(net.relay("t").empty());
  net.beat(70s);
  CHECK(net.grafted("t") == std::vector{peer});
}

TEST_CASE("IHAVE: accepted for own topics, from peers that are good enough",
          "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(inbound_peer, {"t", "u"});
  net.join("t");
  CHECK(net.router.accepts_ihave(peer, "t"));
  CHECK_FALSE(net.router.accepts_ihave(peer, "u"));
  CHECK_FALSE(net.router.accepts_ihave(peer, "unknown"));
  net.set_score(peer, -10);
  CHECK(net.router.accepts_ihave(peer, "t"));
  net.set_score(peer, -10.1);
  CHECK_FALSE(net.router.accepts_ihave(peer, "t"));
  CHECK_FALSE(net.router.accepts_iwant(peer));
}

TEST_CASE("direct: its gossip is accepted whatever its score", "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(direct_peer, {"t"});
  net.join("t");
  net.set_score(peer, -100);
  CHECK(net.router.accepts_ihave(peer, "t"));
  CHECK(net.router.accepts_iwant(peer));
}

TEST_CASE("graylist: below its threshold, direct peers excepted", "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(inbound_peer);
  const auto friendly = net.add(direct_peer);
  CHECK_FALSE(net.router.graylisted(peer));
  net.set_score(peer, -81);
  net.set_score(friendly, -81);
  CHECK(net.router.graylisted(peer));
  CHECK_FALSE(net.router.graylisted(friendly));
}

TEST_CASE("welcome: a new subscriber is grafted at once below Dlo", "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const proto::subscription change{.topic = "t"};
  std::vector<peer_handle> peers;
  for (int i = 0; i < 6; ++i) {
    peers.push_back(net.add(inbound_peer, {"t"}));
    net.router.welcome(peers.back(), {&change, 1}, net.now, net.effects);
  }
  // Dlo is 4: the others wait for a heartbeat to need them.
  CHECK(net.grafted("t")
        == std::vector<peer_handle>(peers.begin(), peers.begin() + 4));
  CHECK(net.router.mesh_of("t").size() == 4);
}

TEST_CASE("welcome: not in backoff, of bad score, of other topics or twice",
          "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto peer = net.add(inbound_peer, {"t"});
  const auto bad = net.add(inbound_peer, {"t"});
  const auto floodsub = net.add(floodsub_peer, {"t"});
  const auto elsewhere = net.add(inbound_peer);
  net.graft(peer, "t");
  net.prune(peer, "t", 60s);
  net.set_score(bad, -1);
  net.effects.clear();
  const std::vector<proto::subscription> changes{{.topic = "t"},
                                                 {.topic = "unknown"}};
  for (const auto one : {peer, bad, floodsub, elsewhere})
    net.router.welcome(one, changes, net.now, net.effects);
  CHECK(net.effects.empty());
  const auto welcome = net.add(inbound_peer, {"t"});
  net.router.welcome(welcome, changes, net.now, net.effects);
  net.router.welcome(welcome, changes, net.now, net.effects);
  CHECK(net.grafted("t") == std::vector{welcome});
}
