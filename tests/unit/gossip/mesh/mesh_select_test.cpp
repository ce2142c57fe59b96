#include "gossip/mesh/mesh.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

TEST_CASE("relay: to the mesh, FloodSub and direct peers", "[mesh]") {
  mesh_fixture net;
  net.add(10, inbound_peer, {"t"});
  const auto flood = net.add(floodsub_peer, {"t"});
  const auto direct = net.add(direct_peer, {"t"});
  net.add(floodsub_peer, {"other"});
  net.join("t");
  const auto to = net.relay("t");
  CHECK(to.size() == 8);
  CHECK(has(to, flood));
  CHECK(has(to, direct));
  for (const auto peer : net.router.mesh_of("t"))
    CHECK(has(to, peer));
}

TEST_CASE("relay: neither back to the sender nor to the author", "[mesh]") {
  mesh_fixture net;
  const auto peers = net.add(3, inbound_peer, {"t"});
  const auto flood = net.add(2, floodsub_peer, {"t"});
  net.join("t");
  auto to = net.relay("t", peers[0], net.router.find_peer(peers[1])->id);
  CHECK(to.size() == 3);
  CHECK_FALSE(has(to, peers[0]));
  CHECK_FALSE(has(to, peers[1]));
  to = net.relay("t", flood[0], net.router.find_peer(flood[1])->id);
  CHECK(to.size() == 3);
  CHECK_FALSE(has(to, flood[0]));
  CHECK_FALSE(has(to, flood[1]));
}

TEST_CASE("relay: nobody without a subscription", "[mesh]") {
  mesh_fixture net;
  net.add(3, floodsub_peer, {"t"});
  CHECK(net.relay("t").empty());
  CHECK(net.relay("unknown").empty());
}

TEST_CASE("relay: FloodSub and direct peers that are gone get nothing",
          "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto flood = net.add(2, floodsub_peer, {"t"});
  const auto direct = net.add(2, direct_peer, {"t"});
  net.subscribe(flood[0], "t", false);
  net.subscribe(direct[0], "t", false);
  CHECK(net.relay("t") == std::vector{flood[1], direct[1]});
  net.router.remove_peer(flood[1], net.effects);
  net.router.remove_peer(direct[1], net.effects);
  CHECK(net.relay("t").empty());
  CHECK(net.publish("t").empty());
}

TEST_CASE("relay: no FloodSub peer below the publish threshold", "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto flood = net.add(floodsub_peer, {"t"});
  const auto direct = net.add(direct_peer, {"t"});
  net.set_score(flood, -51);
  net.set_score(direct, -51);
  CHECK(net.relay("t") == std::vector{direct});
  net.set_score(flood, -50);
  CHECK(net.relay("t").size() == 2);
}

TEST_CASE("flood publish: to all of the topic that are good enough", "[mesh]") {
  mesh_fixture net;
  const auto peers = net.add(19, inbound_peer, {"t"});
  const auto flood = net.add(floodsub_peer, {"t"});
  const auto direct = net.add(direct_peer, {"t"});
  net.add(inbound_peer, {"other"});
  SECTION("subscribed") {
    net.join("t");
    CHECK(net.publish("t").size() == 21);
  }
  SECTION("not subscribed: no fanout is made") {
    CHECK(net.publish("t").size() == 21);
    CHECK(net.router.fanout_of("t").empty());
    CHECK(net.router.snapshot().empty());
  }
  SECTION("bad ones get nothing, direct ones do") {
    net.set_score(peers[0], -51);
    net.set_score(flood, -51);
    net.set_score(direct, -51);
    const auto to = net.publish("t");
    CHECK(to.size() == 19);
    CHECK_FALSE(has(to, peers[0]));
    CHECK_FALSE(has(to, flood));
    CHECK(has(to, direct));
  }
}

TEST_CASE("publish: to mesh, FloodSub and direct peers without flooding",
          "[mesh]") {
  mesh_fixture net{without_flood()};
  net.add(19, inbound_peer, {"t"});
  net.add(floodsub_peer, {"t"});
  net.add(direct_peer, {"t"});
  net.join("t");
  CHECK(net.publish("t").size() == 8);
}

TEST_CASE("publish: no peer below the publish threshold, in mesh or fanout",
          "[mesh]") {
  mesh_fixture net{without_flood()};
  const auto peers = net.add(3, inbound_peer, {"t"});
  // They fall below it between two heartbeats.
  SECTION("mesh") {
    net.join("t");
    REQUIRE(net.publish("t").size() == 3);
  }
  SECTION("fanout") {
    REQUIRE(net.publish("t").size() == 3);
    REQUIRE(net.router.fanout_of("t").size() == 3);
  }
  net.set_score(peers[0], -51);
  net.set_score(peers[1], -50);
  CHECK(net.publish("t") == std::vector{peers[1], peers[2]});
}

TEST_CASE("publish: nobody in the topic, nobody gets it and no state",
          "[mesh]") {
  mesh_fixture net{without_flood()};
  CHECK(net.publish("t").empty());
  CHECK(net.router.topic_count() == 0);
}

TEST_CASE("publish: appends to what is there and counts only its own",
          "[mesh]") {
  mesh_fixture net;
  net.add(3, inbound_peer, {"t"});
  std::vector<peer_handle> to(2);
  CHECK(net.router.publish_to("t", net.now, net.gen, to) == 3);
  CHECK(to.size() == 5);
}

TEST_CASE("candidates: of many topics, sets and scores none is overlooked",
          "[mesh]") {
  mesh_fixture net{without_flood()};
  net.join("t");
  const auto members = net.add(20, inbound_peer, {"t"});
  const auto direct = net.add(3, direct_peer, {"t"});
  const auto others = net.add(40, inbound_peer, {"t"});
  net.beat();
  // All but the mesh and the direct peers are told, if so many are wanted.
  std::vector<peer_handle> seen;
  for (int i = 0; i < 100; ++i) {
    net.beat();
    for (const auto peer : net.gossiped("t"))
      if (!has(seen, peer))
        seen.push_back(peer);
  }
  CHECK(net.router.mesh_of("t").size() == 6);
  CHECK(seen.size() == members.size() + others.size() - 6);
  for (const auto peer : direct)
    CHECK_FALSE(has(seen, peer));
  for (const auto peer : net.router.mesh_of("t"))
    CHECK_FALSE(has(seen, peer));
}

TEST_CASE("candidates: who has the slot of a backed-off peer is not backed off",
          "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto former = net.add(inbound_peer, {"t"});
  net.prune(former, "t");
  net.router.remove_peer(former, net.effects);
  const auto next = net.add(inbound_peer, {"t"});
  REQUIRE(next.slot == former.slot);
  net.beat();
  CHECK(net.grafted("t") == std::vector{next});
}

TEST_CASE("candidates: a backed-off peer that comes back still is", "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto former = net.add(inbound_peer, {"t"});
  const auto id = net.router.find_peer(former)->id;
  net.prune(former, "t");
  net.router.remove_peer(former, net.effects);
  // Takes the slot that was its.
  const auto other = net.add(inbound_peer, {"t"});
  net.prune(other, "t");
  const auto again = net.router.add_peer(id, inbound_peer).value();
  net.subscribe(again, "t");
  net.beat();
  CHECK(net.grafted("t").empty());
}
