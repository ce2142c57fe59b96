#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <vector>

namespace grapevine::sim {

/// What is counted while messages travel.
struct tally {
  std::size_t published = 0;
  std::size_t expected = 0;
  std::size_t delivered = 0;
  /// Deliveries to a node twice, or to one that should not get it.
  std::size_t unexpected = 0;
  /// Frames with a message that arrived, and that were lost.
  std::size_t copies = 0;
  std::size_t lost = 0;
  std::uint64_t payload_bytes = 0;
  std::uint64_t control_bytes = 0;
  /// Of each delivery.
  std::vector<std::size_t> hops;
  std::vector<std::chrono::milliseconds> latencies;
};

/// A run's figures.
struct report {
  std::size_t published = 0;
  std::size_t deliveries = 0;
  std::size_t unexpected = 0;
  std::size_t lost = 0;
  /// Deliveries by those that were expected; 1 is all.
  double delivery_rate = 0;
  /// Further copies that arrived, by deliveries.
  double duplicates = 0;
  /// Bytes of control and gossip, by bytes of messages.
  double control_overhead = 0;
  double mean_hops = 0;
  std::size_t max_hops = 0;
  std::chrono::milliseconds median_latency{};
  std::chrono::milliseconds p99_latency{};
  std::chrono::milliseconds max_latency{};
};

report summarize(const tally& counted);

/// Prints the figures as one line that begins with `name`.
void print(std::ostream& os, std::string_view name, const report& figures);

} // namespace grapevine::sim
