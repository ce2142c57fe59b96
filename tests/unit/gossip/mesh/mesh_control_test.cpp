#include "gossip/mesh/mesh.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

// The single PRUNE to `peer`, or a test failure.
proto::prune only_prune(const mesh_fixture& net, peer_handle peer) {
  const auto prunes = net.prunes_to(peer);
  REQUIRE(prunes.size() == 1);
  return prunes[0];
}

} // namespace

TEST_CASE("graft: accepted without an answer", "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto peer = net.add(inbound_peer, {"t"});
  net.effects.clear();
  net.graft(peer, "t");
  CHECK(net.router.in_mesh("t", peer));
  CHECK(net.effects.control.empty());
  CHECK(net.count(mesh_event_kind::grafted) == 1);
}

TEST_CASE("graft: for a topic we are not in, no PRUNE and no state", "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(inbound_peer, {"theirs"});
  net.effects.clear();
  net.graft(peer, "unknown");
  net.graft(peer, "theirs");
  CHECK(net.effects.empty());
  CHECK(net.router.topic_count() == 1);
  CHECK(net.router.backoff_count() == 0);
}

TEST_CASE("graft: in the mesh already, nothing", "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(inbound_peer, {"t"});
  net.join("t");
  REQUIRE(net.router.in_mesh("t", peer));
  net.effects.clear();
  net.graft(peer, "t");
  CHECK(net.effects.empty());
}

TEST_CASE("graft: implies the subscription", "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto peer = net.add(inbound_peer);
  net.graft(peer, "t");
  CHECK(net.router.in_mesh("t", peer));
  CHECK(has(net.router.peers_of("t"), peer));
}

TEST_CASE("graft: from a FloodSub peer, ignored", "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto peer = net.add(floodsub_peer, {"t"});
  net.effects.clear();
  net.graft(peer, "t");
  CHECK(net.effects.empty());
}

TEST_CASE("graft: a direct peer gets PRUNE", "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto peer = net.add(direct_peer, {"t"});
  net.effects.clear();
  net.graft(peer, "t");
  CHECK(only_prune(net, peer).backoff == 60s);
  CHECK(net.router.mesh_of("t").empty());
  CHECK(net.count(mesh_event_kind::graft_in_backoff) == 0);
  // For the log: both sides' operators have an agreement to look at.
  CHECK(net.count(mesh_event_kind::graft_refused) == 1);
  net.graft(peer, "t");
  CHECK(net.count(mesh_event_kind::graft_in_backoff) == 0);
}

TEST_CASE("graft: in backoff, PRUNE with what is left of it", "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto peer = net.add(inbound_peer, {"t"});
  net.graft(peer, "t");
  net.prune(peer, "t");
  net.effects.clear();
  net.now += 29'500ms;
  net.graft(peer, "t");
  // Rounded up, or it would come too early.
  CHECK(only_prune(net, peer).backoff == 31s);
  CHECK_FALSE(net.router.in_mesh("t", peer));
  CHECK(net.count(mesh_event_kind::graft_refused) == 1);
  // What it was told first holds.
  net.now += 30'500ms;
  net.effects.clear();
  net.graft(peer, "t");
  CHECK(net.router.in_mesh("t", peer));
}

TEST_CASE("graft: soon after the PRUNE it counts twice, but for one that may "
          "have crossed it",
          "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto peer = net.add(inbound_peer, {"t"});
  net.graft(peer, "t");
  net.prune(peer, "t");
  net.effects.clear();
  net.graft(peer, "t");
  CHECK(net.count(mesh_event_kind::graft_refused) == 1);
  CHECK(net.count(mesh_event_kind::graft_in_backoff) == 0);
  net.now += 9'999ms;
  net.graft(peer, "t");
  CHECK(net.count(mesh_event_kind::graft_in_backoff) == 1);
  CHECK(net.count(mesh_event_kind::graft_flood) == 1);
  net.effects.clear();
  net.now += 2ms;
  net.graft(peer, "t");
  CHECK(net.count(mesh_event_kind::graft_in_backoff) == 1);
  CHECK(net.count(mesh_event_kind::graft_flood) == 0);
}

TEST_CASE("graft: three during backoff, a PRUNE each, and the second and third "
          "count",
          "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto peer = net.add(inbound_peer, {"t"});
  net.prune(peer, "t");
  net.effects.clear();
  for (int i = 0; i < 3; ++i)
    net.graft(peer, "t");
  CHECK(net.prunes_to(peer).size() == 3);
  CHECK(net.count(mesh_event_kind::graft_in_backoff) == 2);
}

TEST_CASE("graft: a peer that pruned us and was started anew is welcome, and "
          "not grafted before its backoff ends",
          "[mesh]") {
  mesh_fixture net;
  net.join("t");
  auto peer = net.add(inbound_peer, {"t"});
  net.graft(peer, "t");
  net.prune(peer, "t", 10s);
  net.now += 1s;
  peer = net.reconnect(peer, {"t"});
  net.beat();
  CHECK(net.grafted("t").empty());
  net.graft(peer, "t");
  CHECK(net.router.in_mesh("t", peer));
  CHECK(net.effects.control.empty());
  CHECK(net.count(mesh_event_kind::graft_in_backoff) == 0);
}

TEST_CASE("graft: a peer that we pruned and that was started anew is told once "
          "more, which is no offence",
          "[mesh]") {
  mesh_fixture net;
  net.join("t");
  auto peer = net.add(inbound_peer, {"t"});
  net.set_score(peer, -1);
  net.graft(peer, "t");
  net.now += 20s;
  peer = net.reconnect(peer, {"t"});
  net.effects.clear();
  net.graft(peer, "t");
  CHECK(only_prune(net, peer).backoff == 40s);
  CHECK(net.count(mesh_event_kind::graft_in_backoff) == 0);
  CHECK_FALSE(net.router.in_mesh("t", peer));
  net.graft(peer, "t");
  CHECK(net.count(mesh_event_kind::graft_in_backoff) == 1);
}

TEST_CASE("graft: a further connection of a peer may be that of its restart, "
          "whose end before was not noticed yet",
          "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto peer = net.add(inbound_peer, {"t"});
  net.graft(peer, "t");
  net.prune(peer, "t", 10s);
  net.router.reconnected(peer);
  net.graft(peer, "t");
  CHECK(net.router.in_mesh("t", peer));
}

TEST_CASE("graft: a peer that keeps asking, each time on another connection, "
          "is in again when the first backoff ends",
          "[mesh]") {
  mesh_fixture net;
  net.join("t");
  auto peer = net.add(inbound_peer, {"t"});
  net.set_score(peer, -1);
  net.graft(peer, "t");
  net.effects.clear();
  for (int i = 0; i < 5; ++i) {
    net.now += 10s;
    peer = net.reconnect(peer);
    net.graft(peer, "t");
    CHECK_FALSE(net.router.in_mesh("t", peer));
  }
  net.now += 10s;
  peer = net.reconnect(peer);
  net.graft(peer, "t");
  CHECK(net.router.in_mesh("t", peer));
  CHECK(net.count(mesh_event_kind::graft_in_backoff) == 0);
}

TEST_CASE("graft: whoever enters the mesh is told of all that the window holds",
          "[mesh]") {
  mesh_fixture net;
  const auto joined = net.add(inbound_peer, {"t"});
  net.join("t");
  CHECK(net.introduced("t") == std::vector{joined});
  net.effects.clear();
  const auto peer = net.add(inbound_peer, {"t"});
  net.graft(peer, "t");
  CHECK(net.introduced("t") == std::vector{peer});
  net.graft(peer, "t");
  CHECK(net.introduced("t") == std::vector{peer});
  const auto found = net.add(inbound_peer, {"t"});
  net.beat();
  CHECK(net.introduced("t") == std::vector{found});
}

TEST_CASE("graft: whoever comes again and again is told once in a heartbeat",
          "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto peer = net.add(inbound_peer);
  net.effects.clear();
  for (int i = 0; i < 5; ++i) {
    net.subscribe(peer, "t");
    net.graft(peer, "t");
    CHECK(net.router.in_mesh("t", peer));
    net.subscribe(peer, "t", false);
  }
  CHECK(net.introduced("t").size() == 1);
  net.beat();
  net.graft(peer, "t");
  CHECK(net.introduced("t").size() == 1);
}

TEST_CASE("graft: a negative score gets PRUNE and a backoff", "[mesh]") {
  mesh_fixture net;
  net.join("t");
  const auto peer = net.add(inbound_peer, {"t"});
  net.set_score(peer, -0.5);
  net.effects.clear();
  net.graft(peer, "t");
  CHECK(only_prune(net, peer).peers.empty());
  CHECK(net.count(mesh_event_kind::graft_refused) == 1);
  CHECK(net.router.backoff_count() == 1);
  CHECK(net.router.mesh_of("t").empty());
}

TEST_CASE("graft: at Dhi only outbound connections enter", "[mesh]") {
  mesh_fixture net;
  net.join("t");
  for (const auto peer : net.add(12, inbound_peer, {"t"}))
    net.graft(peer, "t");
  REQUIRE(net.router.mesh_of("t").size() == 12);
  const auto inbound = net.add(inbound_peer, {"t"});
  const auto outbound = net.add(outbound_peer, {"t"});
  net.effects.clear();
  net.graft(inbound, "t");
  net.graft(outbound, "t");
  CHECK(net.pruned("t") == std::vector{inbound});
  CHECK_FALSE(net.router.in_mesh("t", inbound));
  CHECK(net.router.in_mesh("t", outbound));
  CHECK(net.router.mesh_of("t").size() == 13);
}

TEST_CASE("graft: a bootstrap node refuses", "[mesh]") {
  parameters p;
  p.mesh = {0, 0, 0, 0, 0, 6};
  mesh_fixture net{p};
  const auto peer = net.add(inbound_peer, {"t"});
  net.join("t");
  net.beat();
  CHECK(net.grafted("t").empty());
  net.graft(peer, "t");
  CHECK(net.prunes_to(peer).size() == 1);
  CHECK(net.router.mesh_of("t").empty());
}

TEST_CASE("prune: the given backoff counts, 60 s without one", "[mesh]") {
  mesh_fixture net;
  const auto given = net.add(inbound_peer, {"t"});
  const auto none = net.add(old_peer, {"t"});
  const auto zero = net.add(inbound_peer, {"t"});
  net.join("t");
  net.prune(given, "t", 90s);
  net.prune(none, "t");
  net.prune(zero, "t", 0s);
  const auto expiry = [&](peer_handle peer) {
    return net.router.backoffs().expiry("t", net.router.find_peer(peer)->id);
  };
  CHECK(expiry(given) == net.now + 90s);
  CHECK(expiry(none) == net.now + 60s);
  CHECK(expiry(zero) == net.now + 60s);
  CHECK(net.router.mesh_of("t").empty());
  CHECK(net.count(mesh_event_kind::pruned) == 3);
}

TEST_CASE("prune: the later expiry stays", "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(inbound_peer, {"t"});
  net.join("t");
  net.prune(peer, "t", 100s);
  net.prune(peer, "t", 5s);
  CHECK(net.router.backoffs().expiry("t", net.router.find_peer(peer)->id)
        == net.now + 100s);
}

TEST_CASE("prune: of a topic we are not in, no state", "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(inbound_peer, {"t"});
  net.effects.clear();
  net.prune(peer, "t");
  net.prune(peer, "unknown");
  CHECK(net.effects.empty());
  CHECK(net.router.backoff_count() == 0);
}

TEST_CASE("prune: a 1.0 peer is sent no backoff", "[mesh]") {
  mesh_fixture net;
  const auto old = net.add(old_peer, {"t"});
  net.join("t");
  net.effects.clear();
  net.leave("t");
  CHECK_FALSE(only_prune(net, old).backoff);
  CHECK(net.router.backoff_count() == 1);
}

TEST_CASE("prune: peers offered by a good peer are passed on, up to 16",
          "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(inbound_peer, {"t"});
  net.join("t");
  proto::prune offer{"t", std::vector<proto::px_peer>(20), {}};
  offer.peers[0].id = "somebody";
  net.effects.clear();
  net.set_score(peer, 10);
  net.router.prune(peer, offer, net.now, net.effects);
  REQUIRE(net.effects.px.size() == 1);
  CHECK(net.effects.px[0].from == peer);
  CHECK(net.effects.px[0].topic == "t");
  CHECK(net.effects.px[0].peers.size() == 16);
  CHECK(net.effects.px[0].peers[0].id == "somebody");
}

TEST_CASE("control: several topics of one peer are coalesced", "[mesh]") {
  mesh_fixture net;
  const auto peer = net.add(inbound_peer, {"a", "b", "c"});
  net.join("a");
  net.join("b");
  net.leave("a");
  net.join("c");
  REQUIRE(net.effects.control.size() == 1);
  CHECK(net.effects.control[0].to == peer);
  CHECK(net.effects.control[0].grafts
        == std::vector<std::string>{"a", "b", "c"});
  CHECK(net.effects.control[0].prunes.size() == 1);
}
