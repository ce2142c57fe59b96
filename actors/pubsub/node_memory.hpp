#pragma once

#include "gossip/stream/byte_budget.hpp"
#include "libp2p/base/time_point.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace grapevine {

/// What the peers of one node keep in memory together, and what they dropped
/// for it. Counters alone, which each peer's actor reads and changes at the end
/// of its turns.
struct node_memory {
  node_memory(std::size_t max_queued, std::size_t max_unfinished) noexcept
      : queued{max_queued}, unfinished{max_unfinished} {}

  /// Frames that wait to be sent.
  gossip::byte_budget queued;
  /// RPCs that have begun to arrive.
  gossip::byte_budget unfinished;
  /// Messages that were dropped, as too much waited for a peer or for all.
  std::atomic<std::uint64_t> dropped{0};

  /// Whether a peer that drops messages may say so where an operator looks:
  /// strangers must not fill his log.
  bool may_report(time_point now) noexcept {
    constexpr std::chrono::seconds pause{10};
    auto next = next_report_.load(std::memory_order_relaxed);
    const auto at = now.time_since_epoch().count();
    return at >= next
           && next_report_.compare_exchange_strong(
               next, at + std::chrono::nanoseconds{pause}.count(),
               std::memory_order_relaxed);
  }

private:
  std::atomic<std::int64_t> next_report_{
      std::chrono::nanoseconds::min().count()};
};

} // namespace grapevine
