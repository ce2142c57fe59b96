#pragma once

#include "sim/sim_network.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::sim {

using namespace std::chrono_literals;

/// Long enough for subscriptions to spread and meshes to settle.
inline constexpr milliseconds settling{5'000};

/// Long enough for gossip about the last message to be asked for and answered,
/// with time for a second and third attempt.
inline constexpr milliseconds draining{8'000};

inline node_options with_flood_publish(bool on) {
  node_options options;
  options.params.flood_publish = on;
  return options;
}

inline node_options floodsub_node() {
  node_options options;
  options.version = gossip::version::floodsub;
  return options;
}

/// `count` messages from random nodes of `publishers`, one every 50 ms, each in
/// the next of `topics`; then time for the last to arrive.
inline void publish_some(sim_network& net, std::size_t count,
                         const std::vector<std::string>& topics,
                         const std::vector<node_index>& publishers) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto from = gossip::random_below(net.gen(), publishers.size());
    net.publish(publishers[from], topics[i % topics.size()]);
    net.run(50ms);
  }
  net.run(draining);
}

inline std::vector<node_index> all_nodes(const sim_network& net) {
  std::vector<node_index> result;
  for (node_index i = 0; i < net.size(); ++i)
    result.push_back(i);
  return result;
}

/// Everyone who should have got a message did, once; prints the figures.
inline void check_all_delivered(const sim_network& net, std::string_view name) {
  const report figures = net.result();
  print(std::cout, name, figures);
  CHECK(figures.deliveries > 0);
  CHECK(figures.delivery_rate == 1.0);
  CHECK(figures.unexpected == 0);
  for (node_index i = 0; i < net.size(); ++i)
    CHECK(net.node(i).dropped() == 0);
}

/// Whether whoever has a node in its mesh is in that node's mesh.
inline bool meshes_are_mutual(const sim_network& net, std::string_view topic) {
  for (node_index i = 0; i < net.size(); ++i)
    for (const auto peer : net.node(i).mesh_of(topic)) {
      const auto back = net.node(peer).mesh_of(topic);
      if (!std::binary_search(back.begin(), back.end(), i))
        return false;
    }
  return true;
}

} // namespace grapevine::sim
