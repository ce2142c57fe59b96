// Which of the node's peers have to go, for others or as they are of no use.
#include "tests/support/small_node.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// What the mesh manager knows of a peer.
scored_peer scored(std::uint32_t number, double score,
                   std::vector<bool> in_meshes = {}) {
  scored_peer result{numbered_peer(number), {}};
  result.score.score = score;
  for (const bool in_mesh : in_meshes) {
    auto& topic = result.score.topics.emplace_back();
    topic.in_mesh = in_mesh;
  }
  return result;
}

} // namespace

// -- making room --------------------------------------------------------------

TEST_CASE("node slots: for a direct peer the one goes that is missed least") {
  small_node f;
  f.fill();
  f.make_direct(9);
  // The first has no pubsub stream, but no other than it has none.
  f.mesh.answer<inspect_scores>(
      scores_snapshot{{scored(1, 0, {false, true}), scored(2, 5, {false}),
                       scored(3, 0.5), scored(4, 1)}});
  const auto conn = f.arrive(9);
  CHECK_FALSE(conn->session().closed());
  CHECK(f.connected(9));
  CHECK(f.inspect().peers.size() == 4);
  CHECK_FALSE(f.connected(3));
  CHECK(f.peer(3).only<disconnect_peer>().reason
        == "its place goes to a direct or kept peer");
  CHECK(f.mesh.only<peer_left>().peer == numbered_peer(3));
  CHECK_FALSE(f.peer(9).only<adopt_connection>().offered);
  // The next ones to go are the worst of those that are left.
  f.make_direct(10);
  f.arrive(10);
  CHECK_FALSE(f.connected(4));
  f.make_direct(11);
  f.arrive(11);
  CHECK_FALSE(f.connected(2));
  f.make_direct(12);
  f.arrive(12);
  CHECK_FALSE(f.connected(1));
  // Now all are direct ones, and none of them goes.
  f.make_direct(13);
  f.arrive(13);
  CHECK(f.inspect().peers.size() == 5);
}

TEST_CASE("node slots: kept peers get in, whoever answers at a kept address, "
          "and do not go") {
  small_node f;
  f.fill();
  f.say(keep_connected{there});
  REQUIRE(f.dials.size() == 1);
  f.reach(9);
  CHECK(f.connected(9));
  CHECK(f.inspect().peers.size() == 4);
  f.say(
      keep_connected{node_fixture::address(4002).with_peer(numbered_peer(10))});
  f.arrive_alone(10);
  CHECK(f.connected(10));
  CHECK(f.connected(9));
  CHECK(f.inspect().peers.size() == 4);
}

TEST_CASE("node slots: a mesh manager that does not answer does not keep a "
          "direct peer out") {
  small_node f;
  f.hold_scores();
  f.fill();
  f.make_direct(9);
  f.arrive(9);
  CHECK_FALSE(f.connected(9));
  f.advance(10s);
  CHECK(f.connected(9));
  CHECK(f.inspect().peers.size() == 4);
}

TEST_CASE("node slots: what has changed while room was to be made counts") {
  small_node f;
  f.hold_scores();
  f.fill();
  f.make_direct(9);
  const auto conn = f.arrive(9);
  SECTION("it is blocked by now") {
    f.say(block_peer{numbered_peer(9), true});
    f.tell_scores();
    CHECK(conn->session().closed());
    CHECK_FALSE(f.connected(9));
    CHECK(f.inspect().peers.size() == 4);
  }
  SECTION("there is a place by now") {
    f.lose(1);
    f.tell_scores();
    CHECK(f.connected(9));
    CHECK(f.inspect().peers.size() == 4);
  }
  SECTION("the node stops by now") {
    f.cache.hold<inspect_cache>();
    f.say(stop_node{});
    f.tell_scores();
    CHECK(conn->session().closed());
    CHECK(f.peers.size() == 4);
  }
}

TEST_CASE("node slots: a direct peer that has come twice meanwhile takes one "
          "place") {
  small_node f;
  f.hold_scores();
  f.fill();
  f.make_direct(9);
  f.arrive(9);
  f.arrive(9);
  f.tell_scores(2);
  CHECK(f.connected(9));
  CHECK(f.peer(9).all<adopt_connection>().size() == 2);
  CHECK(f.inspect().peers.size() == 4);
}

// -- those of no use ----------------------------------------------------------

TEST_CASE("node slots: when places are scarce, those go that have had no "
          "pubsub stream for their time") {
  small_node f{10};
  for (std::uint32_t i = 1; i <= 7; ++i)
    f.arrive_alone(i);
  f.make_direct(8);
  f.arrive(8);
  // Four of five places are not more than these.
  f.advance(1h);
  CHECK(f.mesh.all<inspect_scores>().empty());
  CHECK(f.inspect().peers.size() == 8);
  f.mesh.answer<inspect_scores>(scores_snapshot{{scored(1, -5), scored(2, 0)}});
  f.arrive_alone(9);
  // Looked at in a sixth of the time.
  f.advance(4'999ms);
  CHECK(f.mesh.all<inspect_scores>().empty());
  f.advance(1ms);
  CHECK(f.mesh.all<inspect_scores>().size() == 1);
  for (const std::uint32_t stays : {1U, 2U, 8U, 9U})
    CHECK(f.connected(stays));
  CHECK(f.inspect().peers.size() == 4);
  CHECK(f.peer(3).only<disconnect_peer>().reason
        == "it has no pubsub stream, and places are scarce");
  // There are enough places now.
  f.advance(1h);
  CHECK(f.mesh.all<inspect_scores>().size() == 1);
  CHECK(f.connected(9));
}

TEST_CASE("node slots: as long as places are scarce it is looked who goes, one "
          "look at a time") {
  small_node f{10};
  f.hold_scores();
  for (std::uint32_t i = 1; i <= 10; ++i)
    f.arrive_alone(i);
  f.advance(5s);
  REQUIRE(f.mesh.held() == 1);
  // Who comes meanwhile starts no other look.
  f.lose(10);
  f.arrive_alone(11);
  f.advance(5s);
  f.tell_scores();
  CHECK(f.inspect().peers.size() == 10);
  f.advance(5s);
  f.tell_scores();
  f.mesh.answer<inspect_scores>(scores_snapshot{});
  f.advance(20s);
  CHECK(f.inspect().peers.size() <= 1);
}

TEST_CASE("node slots: the time without a pubsub stream is configured, and may "
          "be none") {
  node_fixture f{[](node_config& config) {
    config.max_peers = 5;
    config.outbound_reserve = 0;
    config.useless_grace = 0ms;
  }};
  for (std::uint32_t i = 1; i <= 5; ++i)
    f.arrive_alone(i);
  CHECK(f.inspect().peers.size() == 5);
  f.advance(1ms);
  CHECK(f.inspect().peers.empty());
}

TEST_CASE("node slots: a look that comes when there is room again disconnects "
          "nobody") {
  small_node f{10};
  for (std::uint32_t i = 1; i <= 9; ++i)
    f.arrive_alone(i);
  f.lose(9);
  f.advance(1h);
  CHECK(f.inspect().peers.size() == 8);
  CHECK(f.mesh.all<inspect_scores>().empty());
  // The next crowd is looked at as the first would have been.
  f.arrive_alone(9);
  f.advance(5s);
  CHECK(f.mesh.all<inspect_scores>().size() == 1);
  CHECK(f.inspect().peers.size() == 1);
}
