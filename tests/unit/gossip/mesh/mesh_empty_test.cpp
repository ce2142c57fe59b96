#include "gossip/mesh/mesh.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

// When an empty mesh is told.

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

TEST_CASE("heartbeat: a mesh that stays empty though there are peers is told "
          "once",
          "[heartbeat]") {
  mesh_fixture net;
  net.join("t");
  const auto told = [&net] {
    return std::count_if(net.effects.events.begin(), net.effects.events.end(),
                         [](const mesh_event& one) {
                           return one.kind == mesh_event_kind::mesh_stays_empty;
                         });
  };
  // As many peers as prune us.
  const auto peers = net.add(2, outbound_peer, {"t"});
  for (std::size_t i = 1; i < limits::empty_mesh_heartbeats; ++i) {
    for (const auto peer : peers)
      net.prune(peer, "t");
    net.beat();
    REQUIRE(net.router.mesh_of("t").empty());
    CHECK(told() == 0);
  }
  net.beat();
  CHECK(told() == 1);
  net.beat();
  CHECK(told() == 0);
}

TEST_CASE("heartbeat: an empty mesh is no trouble where nobody could be in it",
          "[heartbeat]") {
  mesh_fixture net;
  net.join("t");
  SECTION("no peer") {}
  SECTION("direct and FloodSub peers alone") {
    auto direct = inbound_peer;
    direct.direct = true;
    net.add(1, direct, {"t"});
  }
  for (std::size_t i = 0; i < 2 * limits::empty_mesh_heartbeats; ++i) {
    net.beat();
    CHECK(net.effects.events.empty());
  }
}
