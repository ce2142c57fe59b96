#include "gossip/mesh/peer_exchange.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

parameters with_px() {
  parameters p;
  p.peer_exchange = true;
  return p;
}

std::vector<std::string> offered(mesh_fixture& f, peer_handle to) {
  f.router.offer_peers(f.gen, f.effects);
  std::vector<std::string> ids;
  for (const auto& prune : f.prunes_to(to))
    for (const auto& peer : prune.peers)
      ids.push_back(peer.id);
  return ids;
}

std::string raw_id(const mesh_fixture& f, peer_handle peer) {
  return std::string{as_text(f.router.find_peer(peer)->id.view())};
}

} // namespace

TEST_CASE(
    "peer exchange: a PRUNE from a full mesh offers others of the topic") {
  mesh_fixture f{with_px()};
  f.join("t");
  for (const auto peer : f.add(12, inbound_peer, {"t"}))
    f.graft(peer, "t");
  const auto late = f.add(inbound_peer, {"t"});
  f.graft(late, "t");
  const auto ids = offered(f, late);
  CHECK(ids.size() == 12);
  CHECK(std::count(ids.begin(), ids.end(), raw_id(f, late)) == 0);
}

TEST_CASE("peer exchange: at most px_peers are offered") {
  auto p = with_px();
  p.px_peers = 5;
  mesh_fixture f{p};
  f.join("t");
  for (const auto peer : f.add(12, inbound_peer, {"t"}))
    f.graft(peer, "t");
  const auto late = f.add(inbound_peer, {"t"});
  f.graft(late, "t");
  CHECK(offered(f, late).size() == 5);
}

TEST_CASE("peer exchange: peers with a negative score are not offered") {
  mesh_fixture f{with_px()};
  f.join("t");
  const auto peers = f.add(12, inbound_peer, {"t"});
  for (const auto peer : peers)
    f.graft(peer, "t");
  f.set_score(peers[3], -0.1);
  const auto late = f.add(inbound_peer, {"t"});
  f.graft(late, "t");
  const auto ids = offered(f, late);
  CHECK(ids.size() == 11);
  CHECK(std::count(ids.begin(), ids.end(), raw_id(f, peers[3])) == 0);
}

TEST_CASE("peer exchange: a peer with a negative score is offered nobody") {
  mesh_fixture f{with_px()};
  f.join("t");
  f.add(5, inbound_peer, {"t"});
  const auto bad = f.add(inbound_peer, {"t"});
  f.set_score(bad, -1);
  f.graft(bad, "t");
  CHECK(f.prunes_to(bad).size() == 1);
  CHECK(offered(f, bad).empty());
}

TEST_CASE("peer exchange: leaving, too, offers nobody to a negative score") {
  mesh_fixture f{with_px()};
  f.join("t");
  const auto peers = f.add(5, inbound_peer, {"t"});
  for (const auto peer : peers)
    f.graft(peer, "t");
  // Since the last heartbeat, which would have pruned it.
  f.set_score(peers[0], -1);
  f.leave("t");
  REQUIRE(f.prunes_to(peers[0]).size() == 1);
  CHECK(offered(f, peers[0]).empty());
  for (const auto& prune : f.prunes_to(peers[1]))
    CHECK(prune.peers.size() == 3);
}

TEST_CASE("peer exchange: nobody is offered after a GRAFT during backoff") {
  mesh_fixture f{with_px()};
  f.join("t");
  f.add(5, inbound_peer, {"t"});
  const auto hasty = f.add(inbound_peer, {"t"});
  f.graft(hasty, "t");
  f.prune(hasty, "t", std::chrono::seconds{60});
  f.graft(hasty, "t");
  CHECK(offered(f, hasty).empty());
}

TEST_CASE(
    "peer exchange: leaving a topic offers peers, a mesh pruned to D too") {
  mesh_fixture f{with_px()};
  f.join("t");
  for (const auto peer : f.add(12, outbound_peer, {"t"}))
    f.graft(peer, "t");
  SECTION("leaving") {
    f.leave("t");
  }
  SECTION("pruning") {
    f.beat();
  }
  const auto pruned = f.pruned("t");
  REQUIRE_FALSE(pruned.empty());
  CHECK(offered(f, pruned[0]).size() == 11);
}

TEST_CASE("peer exchange: a bootstrap node, without a mesh, introduces those "
          "that graft it") {
  auto p = with_px();
  p.mesh = {0, 0, 0, 0, 0, 6};
  mesh_fixture f{p};
  f.join("t");
  const auto peers = f.add(5, inbound_peer, {"t"});
  f.graft(peers[0], "t");
  CHECK(f.router.mesh_of("t").empty());
  CHECK(offered(f, peers[0]).size() == 4);
}

TEST_CASE("peer exchange: none when it is off, and none to peers of 1.0") {
  const bool on = GENERATE(false, true);
  auto p = with_px();
  p.peer_exchange = on;
  mesh_fixture f{p};
  f.join("t");
  for (const auto peer : f.add(12, inbound_peer, {"t"}))
    f.graft(peer, "t");
  const auto late = f.add(on ? old_peer : inbound_peer, {"t"});
  f.graft(late, "t");
  CHECK(f.prunes_to(late).size() == 1);
  CHECK(offered(f, late).empty());
}

namespace {

const proto::prune offering{"t", {{"id", {}}}, std::chrono::seconds{1}};

// Whether a PRUNE of this peer, which is in the mesh or not, is accepted.
bool accepts(mesh_fixture& f, peer_handle peer) {
  f.effects.clear();
  f.router.prune(peer, offering, f.now, f.effects);
  const auto ignored = f.count(mesh_event_kind::offers_ignored);
  CHECK(ignored + f.effects.px.size() == 1);
  return ignored == 0;
}

} // namespace

TEST_CASE("peer exchange: offers are accepted from the accept threshold on") {
  mesh_fixture f;
  f.join("t");
  const auto good = f.add(inbound_peer, {"t"});
  const auto other = f.add(inbound_peer, {"t"});
  for (const auto peer : {good, other})
    f.graft(peer, "t");
  f.set_score(good, 10);
  f.set_score(other, 9.9);
  CHECK(accepts(f, good));
  CHECK_FALSE(accepts(f, other));
}

TEST_CASE(
    "peer exchange: only a member of the mesh that prunes us has anything "
    "to offer") {
  mesh_fixture f;
  f.join("t");
  const auto stranger = f.add(inbound_peer, {"t"});
  f.set_score(stranger, 1000);
  CHECK_FALSE(accepts(f, stranger));
  CHECK_FALSE(f.router.backoffs().peer_count() == 0);
}

TEST_CASE("peer exchange: a peer offers once in our own backoff, however short "
          "its own is and however often it comes back") {
  mesh_fixture f;
  f.join("t");
  auto peer = f.add(inbound_peer, {"t"});
  const auto id = f.router.find_peer(peer)->id;
  f.set_score(peer, 1000);
  f.graft(peer, "t");
  CHECK(accepts(f, peer));
  f.now += 5s; // its backoff of a second is over
  f.graft(peer, "t");
  REQUIRE(f.router.in_mesh("t", peer));
  CHECK_FALSE(accepts(f, peer));
  // A new connection is no new word.
  f.router.remove_peer(peer, f.effects);
  peer = f.router.add_peer(id, inbound_peer).value();
  f.set_score(peer, 1000);
  f.subscribe(peer, "t");
  f.beat(5s);
  f.graft(peer, "t");
  REQUIRE(f.router.in_mesh("t", peer));
  CHECK_FALSE(accepts(f, peer));
  f.beat(60s);
  f.graft(peer, "t");
  REQUIRE(f.router.in_mesh("t", peer));
  CHECK(accepts(f, peer));
}

TEST_CASE("peer exchange: each topic's PRUNE may offer") {
  mesh_fixture f;
  f.join("t");
  f.join("u");
  const auto peer = f.add(inbound_peer, {"t", "u"});
  f.set_score(peer, 1000);
  f.graft(peer, "t");
  f.graft(peer, "u");
  f.router.prune(peer, {"t", {{"id", {}}}, {}}, f.now, f.effects);
  f.router.prune(peer, {"u", {{"id", {}}}, {}}, f.now, f.effects);
  CHECK(f.effects.px.size() == 2);
}

TEST_CASE("peer exchange: who was found by an offer gets into a full mesh only "
          "when it has proven itself") {
  mesh_fixture f;
  f.join("t");
  for (const auto peer : f.add(12, inbound_peer, {"t"}))
    f.graft(peer, "t");
  const auto found = f.add({gossip::version::v1_1, false, false, true}, {"t"});
  f.graft(found, "t");
  CHECK_FALSE(f.router.in_mesh("t", found));
  // Nor is it grafted for Dout.
  f.now += 120s;
  f.beat();
  CHECK_FALSE(f.router.in_mesh("t", found));
  f.router.set_outbound(found, true);
  f.beat();
  CHECK(f.router.in_mesh("t", found));
}

TEST_CASE("peer exchange: proven is who served well for a minute, or did no "
          "wrong for ten") {
  CHECK_FALSE(has_proven_itself(5, 1, 59s));
  CHECK(has_proven_itself(1, 1, 60s));
  // A place in meshes alone.
  CHECK_FALSE(has_proven_itself(0.9, 1, 599s));
  CHECK_FALSE(has_proven_itself(0, 0, 599s));
  CHECK(has_proven_itself(0, 1, 600s));
  CHECK_FALSE(has_proven_itself(-0.1, 1, 24h));
}

TEST_CASE("a PRUNE of a peer outside the mesh backs off for ten minutes at the "
          "most") {
  mesh_fixture f;
  f.join("t");
  const auto stranger = f.add(inbound_peer, {"t"});
  const auto id = f.router.find_peer(stranger)->id;
  f.prune(stranger, "t", std::chrono::hours{24});
  CHECK(f.router.backoffs().expiry("t", id)
        == f.now + std::chrono::minutes{10});
}
