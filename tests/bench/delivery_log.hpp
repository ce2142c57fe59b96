#pragma once

#include "libp2p/base/time_point.hpp"
#include "tests/bench/latency_histogram.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace grapevine::bench {

/// The books of one relay's run: which message was published when, and which
/// subscribers have it.
class delivery_log {
public:
  /// Subscribers are numbered from 0.
  explicit delivery_log(std::size_t subscribers);

  /// Takes down that the next message goes out; gives its number.
  std::uint32_t publish(time_point now);

  /// Takes down that a subscriber got a message.
  void deliver(std::uint32_t number, std::size_t subscriber, time_point now);

  std::size_t published() const noexcept { return entries_.size(); }
  std::size_t deliveries() const noexcept { return deliveries_; }

  /// How many messages are still owed to somebody.
  std::size_t on_their_way() const noexcept {
    return entries_.size() - settled_;
  }

  /// When the last delivery came that made a message complete.
  time_point last_completed() const noexcept { return last_completed_; }

  /// Whether everybody has message `number`.
  bool complete(std::uint32_t number) const {
    return entries_.at(number).owed == 0;
  }

  /// Deliveries that came twice.
  std::size_t duplicates() const noexcept { return duplicates_; }

  /// Deliveries of messages that were never published.
  std::size_t strangers() const noexcept { return strangers_; }

  /// Forgets the messages so far that not everybody has got: they are owed no
  /// more. They may still come, and are then no duplicates.
  void give_up();

  /// Deliveries that never came, of the messages from number `first` on.
  std::size_t missing(std::size_t first) const;

  /// Begins to collect the deliveries' latencies anew.
  void start_latencies() { latencies_.clear(); }

  /// Those of the deliveries since `start_latencies`.
  const latency_histogram& latencies() const noexcept { return latencies_; }

private:
  struct entry {
    time_point sent;
    // How many do not have it yet.
    std::uint32_t owed = 0;
  };

  std::uint32_t subscribers_;
  // Of one message.
  std::size_t words_;
  std::vector<entry> entries_;
  // For each message so many words, with a bit for each subscriber who has it.
  std::vector<std::uint64_t> have_;
  // Those below this number are owed no more, whether they came or not.
  std::size_t given_up_ = 0;
  std::size_t settled_ = 0;
  std::size_t deliveries_ = 0;
  std::size_t duplicates_ = 0;
  std::size_t strangers_ = 0;
  time_point last_completed_;
  latency_histogram latencies_;
};

} // namespace grapevine::bench
