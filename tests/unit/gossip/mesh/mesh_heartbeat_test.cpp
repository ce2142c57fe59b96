#include "gossip/mesh/mesh.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

std::size_t outbound_in_mesh(const mesh_fixture& net) {
  const auto mesh = net.router.mesh_of("t");
  return static_cast<std::size_t>(
      std::count_if(mesh.begin(), mesh.end(), [&](peer_handle peer) {
        return net.router.find_peer(peer)->traits.outbound;
      }));
}

// `count` peers of the topic that graft us.
std::vector<peer_handle> enter(mesh_fixture& net, std::size_t count,
                               const peer_traits& traits) {
  auto peers = net.add(count, traits, {"t"});
  for (const auto peer : peers)
    net.graft(peer, "t");
  return peers;
}

} // namespace

TEST_CASE("heartbeat: below Dlo it grafts up to D", "[heartbeat]") {
  mesh_fixture net;
  net.join("t");
  enter(net, 3, inbound_peer);
  net.add(10, outbound_peer, {"t"});
  net.beat();
  CHECK(net.router.mesh_of("t").size() == 6);
  CHECK(net.grafted("t").size() == 3);
  CHECK(net.effects.events.size() == 3);
}

TEST_CASE("heartbeat: from Dlo to below Dhi the mesh is left alone",
          "[heartbeat]") {
  mesh_fixture net;
  net.join("t");
  enter(net, 2, outbound_peer);
  enter(net, 2, inbound_peer);
  net.add(10, inbound_peer, {"t"});
  net.beat();
  CHECK(net.effects.control.empty());
  for (const auto peer : net.router.peers_of("t"))
    if (net.router.mesh_of("t").size() < 11)
      net.graft(peer, "t");
  net.beat();
  CHECK(net.router.mesh_of("t").size() == 11);
  CHECK(net.effects.control.empty());
}

TEST_CASE("heartbeat: grafts no FloodSub, direct, bad or backed-off peer",
          "[heartbeat]") {
  mesh_fixture net;
  net.join("t");
  net.add(floodsub_peer, {"t"});
  net.add(direct_peer, {"t"});
  const auto bad = net.add(inbound_peer, {"t"});
  net.set_score(bad, -1);
  const auto backed_off = net.add(inbound_peer, {"t"});
  net.prune(backed_off, "t");
  net.add(inbound_peer, {"other"});
  const auto good = net.add(inbound_peer, {"t"});
  net.beat();
  CHECK(net.grafted("t") == std::vector{good});
}

TEST_CASE("heartbeat: grafts after backoff and slack, not before",
          "[heartbeat]") {
  mesh_fixture net;
  net.join("t");
  const auto peer = net.add(inbound_peer, {"t"});
  net.prune(peer, "t", 30s);
  net.beat(31'999ms);
  CHECK(net.grafted("t").empty());
  CHECK(net.router.backoff_count() == 1);
  net.beat(1ms);
  CHECK(net.router.backoff_count() == 0);
  CHECK(net.grafted("t") == std::vector{peer});
}

TEST_CASE("heartbeat: from Dhi on it prunes to D, with backoff",
          "[heartbeat]") {
  parameters p;
  p.mesh.degree_high = 8;
  mesh_fixture net{p};
  net.join("t");
  enter(net, 2, outbound_peer);
  enter(net, 6, inbound_peer);
  REQUIRE(net.router.mesh_of("t").size() == 8);
  net.beat();
  CHECK(net.router.mesh_of("t").size() == 6);
  REQUIRE(net.pruned("t").size() == 2);
  for (const auto peer : net.pruned("t")) {
    CHECK_FALSE(net.router.in_mesh("t", peer));
    CHECK(net.prunes_to(peer)[0].backoff == 60s);
    CHECK(net.router.backoffs().expiry("t", net.router.find_peer(peer)->id)
          == net.now + 60s);
  }
  CHECK(net.count(mesh_event_kind::pruned) == 2);
}

TEST_CASE("heartbeat: D equal to Dhi prunes nobody at it", "[heartbeat]") {
  parameters p;
  p.mesh.degree_high = 6;
  mesh_fixture net{p};
  net.join("t");
  enter(net, 6, outbound_peer);
  net.beat();
  CHECK(net.router.mesh_of("t").size() == 6);
  CHECK(net.effects.control.empty());
}

TEST_CASE("heartbeat: pruning keeps the Dscore best", "[heartbeat]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    mesh_fixture net;
    net.gen.seed(seed);
    net.join("t");
    const auto peers = enter(net, 12, inbound_peer);
    for (std::size_t i = 0; i < 12; ++i)
      net.set_score(peers[i], static_cast<double>(i));
    net.beat();
    CHECK(net.router.mesh_of("t").size() == 6);
    for (std::size_t i = 8; i < 12; ++i)
      CHECK(net.router.in_mesh("t", peers[i]));
  }
}

TEST_CASE("heartbeat: beyond the Dscore best, pruning is random",
          "[heartbeat]") {
  std::vector<int> kept(12);
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    mesh_fixture net;
    net.gen.seed(seed);
    net.join("t");
    const auto peers = enter(net, 12, inbound_peer);
    net.beat();
    for (std::size_t i = 0; i < 12; ++i)
      kept[i] += net.router.in_mesh("t", peers[i]) ? 1 : 0;
  }
  for (const int count : kept) {
    CHECK(count > 150);
    CHECK(count < 250);
  }
}

TEST_CASE("heartbeat: of those with lower scores too, any may survive",
          "[heartbeat]") {
  std::vector<int> kept(12);
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    mesh_fixture net;
    net.gen.seed(seed);
    net.join("t");
    const auto peers = enter(net, 12, inbound_peer);
    for (std::size_t i = 0; i < 12; ++i)
      net.set_score(peers[i], static_cast<double>(i));
    net.beat();
    for (std::size_t i = 0; i < 12; ++i)
      kept[i] += net.router.in_mesh("t", peers[i]) ? 1 : 0;
  }
  // Two of eight, in each run.
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(kept[i] > 60);
    CHECK(kept[i] < 140);
  }
}

TEST_CASE("heartbeat: pruning keeps Dout outbound connections", "[heartbeat]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    mesh_fixture net;
    net.gen.seed(seed);
    net.join("t");
    // The outbound ones have the worst scores.
    for (const auto peer : enter(net, 11, inbound_peer))
      net.set_score(peer, 5);
    enter(net, 3, outbound_peer);
    net.beat();
    CHECK(net.router.mesh_of("t").size() == 6);
    CHECK(outbound_in_mesh(net) == 2);
  }
}

TEST_CASE("heartbeat: outbound connections take the places of the last ones, "
          "not of the Dscore best",
          "[heartbeat]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    mesh_fixture net;
    net.gen.seed(seed);
    net.join("t");
    const auto peers = enter(net, 11, inbound_peer);
    for (std::size_t i = 0; i < peers.size(); ++i)
      net.set_score(peers[i], static_cast<double>(i) + 1);
    enter(net, 3, outbound_peer);
    net.beat();
    CHECK(outbound_in_mesh(net) == 2);
    for (std::size_t i = 7; i < peers.size(); ++i)
      CHECK(net.router.in_mesh("t", peers[i]));
  }
}

TEST_CASE("heartbeat: of outbound connections it grafts what Dout lacks",
          "[heartbeat]") {
  mesh_fixture net;
  net.join("t");
  enter(net, 5, inbound_peer);
  enter(net, 1, outbound_peer);
  net.add(5, outbound_peer, {"t"});
  net.beat();
  CHECK(net.grafted("t").size() == 1);
  CHECK(outbound_in_mesh(net) == 2);
}

TEST_CASE("heartbeat: scores count as they are now once the tick is over",
          "[heartbeat]") {
  mesh_fixture net;
  net.join("t");
  enter(net, 6, outbound_peer);
  const auto fallen = net.add(inbound_peer, {"t"});
  const auto risen = net.add(inbound_peer, {"t"});
  net.set_score(risen, -1);
  net.beat();
  net.set_score(fallen, -1);
  net.set_score(risen, 0);
  net.graft(fallen, "t");
  net.graft(risen, "t");
  CHECK_FALSE(net.router.in_mesh("t", fallen));
  CHECK(net.router.in_mesh("t", risen));
}

TEST_CASE("heartbeat: below Dout it grafts outbound connections",
          "[heartbeat]") {
  mesh_fixture net;
  net.join("t");
  enter(net, 6, inbound_peer);
  net.add(5, inbound_peer, {"t"});
  net.add(5, outbound_peer, {"t"});
  net.beat();
  CHECK(net.router.mesh_of("t").size() == 8);
  CHECK(outbound_in_mesh(net) == 2);
  net.beat();
  CHECK(net.effects.control.empty());
}

TEST_CASE("heartbeat: a negative score ends the mesh membership",
          "[heartbeat]") {
  mesh_fixture net;
  net.join("t");
  const auto peers = enter(net, 6, outbound_peer);
  net.set_score(peers[2], -0.1);
  net.beat();
  CHECK_FALSE(net.router.in_mesh("t", peers[2]));
  CHECK(net.pruned("t") == std::vector{peers[2]});
  CHECK(net.prunes_to(peers[2])[0].backoff == 60s);
  CHECK(net.router.mesh_of("t").size() == 5);
}

TEST_CASE("heartbeat: gossip to Dlazy peers outside the mesh", "[heartbeat]") {
  parameters p;
  p.gossip.gossip_to_all = 0;
  mesh_fixture net{p};
  net.join("t");
  net.add(20, outbound_peer, {"t"});
  net.add(3, floodsub_peer, {"t"});
  net.add(3, direct_peer, {"t"});
  // To all of them as newcomers.
  net.beat();
  net.beat();
  const auto to = net.gossiped("t");
  CHECK(to.size() == 6);
  for (const auto peer : to) {
    CHECK_FALSE(net.router.in_mesh("t", peer));
    CHECK(has_mesh(net.router.find_peer(peer)->traits.version));
    CHECK_FALSE(net.router.find_peer(peer)->traits.direct);
  }
  CHECK(net.gossiped("t", 1).empty());
}

TEST_CASE("heartbeat: gossip to a quarter of many peers", "[heartbeat]") {
  mesh_fixture net;
  net.add(146, outbound_peer, {"t"});
  net.join("t");
  REQUIRE(net.router.mesh_of("t").size() == 6);
  net.beat();
  CHECK(net.gossiped("t").size() == 35);
  CHECK(net.gossiped("t", 1).empty());
}

TEST_CASE("heartbeat: of few peers outside the mesh all hear what is new, and "
          "a part of what was before",
          "[heartbeat]") {
  mesh_fixture net;
  net.add(106, outbound_peer, {"t"});
  net.join("t");
  net.add(3, floodsub_peer, {"t"});
  net.beat();
  auto told = net.gossiped("t");
  const auto others = net.gossiped("t", 1);
  CHECK(told.size() == 25);
  CHECK(others.size() == 75);
  for (const auto peer : others) {
    CHECK_FALSE(net.router.in_mesh("t", peer));
    CHECK_FALSE(has(told, peer));
  }
  // One more is too many.
  net.add(outbound_peer, {"t"});
  net.beat();
  net.beat();
  CHECK(net.gossiped("t").size() == 25);
  CHECK(net.gossiped("t", 1).empty());
}

TEST_CASE("heartbeat: a node that gossips of nothing tells nobody",
          "[heartbeat]") {
  parameters p;
  p.gossip.history_gossip = 0;
  mesh_fixture net{p};
  net.add(20, outbound_peer, {"t"});
  net.join("t");
  net.beat();
  CHECK(net.gossiped("t").empty());
  CHECK(net.gossiped("t", 1).empty());
}

TEST_CASE("heartbeat: no gossip to peers below its threshold", "[heartbeat]") {
  mesh_fixture net;
  net.join("t");
  const auto bad = net.add(inbound_peer, {"t"});
  const auto poor = net.add(inbound_peer, {"t"});
  net.set_score(bad, -11);
  net.set_score(poor, -10);
  net.beat();
  CHECK(net.introduced("t") == std::vector{poor});
  net.beat();
  CHECK(net.gossiped("t") == std::vector{poor});
}

TEST_CASE("heartbeat: who is new outside the mesh is told once of all that the "
          "window holds",
          "[heartbeat]") {
  mesh_fixture net;
  net.add(12, outbound_peer, {"t"});
  net.join("t");
  net.beat();
  CHECK(net.introduced("t").empty());
  const auto peer = net.add(inbound_peer, {"t"});
  const auto gone = net.add(inbound_peer, {"t"});
  const auto elsewhere = net.add(inbound_peer, {"u"});
  net.router.remove_peer(gone, net.effects);
  net.beat();
  CHECK_FALSE(net.router.in_mesh("t", peer));
  CHECK(net.introduced("t") == std::vector{peer});
  CHECK_FALSE(has(net.gossiped("t"), peer));
  CHECK_FALSE(has(net.gossiped("t", 1), peer));
  net.beat();
  CHECK(net.introduced("t").empty());
  CHECK(has(net.gossiped("t"), peer));
  CHECK_FALSE(has(net.gossiped("t"), elsewhere));
}

TEST_CASE(
    "heartbeat: who is connected anew, in the mesh or not, is told of all "
    "that the window holds, for it may have missed it",
    "[heartbeat]") {
  mesh_fixture net;
  const auto member = net.add(inbound_peer, {"t"});
  net.join("t");
  net.beat();
  REQUIRE(net.router.in_mesh("t", member));
  CHECK(net.introduced("t").empty());
  net.router.reconnected(member);
  net.beat();
  CHECK(net.introduced("t") == std::vector{member});
  net.beat();
  CHECK(net.introduced("t").empty());
}

TEST_CASE("heartbeat: nobody to gossip to, no gossip", "[heartbeat]") {
  mesh_fixture net;
  net.join("t");
  net.add(2, outbound_peer, {"t"});
  net.beat();
  net.beat();
  CHECK(net.effects.gossip.empty());
}

TEST_CASE("heartbeat: GRAFT of many topics go out in one RPC per peer",
          "[heartbeat]") {
  mesh_fixture net;
  std::vector<std::string> topics;
  for (int i = 0; i < 35; ++i) {
    topics.push_back("topic " + std::to_string(i));
    net.join(topics.back());
  }
  const auto peer = net.add(inbound_peer);
  for (const auto& topic : topics)
    net.subscribe(peer, topic);
  net.beat();
  REQUIRE(net.effects.control.size() == 1);
  CHECK(net.effects.control[0].grafts == topics);
}

TEST_CASE("heartbeat: replays from seed and time", "[heartbeat]") {
  const auto run = [](std::uint64_t seed) {
    mesh_fixture net;
    net.gen.seed(seed);
    net.join("t");
    net.add(50, inbound_peer, {"t"});
    net.beat();
    net.beat();
    auto to = net.gossiped("t");
    for (const auto peer : net.grafted("t"))
      to.push_back(peer);
    return to;
  };
  CHECK(run(5) == run(5));
  CHECK(run(5) != run(6));
}
