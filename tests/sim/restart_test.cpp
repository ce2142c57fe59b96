// Nodes stop in order and start again: they are in everybody's mesh at once,
// and nothing that others publish meanwhile is lost.
#include "sim/topology.hpp"
#include "tests/sim/sim_scenario.hpp"

#include <algorithm>

using namespace grapevine::sim;

namespace {

constexpr std::size_t nodes = 8;

// Near to each other, so that a heartbeat shows.
network_options near_network(std::uint64_t seed) {
  network_options options;
  options.seed = seed;
  options.min_latency = 1ms;
  options.max_latency = 5ms;
  options.jitter = 1ms;
  // Until its connections are made and its subscriptions known.
  options.stable_after = 100ms;
  return options;
}

// Those that have `node` in their mesh.
std::size_t meshes_with(const sim_network& net, node_index node) {
  std::size_t count = 0;
  for (node_index i = 0; i < net.size(); ++i) {
    const auto mesh = net.node(i).mesh_of("t");
    count += std::binary_search(mesh.begin(), mesh.end(), node) ? 1 : 0;
  }
  return count;
}

// A burst of all nodes that are up, one message every 2 ms.
void burst(sim_network& net, milliseconds duration) {
  for (auto left = duration; left > 0ms; left -= 2ms) {
    const auto from = static_cast<node_index>(
        grapevine::gossip::random_below(net.gen(), nodes));
    if (net.up(from) && !net.node(from).peers().empty())
      net.publish(from, "t");
    net.run(2ms);
  }
}

void start_again(sim_network& net, node_index node) {
  net.start(node);
  net.join(node, "t");
  for (node_index peer = 0; peer < nodes; ++peer)
    if (peer != node && net.up(peer))
      net.connect({node, peer});
}

// How a node says that it stops.
enum class farewell { none, prune };

void restart_one_after_the_other(farewell how, const char* name) {
  sim_network net{near_network(61)};
  net.add_nodes(nodes, with_flood_publish(false));
  net.connect(full(nodes));
  net.join_all("t");
  net.run(settling);
  for (node_index node = 0; node < nodes; ++node) {
    if (how == farewell::prune) {
      net.leave(node, "t");
      net.run(10ms);
    }
    net.stop(node);
    burst(net, 500ms);
    start_again(net, node);
    net.run(60ms);
    CHECK(net.node(node).mesh_of("t").size() >= 4);
    CHECK(meshes_with(net, node) >= 4);
    burst(net, 500ms);
  }
  net.forget_messages();
  burst(net, 5'000ms);
  net.run(draining);
  check_all_delivered(net, name);
  CHECK(net.result().latency.p99 < 100);
}

} // namespace

TEST_CASE("restart: one node after the other stops and is in everybody's mesh "
          "again at once",
          "[sim]") {
  restart_one_after_the_other(farewell::none, "rolling restart");
}

TEST_CASE("restart: so it is with nodes that prune when they stop, as others "
          "do, though they are back before the backoff ends",
          "[sim]") {
  restart_one_after_the_other(farewell::prune, "rolling restart, with PRUNE");
}

TEST_CASE("restart: a burst that others publish meanwhile reaches everybody, "
          "the node that is away as soon as it is back",
          "[sim]") {
  for (const auto how : {farewell::none, farewell::prune}) {
    auto options = near_network(62);
    options.stable_after = 0ms;
    sim_network net{options};
    net.add_nodes(nodes, with_flood_publish(false));
    net.connect(full(nodes));
    net.join_all("t");
    net.run(settling);
    for (node_index node = 0; node < nodes; ++node) {
      if (how == farewell::prune) {
        net.leave(node, "t");
        net.run(10ms);
      }
      net.stop(node);
      burst(net, 300ms);
      start_again(net, node);
      burst(net, 700ms);
    }
    net.run(draining);
    check_all_delivered(net, "bursts during a rolling restart");
  }
}

TEST_CASE("restart: all at once", "[sim]") {
  sim_network net{near_network(63)};
  net.add_nodes(nodes, with_flood_publish(false));
  net.connect(full(nodes));
  net.join_all("t");
  net.run(settling);
  for (node_index node = 0; node < nodes; ++node) {
    net.leave(node, "t");
    net.run(5ms);
    net.stop(node);
  }
  net.run(1s);
  for (node_index node = 0; node < nodes; ++node)
    start_again(net, node);
  net.run(100ms);
  burst(net, 2'000ms);
  net.run(draining);
  check_all_delivered(net, "all restarted at once");
  CHECK(net.result().latency.p99 < 100);
}

TEST_CASE("graft: what was published just before is told to whoever enters the "
          "mesh",
          "[sim]") {
  auto options = near_network(64);
  options.stable_after = 0ms;
  sim_network net{options};
  net.add_nodes(2, with_flood_publish(false));
  net.join_all("t");
  net.run(settling);
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 10; ++i)
      net.publish(0, "t");
    net.connect({1, 0});
    net.run(100ms);
    net.disconnect({1, 0});
    net.run(1'500ms);
  }
  check_all_delivered(net, "10 messages before each of 10 GRAFTs");
}
