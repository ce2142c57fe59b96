#include "gossip/mesh/fanout.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

TEST_CASE("fanout: expires its time to live after the last publish",
          "[fanout]") {
  constexpr time_point start{1h};
  fanout f;
  CHECK_FALSE(f.expired(start, 60s));
  f.touch(start);
  CHECK_FALSE(f.expired(start + 60s - 1ms, 60s));
  f.touch(start + 1s);
  CHECK_FALSE(f.expired(start + 60s, 60s));
  CHECK(f.expired(start + 61s, 60s));
  f.clear();
  CHECK_FALSE(f.expired(start + 61s, 60s));
}

TEST_CASE("fanout: D peers at random, the same until it expires", "[fanout]") {
  mesh_fixture net{without_flood()};
  net.add(30, inbound_peer, {"t"});
  net.add(direct_peer, {"t"});
  const auto flood = net.add(floodsub_peer, {"t"});
  const auto first = net.publish("t");
  CHECK(first.size() == 8);
  CHECK(has(first, flood));
  CHECK(net.router.fanout_of("t").size() == 6);
  CHECK_FALSE(has(net.router.fanout_of("t"), flood));
  CHECK(net.publish("t") == first);
  net.beat();
  CHECK(net.publish("t") == first);
}

TEST_CASE("fanout: gone after its time to live", "[fanout]") {
  mesh_fixture net{without_flood()};
  net.add(10, inbound_peer, {"t"});
  net.publish("t");
  net.beat(59s);
  net.publish("t");
  net.beat(59s);
  CHECK(net.router.fanout_of("t").size() == 6);
  net.beat(1s);
  CHECK(net.router.fanout_of("t").empty());
  CHECK(net.router.snapshot().empty());
}

TEST_CASE("fanout: filled up when peers leave", "[fanout]") {
  mesh_fixture net{without_flood()};
  net.add(20, inbound_peer, {"t"});
  const auto first = net.publish("t");
  net.subscribe(first[0], "t", false);
  net.router.remove_peer(first[1], net.effects);
  CHECK(net.router.fanout_of("t").size() == 4);
  SECTION("by the next publish") {
    const auto second = net.publish("t");
    CHECK(second.size() == 6);
    CHECK_FALSE(has(second, first[0]));
    CHECK_FALSE(has(second, first[1]));
  }
  SECTION("by the heartbeat") {
    net.beat();
    CHECK(net.router.fanout_of("t").size() == 6);
  }
}

TEST_CASE("fanout: the heartbeat drops peers below the publish threshold",
          "[fanout]") {
  mesh_fixture net{without_flood()};
  net.add(20, inbound_peer, {"t"});
  const auto first = net.publish("t");
  net.set_score(first[0], -51);
  net.set_score(first[1], -50);
  net.beat();
  CHECK(net.router.fanout_of("t").size() == 6);
  CHECK_FALSE(has(net.router.fanout_of("t"), first[0]));
  CHECK(has(net.router.fanout_of("t"), first[1]));
}

TEST_CASE("fanout: the heartbeat gossips about its topic", "[fanout]") {
  mesh_fixture net{without_flood()};
  net.add(20, inbound_peer, {"t"});
  const auto fanout = net.publish("t");
  net.beat();
  CHECK(net.gossiped("t").size() == 6);
  for (const auto peer : fanout)
    CHECK_FALSE(has(net.gossiped("t"), peer));
}

TEST_CASE("fanout: survives subscribing and unsubscribing", "[fanout]") {
  mesh_fixture net{without_flood()};
  net.add(10, inbound_peer, {"t"});
  net.publish("t");
  net.join("t");
  CHECK(net.router.snapshot().size() == 1);
  CHECK(net.publish("t").size() == 6);
  net.leave("t");
  CHECK(net.publish("t").size() == 6);
  CHECK(net.router.fanout_of("t").size() == 6);
  CHECK(net.router.snapshot().size() == 1);
  net.beat(60s);
  CHECK(net.router.snapshot().empty());
}

TEST_CASE("fanout: the least recently used makes room at the limit",
          "[fanout]") {
  mesh_limits limits;
  limits.fanout_topics = 2;
  mesh_fixture net{without_flood(), limits};
  net.add(3, inbound_peer, {"a", "b", "c"});
  net.publish("a");
  net.now += 1s;
  net.publish("b");
  net.now += 1s;
  net.publish("a");
  CHECK(net.publish("c").size() == 3);
  CHECK(net.router.fanout_of("b").empty());
  CHECK(net.router.fanout_of("a").size() == 3);
  CHECK(net.router.snapshot().size() == 2);
}
