#pragma once

#include "tests/bench/broker_protocol.hpp"
#include "tests/bench/message_pool.hpp"
#include "tests/bench/relay_process.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <vector>

namespace grapevine::bench {

/// How one run goes.
struct run_options {
  /// The time at full load; the other phases take parts of it.
  double seconds = 1;
  /// The relay's program.
  std::filesystem::path program;
  /// The cores it may use.
  std::vector<int> cores;
  /// Where latencies are measured: percents of the highest rate, and messages
  /// per second, which are left out if they are above it.
  std::vector<int> percents;
  std::vector<double> rates;
  /// For how long at each of `rates`.
  double rate_seconds = 5;
  /// Messages on their way under full load; 0: `full_window`. What goes out
  /// together costs less: cases are to be compared by the same window.
  std::size_t window = 0;
  /// Whether to search for the highest rate; else what was relayed under full
  /// load is taken for it.
  bool search = true;
  /// Tells each step of the search.
  bool trace = false;

  double warm_up_seconds() const { return 0.7 * seconds; }
  double probe_seconds() const { return 0.5 * seconds; }
  double percent_seconds() const { return 0.5 * seconds; }
};

/// Messages on their way at most, under full load, of a relay that relays
/// `rate` of them in a second: as many as keep it busy for some time, few
/// enough that no queue on the way is full and a slow one soon has done them.
std::size_t full_window(const bench_case& what, double rate);

/// How many signed messages a run may need.
std::size_t signed_messages(const bench_case& what, const run_options& options);

/// Starts a relay, loads it fully, searches for the highest rate without loss
/// and measures latencies. The figures' names are explained in README.md.
nlohmann::ordered_json measure_relay(const bench_case& what,
                                     const message_pool& pool,
                                     const run_options& options);

/// The same of a broker with TLS, whose messages are never signed: `options`
/// has its program.
nlohmann::ordered_json measure_broker(const bench_case& what,
                                      broker_kind broker,
                                      const run_options& options);

} // namespace grapevine::bench
