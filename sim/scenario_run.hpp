#pragma once

#include "sim/scenario.hpp"
#include "sim/sim_report.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace grapevine::sim {

/// A part of a run's time.
struct slice_result {
  double begin_seconds = 0;
  time_slice messages;
  /// Per node and second, on the wire.
  double bytes_sent = 0;
  /// Of one core, per node.
  double cpu = 0;
  /// Nodes that were there at its end.
  std::size_t nodes_up = 0;
};

/// What the nodes of one group used, of all of the time.
struct group_result {
  std::string name;
  std::size_t nodes = 0;
  /// Bytes on the wire per second, of each node.
  quantiles<double> sent;
  quantiles<double> received;
  /// The part of one core, of each node.
  quantiles<double> cpu;
  /// Peers of each node at the end, and members of all its meshes.
  quantiles<double> peers;
  quantiles<double> mesh;
};

/// What a run gave.
struct scenario_result {
  report figures;
  /// In microseconds.
  spread latencies;
  histogram hops;
  double slice_seconds = 0;
  std::vector<slice_result> slices;
  std::vector<group_result> groups;
  /// How often nodes went, for whatever reason.
  std::size_t departures = 0;
  /// Messages and others that send queues dropped.
  std::uint64_t dropped = 0;
  /// A digest of every event.
  std::uint64_t trace = 0;
};

/// Runs it from its beginning to its end, which takes as long as it takes:
/// `progress` is told the part of the time that is over. The scenario must have
/// no problem. The same scenario gives the same result in a process, and
/// everywhere if `libp2p::use_fixed_hash_key` was called.
scenario_result run_scenario(const scenario& s,
                             const std::function<void(double)>& progress = {});

} // namespace grapevine::sim
