#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace grapevine::bench {

/// The books of one relay's run: which message was published when, and which
/// subscribers have it.
class delivery_log {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Subscribers are numbered from 0, at most 16.
  explicit delivery_log(std::size_t subscribers)
      : everybody_{static_cast<std::uint16_t>((1U << subscribers) - 1)} {}

  /// Takes down that the next message goes out; gives its number.
  std::uint32_t publish(time_point now);

  /// Takes down that a subscriber got a message.
  void deliver(std::uint32_t number, std::size_t subscriber, time_point now);

  std::size_t published() const noexcept { return entries_.size(); }
  std::size_t deliveries() const noexcept { return deliveries_; }

  /// How many messages all subscribers have.
  std::size_t completed() const noexcept { return completed_; }

  /// Whether everybody has message `number`.
  bool complete(std::uint32_t number) const {
    return entries_.at(number).have == everybody_;
  }

  /// Deliveries that came twice, or of messages that were never published.
  std::size_t surplus() const noexcept { return surplus_; }

  /// Forgets the messages so far that not everybody has got: they are owed no
  /// more. Returns how many.
  std::size_t give_up();

  /// Begins to collect the deliveries' latencies anew.
  void start_latencies() { latencies_.clear(); }

  /// The latency, in microseconds, that `part` (0 to 1) of the deliveries since
  /// `start_latencies` did not exceed; 0 without any.
  double latency(double part);

private:
  struct entry {
    time_point sent;
    // A bit for each subscriber.
    std::uint16_t have = 0;
  };

  std::uint16_t everybody_;
  std::vector<entry> entries_;
  std::size_t deliveries_ = 0;
  std::size_t completed_ = 0;
  std::size_t surplus_ = 0;
  std::vector<float> latencies_;
};

} // namespace grapevine::bench
