#pragma once

#include "sim/spread.hpp"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <vector>

namespace grapevine::sim {

/// How often each small number occurred.
class histogram {
public:
  void add(std::size_t value) {
    if (value >= counts_.size())
      counts_.resize(value + 1);
    ++counts_[value];
    ++size_;
  }

  std::uint64_t size() const noexcept { return size_; }
  double mean() const noexcept;
  /// The smallest number that `part` of all are not above; 0 if there are none.
  std::size_t quantile(double part) const noexcept;

private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t size_ = 0;
};

/// What is counted while messages travel.
struct tally {
  std::size_t published = 0;
  std::size_t expected = 0;
  std::size_t delivered = 0;
  /// Deliveries to a node twice.
  std::size_t unexpected = 0;
  /// Deliveries to nodes of which none was expected: they came later.
  std::size_t extra = 0;
  /// Deliveries of what the node had before it was started again.
  std::size_t again = 0;
  /// Deliveries after the deadline.
  std::size_t late = 0;
  /// Frames with a message that arrived at honest nodes, and that were lost.
  std::size_t copies = 0;
  std::size_t lost = 0;
  std::size_t frames = 0;
  std::uint64_t payload_bytes = 0;
  std::uint64_t control_bytes = 0;
  /// Of each delivery; the latencies in microseconds.
  histogram hops;
  spread latencies;
};

/// Some points of a distribution.
template <class T>
struct quantiles {
  T p50{};
  T p90{};
  T p99{};
  T max{};
};

/// Of latencies in microseconds, in milliseconds.
quantiles<double> milliseconds_of(const spread& latencies);

/// What became of the messages that were published in one part of the time.
struct time_slice {
  std::size_t published = 0;
  std::size_t expected = 0;
  std::size_t delivered = 0;
  spread latencies;
};

/// A run's figures.
struct report {
  std::size_t published = 0;
  std::size_t expected = 0;
  std::size_t deliveries = 0;
  std::size_t unexpected = 0;
  std::size_t extra = 0;
  std::size_t again = 0;
  std::size_t late = 0;
  std::size_t lost = 0;
  std::size_t frames = 0;
  /// Deliveries by those that were expected; 1 is all.
  double delivery_rate = 0;
  /// Further copies that arrived, by deliveries.
  double duplicates = 0;
  /// Bytes of control and gossip, by bytes of messages.
  double control_overhead = 0;
  std::uint64_t payload_bytes = 0;
  std::uint64_t control_bytes = 0;
  double mean_hops = 0;
  quantiles<std::size_t> hops;
  /// In milliseconds.
  quantiles<double> latency;
};

report summarize(const tally& counted);

/// Prints the figures as one line that begins with `name`.
void print(std::ostream& os, std::string_view name, const report& figures);

} // namespace grapevine::sim
