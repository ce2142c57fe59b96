#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

namespace grapevine::bench {

/// A network of nodes of one implementation, each a process.
struct mesh_options {
  std::size_t nodes = 20;
  /// How many others each node dials.
  std::size_t dials = 10;
  std::uint32_t seed = 1;
  /// Messages per second of all nodes together, each from another node.
  double rate = 20;
  /// Bytes of each.
  std::size_t size = 1024;
  /// For meshes to form: they are full after a heartbeat or two.
  double forming_seconds = 4;
  /// The measured time; what comes before follows it.
  double seconds = 4;
  /// The program of the nodes.
  std::filesystem::path program;
};

/// Who dials whom, in an order in which the nodes take turns: each of `nodes`
/// dials `dials` others, or all there are, at random but never one that it is
/// connected to already. The same seed gives the same graph.
std::vector<std::pair<std::size_t, std::size_t>>
random_graph(std::size_t nodes, std::size_t dials, std::uint32_t seed);

/// Starts the nodes, connects them, lets their meshes form, publishes, and
/// counts: latencies over all nodes, what arrived, CPU and bytes for each.
nlohmann::ordered_json measure_mesh(const mesh_options& options);

} // namespace grapevine::bench
