#pragma once

#include "tests/bench/figures.hpp"
#include "tests/bench/message_pool.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>

namespace grapevine::bench {

/// Messages per second at which latency is measured without load.
inline constexpr double quiet_rate = 1'000;

/// How one run goes.
struct run_options {
  /// The measured time at the full rate.
  double seconds = 5;
  /// Messages on their way at most.
  std::size_t window = 512;
  /// The relay's core, if it has one of its own.
  std::optional<int> core;
  /// Threads of its scheduler; 0: as CAF chooses.
  std::size_t workers = 0;
  /// For each measurement of the bare loop.
  std::chrono::milliseconds bare_time{300};

  double quiet_seconds() const { return std::min(seconds, 2.0); }
  double warm_up_seconds() const { return std::min(seconds, 0.5); }
};

/// Starts a relay, loads it first at `quiet_rate`, then fully, and compares
/// what it cost with the bare loop. Throws `load_error` on any loss.
figures run_once(const message_pool& pool, gossip::signing_policy policy,
                 const run_options& options);

} // namespace grapevine::bench
