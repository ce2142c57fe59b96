// What the meshes look like once they have settled.
#include "sim/topology.hpp"
#include "tests/sim/sim_scenario.hpp"

#include <algorithm>

using namespace grapevine::sim;
using grapevine::gossip::mesh_event_kind;

namespace {

// Nodes whose mesh is smaller than Dlo or larger than Dhi.
std::size_t outside_bounds(const sim_network& net, std::string_view topic) {
  std::size_t count = 0;
  for (node_index i = 0; i < net.size(); ++i) {
    const auto size = net.node(i).mesh_of(topic).size();
    const auto& degrees = net.node(i).options().params.mesh;
    if (size < degrees.degree_low || size > degrees.degree_high)
      ++count;
  }
  return count;
}

} // namespace

TEST_CASE("mesh: sizes from Dlo to Dhi, and mutual", "[sim]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    sim_network net{{.seed = seed}};
    net.add_nodes(80);
    net.connect(random_graph(80, 12, net.gen()));
    net.join_all("t");
    net.run(10s);
    CHECK(outside_bounds(net, "t") == 0);
    CHECK(meshes_are_mutual(net, "t"));
  }
}

TEST_CASE("mesh: two outbound connections where there are any", "[sim]") {
  sim_network net{{.seed = 21}};
  net.add_nodes(80);
  net.connect(random_graph(80, 12, net.gen()));
  net.join_all("t");
  net.run(10s);
  for (node_index i = 0; i < net.size(); ++i) {
    const auto& router = net.node(i).meshes();
    const auto mesh = router.mesh_of("t");
    const auto outbound =
        std::count_if(mesh.begin(), mesh.end(), [&](const auto peer) {
          return router.find_peer(peer)->traits.outbound;
        });
    CHECK(outbound >= 2);
  }
}

TEST_CASE("mesh: honest nodes do not graft during a backoff", "[sim]") {
  sim_network net{{.seed = 31}};
  net.add_nodes(60);
  net.connect(full(60));
  net.join_all("t");
  net.run(150s);
  CHECK(net.mesh_events(mesh_event_kind::pruned) > 0);
  CHECK(net.mesh_events(mesh_event_kind::graft_in_backoff) == 0);
  CHECK(outside_bounds(net, "t") == 0);
  CHECK(meshes_are_mutual(net, "t"));
}

TEST_CASE("mesh: it comes to rest", "[sim]") {
  sim_network net{{.seed = 41}};
  net.add_nodes(60);
  net.connect(random_graph(60, 10, net.gen()));
  net.join_all("t");
  net.run(90s);
  const auto grafted = net.mesh_events(mesh_event_kind::grafted);
  const auto pruned = net.mesh_events(mesh_event_kind::pruned);
  net.run(60s);
  CHECK(net.mesh_events(mesh_event_kind::grafted) == grafted);
  CHECK(net.mesh_events(mesh_event_kind::pruned) == pruned);
}
