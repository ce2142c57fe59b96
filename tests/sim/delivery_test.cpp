// Everyone gets everything, with and without loss.
#include "sim/topology.hpp"
#include "tests/sim/sim_scenario.hpp"

using namespace grapevine::sim;

namespace {

const std::vector<std::string> topics{"blocks", "votes", "chat"};

// 100 nodes with about 20 links each, all in three topics.
void run_hundred(double loss, bool flood_publish, std::string_view name) {
  network_options options;
  options.seed = 2024;
  options.loss = loss;
  sim_network net{options};
  net.add_nodes(100, with_flood_publish(flood_publish));
  net.connect(random_graph(100, 10, net.gen()));
  for (const auto& topic : topics)
    net.join_all(topic);
  net.run(settling);
  publish_some(net, 90, topics, all_nodes(net));
  check_all_delivered(net, name);
}

} // namespace

TEST_CASE("delivery: 100 nodes, three topics, no loss", "[sim]") {
  run_hundred(0, false, "100 nodes");
  run_hundred(0, true, "100 nodes, flood publish");
}

TEST_CASE("delivery: IHAVE and IWANT recover what is lost", "[sim]") {
  run_hundred(0.05, false, "100 nodes, 5 % lost");
  run_hundred(0.2, false, "100 nodes, 20 % lost");
  run_hundred(0.3, false, "100 nodes, 30 % lost");
  run_hundred(0.2, true, "100 nodes, 20 % lost, flood");
}

TEST_CASE("delivery: subscribers alone get a topic's messages", "[sim]") {
  sim_network net{{.seed = 5}};
  net.add_nodes(60);
  net.connect(random_graph(60, 8, net.gen()));
  std::vector<node_index> odd;
  for (node_index i = 1; i < 60; i += 2) {
    net.join(i, "odd");
    odd.push_back(i);
  }
  net.join_all("all");
  net.run(settling);
  publish_some(net, 30, {"odd"}, odd);
  check_all_delivered(net, "30 of 60 nodes subscribed");
}

TEST_CASE("delivery: an unsubscribed publisher reaches all by its fanout",
          "[sim]") {
  for (const bool flood : {false, true}) {
    sim_network net{{.seed = 6}};
    net.add_nodes(50, with_flood_publish(flood));
    net.connect(random_graph(50, 8, net.gen()));
    for (node_index i = 5; i < 50; ++i)
      net.join(i, "t");
    net.run(settling);
    publish_some(net, 30, {"t"}, {0, 1, 2, 3, 4});
    check_all_delivered(net, flood ? "outside publishers, flood publish"
                                   : "outside publishers, fanout");
    CHECK(net.node(0).meshes().fanout_of("t").empty() == flood);
    CHECK(net.node(0).mesh_of("t").empty());
  }
}

TEST_CASE("delivery: subscriptions come and go around it", "[sim]") {
  sim_network net{{.seed = 8, .loss = 0.02}};
  net.add_nodes(60, with_flood_publish(false));
  net.connect(random_graph(60, 10, net.gen()));
  net.join_all("t");
  net.run(settling);
  std::vector<node_index> steady;
  for (node_index i = 20; i < 60; ++i)
    steady.push_back(i);
  // Nodes 0 to 19 leave one after the other and come back two rounds later,
  // while the others publish.
  for (node_index round = 0; round < 22; ++round) {
    if (round < 20)
      net.leave(round, "t");
    net.run(2s);
    net.publish(steady[round], "t");
    net.run(draining);
    if (round >= 2)
      net.join(round - 2, "t");
  }
  check_all_delivered(net, "subscriptions come and go");
}

TEST_CASE("delivery: slow validators only delay it", "[sim]") {
  sim_network net{{.seed = 9, .validation = 300ms}};
  net.add_nodes(50, with_flood_publish(false));
  net.connect(random_graph(50, 8, net.gen()));
  net.join_all("t");
  net.run(settling);
  publish_some(net, 40, {"t"}, all_nodes(net));
  check_all_delivered(net, "300 ms per validation");
}
