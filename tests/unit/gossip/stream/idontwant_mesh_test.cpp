#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

TEST_CASE("IDONTWANT goes to the mesh's peers of 1.2 but the sender") {
  constexpr peer_traits v1_2{version::v1_2, false, false};
  mesh_fixture f;
  f.join("t");
  const auto source = f.add(v1_2, {"t"});
  const auto other = f.add(v1_2, {"t"});
  const auto older = f.add(inbound_peer, {"t"});
  for (const auto peer : {source, other, older})
    f.graft(peer, "t");
  static_cast<void>(f.add(v1_2, {"t"})); // outside the mesh
  std::vector<peer_handle> to;
  f.router.idontwant_to("t", source, to);
  CHECK(to == std::vector{other});
  to.clear();
  f.router.idontwant_to("unknown", source, to);
  CHECK(to.empty());
}
