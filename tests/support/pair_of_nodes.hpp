#pragma once

#include "tests/support/node_network.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace grapevine::test {

inline std::string text_of(const message_delivered& msg) {
  return to_string(msg.msg->data());
}

/// Heartbeats that a test can wait for.
inline node_config quick(std::uint8_t number) {
  auto config = node_network::config(number);
  config.params.timers.heartbeat_interval = std::chrono::milliseconds{50};
  config.params.timers.heartbeat_initial_delay = std::chrono::milliseconds{10};
  return config;
}

inline double score_of(node_network& net,
                       const node_network::running_node& node,
                       const libp2p::peer_id& peer) {
  for (const auto& one :
       net.get<scores_snapshot>(node.actor, inspect_scores{}).peers)
    if (one.peer == peer)
      return one.score.score;
  return 0;
}

/// Two connected nodes; the second one is subscribed to "t".
struct pair_of_nodes {
  pair_of_nodes() : pair_of_nodes{quick(1), quick(2)} {}
  pair_of_nodes(const node_config& first, const node_config& second)
      : a{net.start(first)}, b{net.start(second)} {
    net.subscribe(b, "t");
    net.connect(a, b);
    net.await(a, "t", 1);
  }
  ~pair_of_nodes() {
    net.stop(a);
    net.stop(b);
  }

  void validate(topic_validation how) {
    net.get<changed>(b.actor, set_validation{"t", std::move(how)});
  }

  node_network net;
  node_network::running_node a;
  node_network::running_node b;
};

} // namespace grapevine::test
