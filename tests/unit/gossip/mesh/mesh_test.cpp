#include "gossip/mesh/mesh.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

TEST_CASE("join: announced to everyone, once", "[mesh]") {
  mesh_fixture net;
  CHECK(net.join("t"));
  CHECK(net.router.subscribed("t"));
  REQUIRE(net.effects.announcements.size() == 1);
  CHECK(net.effects.announcements[0].topic == "t");
  CHECK(net.effects.announcements[0].subscribe);
  CHECK_FALSE(net.join("t"));
  CHECK(net.effects.announcements.size() == 1);
}

TEST_CASE("join: grafts D of the topic's peers at random", "[mesh]") {
  mesh_fixture net;
  net.add(20, inbound_peer, {"t"});
  net.add(5, inbound_peer, {"other"});
  net.join("t");
  CHECK(net.router.mesh_of("t").size() == 6);
  CHECK(net.grafted("t").size() == 6);
  for (const auto peer : net.grafted("t"))
    CHECK(has(net.router.peers_of("t"), peer));
  CHECK(net.count(mesh_event_kind::grafted) == 6);
}

TEST_CASE("join: another seed, other peers; the same seed, the same",
          "[mesh]") {
  const auto members = [](std::uint64_t seed) {
    mesh_fixture net;
    net.gen.seed(seed);
    net.add(40, inbound_peer, {"t"});
    net.join("t");
    const auto mesh = net.router.mesh_of("t");
    return std::vector<peer_handle>{mesh.begin(), mesh.end()};
  };
  CHECK(members(1) == members(1));
  CHECK(members(1) != members(2));
}

TEST_CASE("join: neither FloodSub nor direct peers nor bad ones are grafted",
          "[mesh]") {
  mesh_fixture net;
  net.add(floodsub_peer, {"t"});
  net.add(direct_peer, {"t"});
  const auto bad = net.add(inbound_peer, {"t"});
  net.set_score(bad, -1);
  const auto good = net.add(old_peer, {"t"});
  net.join("t");
  CHECK(net.grafted("t") == std::vector{good});
}

TEST_CASE("join: the fanout's peers come first", "[mesh]") {
  mesh_fixture net{without_flood()};
  net.add(40, inbound_peer, {"t"});
  const auto fanout = net.publish("t");
  REQUIRE(fanout.size() == 6);
  net.join("t");
  const auto mesh = net.router.mesh_of("t");
  CHECK(std::is_permutation(mesh.begin(), mesh.end(), fanout.begin(),
                            fanout.end()));
  CHECK(net.router.fanout_of("t").empty());
}

TEST_CASE("join: fanout peers that no mesh may have are replaced", "[mesh]") {
  mesh_fixture net{without_flood()};
  net.add(40, inbound_peer, {"t"});
  const auto fanout = net.publish("t");
  net.set_score(fanout[0], -1);
  net.join("t");
  CHECK(net.router.mesh_of("t").size() == 6);
  CHECK_FALSE(net.router.in_mesh("t", fanout[0]));
  CHECK(net.router.in_mesh("t", fanout[1]));
}

TEST_CASE("leave: PRUNE with the unsubscribe backoff, stored here too",
          "[mesh]") {
  mesh_fixture net;
  const auto peers = net.add(3, inbound_peer, {"t"});
  net.join("t");
  net.effects.clear();
  CHECK(net.leave("t"));
  CHECK_FALSE(net.router.subscribed("t"));
  REQUIRE(net.effects.announcements.size() == 1);
  CHECK_FALSE(net.effects.announcements[0].subscribe);
  for (const auto peer : peers) {
    const auto prunes = net.prunes_to(peer);
    REQUIRE(prunes.size() == 1);
    CHECK(prunes[0].topic == "t");
    CHECK(prunes[0].backoff == 10s);
  }
  CHECK(net.count(mesh_event_kind::pruned) == 3);
  CHECK(net.router.backoff_count() == 3);
  CHECK_FALSE(net.leave("t"));
  CHECK_FALSE(net.leave("unknown"));
}

TEST_CASE("leave: joining again waits for backoff and slack", "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(inbound_peer, {"t"});
  net.join("t");
  net.leave("t");
  net.effects.clear();
  net.join("t");
  CHECK(net.grafted("t").empty());
  net.beat(10s);
  CHECK(net.grafted("t").empty());
  net.beat(1999ms);
  CHECK(net.grafted("t").empty());
  net.beat(1ms);
  CHECK(net.grafted("t") == std::vector{peer});
}

TEST_CASE("hello: all own subscriptions, in the order of joining", "[mesh]") {
  mesh_fixture net;
  CHECK(net.router.hello().empty());
  net.join("b");
  net.join("a");
  net.join("c");
  net.leave("a");
  const auto hello = net.router.hello();
  REQUIRE(hello.size() == 2);
  CHECK(hello[0].topic == "b");
  CHECK(hello[1].topic == "c");
  CHECK(hello[0].subscribe);
}

TEST_CASE("snapshot: own topics with their counts", "[mesh]") {
  mesh_fixture net{without_flood()};
  net.add(8, inbound_peer, {"t", "u"});
  net.add(3, inbound_peer, {"only others"});
  net.join("t");
  net.publish("u");
  const auto topics = net.router.snapshot();
  REQUIRE(topics.size() == 2);
  CHECK(topics[0].topic == "t");
  CHECK(topics[0].subscribed);
  CHECK(topics[0].peers == 8);
  CHECK(topics[0].mesh == 6);
  CHECK(topics[0].fanout == 0);
  CHECK(topics[1].topic == "u");
  CHECK_FALSE(topics[1].subscribed);
  CHECK(topics[1].mesh == 0);
  CHECK(topics[1].fanout == 6);
  CHECK(net.router.topic_count() == 3);
}

TEST_CASE("leave: nothing is left of a topic nobody is in", "[mesh]") {
  mesh_fixture net;
  net.join("t");
  net.leave("t");
  CHECK(net.router.topic_count() == 0);
  CHECK(net.router.snapshot().empty());
}
