// The shapes of networks in which all must arrive.
#include "sim/topology.hpp"
#include "tests/sim/sim_scenario.hpp"

using namespace grapevine::sim;
namespace gossip = grapevine::gossip;

namespace {

void run_topology(std::size_t nodes, const std::vector<edge>& edges,
                  const node_options& node, std::string_view name) {
  sim_network net{{.seed = 77}};
  net.add_nodes(nodes, node);
  net.connect(edges);
  net.join_all("t");
  net.run(settling);
  publish_some(net, 40, {"t"}, all_nodes(net));
  check_all_delivered(net, name);
}

} // namespace

TEST_CASE("topology: line", "[sim]") {
  run_topology(20, line(20), {}, "line of 20");
}

TEST_CASE("topology: tree", "[sim]") {
  run_topology(40, tree(40, 3), {}, "tree of 40, three branches");
}

TEST_CASE("topology: star within Dhi", "[sim]") {
  run_topology(12, star(12), {}, "star of 12");
}

// The hub may not have all leaves in its mesh, and they have only the hub: they
// hear of what they miss by gossip alone, and ask for it.
TEST_CASE("topology: of a star with 40 and 100 leaves everyone gets everything",
          "[sim]") {
  for (const std::size_t leaves : {20U, 40U, 100U})
    for (const bool flood : {true, false}) {
      auto options = with_flood_publish(flood);
      const auto name = "star with " + std::to_string(leaves) + " leaves"
                        + (flood ? ", flood publish" : "");
      run_topology(leaves + 1, star(leaves + 1), options, name);
    }
}

TEST_CASE("topology: what gossip to all leaves of a star costs its hub",
          "[sim]") {
  for (const std::size_t leaves : {40U, 100U}) {
    std::uint64_t sent[2] = {};
    for (const bool all : {false, true}) {
      auto options = with_flood_publish(true);
      if (!all)
        options.params.gossip.gossip_to_all = 0;
      sim_network net{{.seed = 78}};
      net.add_nodes(leaves + 1, options);
      net.connect(star(leaves + 1));
      net.join_all("t");
      net.run(settling);
      const auto before = net.control_sent(0);
      constexpr int seconds = 20;
      for (int i = 0; i < seconds * 20; ++i) {
        const auto leaf = 1 + gossip::random_below(net.gen(), leaves);
        net.publish(static_cast<node_index>(leaf), "t");
        net.run(50ms);
      }
      sent[all ? 1 : 0] = (net.control_sent(0) - before) / seconds;
      net.run(draining);
      print(std::cout, all ? "gossip to all" : "gossip to a part",
            net.result());
      std::cout << "  " << leaves
                << " leaves, 20 messages a second: " << sent[all ? 1 : 0]
                << " bytes of control a second\n";
      if (all)
        CHECK(net.result().delivery_rate == 1.0);
    }
    CHECK(sent[1] < 3 * sent[0]);
  }
}

TEST_CASE("topology: flood publishing from a hub reaches all leaves", "[sim]") {
  sim_network net{{.seed = 3}};
  net.add_nodes(20);
  net.connect(star(20));
  net.join_all("t");
  net.run(settling);
  for (int i = 0; i < 10; ++i)
    CHECK(net.publish(0, "t") == 19);
  net.run(1s);
  check_all_delivered(net, "hub of 20 floods");
}

TEST_CASE("topology: sparse and dense", "[sim]") {
  for (const std::size_t dials : {3U, 10U}) {
    grapevine::gossip::rng gen{dials};
    run_topology(60, random_graph(60, dials, gen), with_flood_publish(false),
                 dials == 3 ? "sparse 60" : "dense 60");
  }
  run_topology(30, full(30), with_flood_publish(false), "full 30");
}

TEST_CASE("topology: FloodSub alone", "[sim]") {
  grapevine::gossip::rng gen{4};
  run_topology(40, random_graph(40, 4, gen), floodsub_node(), "FloodSub 40");
  run_topology(20, line(20), floodsub_node(), "FloodSub line of 20");
}

TEST_CASE("topology: FloodSub and GossipSub mixed", "[sim]") {
  sim_network net{{.seed = 12}};
  for (int i = 0; i < 60; ++i) {
    node_options options = with_flood_publish(false);
    options.version = i % 3 == 0   ? grapevine::gossip::version::floodsub
                      : i % 3 == 1 ? grapevine::gossip::version::v1_0
                                   : grapevine::gossip::version::v1_1;
    net.add_node(options);
  }
  net.connect(random_graph(60, 6, net.gen()));
  net.join_all("t");
  net.run(settling);
  publish_some(net, 60, {"t"}, all_nodes(net));
  check_all_delivered(net, "FloodSub, 1.0 and 1.1 mixed");
  for (grapevine::sim::node_index i = 0; i < 60; i += 3)
    CHECK(net.node(i).mesh_of("t").empty());
}
