// A run is decided by its seed.
#include "sim/topology.hpp"
#include "tests/sim/sim_scenario.hpp"

using namespace grapevine::sim;

namespace {

std::uint64_t trace_of(std::uint64_t seed) {
  sim_network net{{.seed = seed, .loss = 0.1}};
  net.add_nodes(40, with_flood_publish(false));
  net.connect(random_graph(40, 6, net.gen()));
  net.join_all("t");
  net.join_all("u");
  net.run(settling);
  publish_some(net, 20, {"t", "u"}, all_nodes(net));
  return net.trace();
}

} // namespace

TEST_CASE("replay: the same seed gives the same trace", "[sim]") {
  const auto first = trace_of(1);
  CHECK(trace_of(1) == first);
  CHECK(trace_of(2) != first);
}
