#pragma once

#include "tests/bench/message_pool.hpp"
#include "tests/bench/relay_process.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>

namespace grapevine::bench {

/// The rate, in messages per second, at which all relays' latencies are
/// compared.
inline constexpr double common_rate = 1'000;

/// How one run goes.
struct run_options {
  /// The time at full load; the other phases take parts of it.
  double seconds = 1;
  /// The relay's program.
  std::filesystem::path program;
  /// The cores it may use.
  std::vector<int> cores;
  /// Whether to measure latencies, too.
  bool latencies = true;
  /// Tells each step of the search.
  bool trace = false;

  double warm_up_seconds() const { return 0.7 * seconds; }
  double probe_seconds() const { return 0.5 * seconds; }
  double latency_seconds() const { return 0.5 * seconds; }
};

/// Messages on their way at most, under full load, of a relay that relays
/// `rate` of them in a second: as many as keep it busy for some time, few
/// enough that no queue on the way is full and a slow one soon has done them.
std::size_t full_window(const bench_case& what, double rate);

/// How many signed messages a run may need.
std::size_t signed_messages(const bench_case& what, double seconds);

/// Starts a relay, loads it fully, searches for the highest rate without loss
/// and measures latencies at parts of it. The figures' names are explained in
/// README.md.
nlohmann::ordered_json measure_relay(const bench_case& what,
                                     const message_pool& pool,
                                     const run_options& options);

} // namespace grapevine::bench
