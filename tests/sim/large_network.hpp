#pragma once

#include "tests/sim/sim_network.hpp"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace grapevine::sim {

/// A network as large as real ones, and what happens in it. README.md says why
/// the defaults are what they are.
struct large_network_options {
  std::uint64_t seed = 1;
  std::size_t nodes = 1'000;
  std::size_t topics = 20;
  /// Of each node, drawn at random.
  std::size_t topics_per_node = 5;
  /// Subscribers of each of its topics that a node dials.
  std::size_t dials_per_topic = 3;
  /// Virtual time, from the first connection to the end.
  std::chrono::minutes duration{10};
  /// Messages in each topic per second, on average.
  double rate = 0.25;
  /// Bytes of a message's data.
  std::size_t payload = 256;
  /// The part of the frames with messages that is lost.
  double loss = 0;
  /// The part of the nodes that vanishes per minute. Each comes back after a
  /// while, with no memory.
  double churn = 0;
  node_options node;
};

/// What a run gave.
struct large_network_result {
  report figures;
  std::uint64_t trace = 0;
  /// Nodes that vanished.
  std::size_t departures = 0;
  /// What send queues dropped.
  std::uint64_t dropped = 0;
};

/// Makes the network, lets it settle, publishes until shortly before the end,
/// and lets the last messages arrive.
large_network_result run_large_network(const large_network_options& options);

/// Prints the result for people.
void print(std::ostream& os, const large_network_options& options,
           const large_network_result& result);

} // namespace grapevine::sim
