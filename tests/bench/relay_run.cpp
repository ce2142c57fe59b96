#include "tests/bench/relay_run.hpp"

#include "tests/bench/broker_load.hpp"
#include "tests/bench/latency_figures.hpp"
#include "tests/bench/load_generator.hpp"
#include "tests/bench/process_stats.hpp"
#include "tests/bench/rate_search.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <numeric>

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;
using seconds = std::chrono::duration<double>;

// More signed messages per second than a core can verify.
constexpr double signed_rate = 25'000;

// A relay that keeps up has everything delivered so soon after the last message
// was published; a pause to collect garbage fits in.
constexpr auto backlog_patience = 100ms;

// Beyond, messages pile up, in microseconds.
constexpr double bounded_latency = 250'000;

// After a rate that was too high, what is on its way may take so long.
constexpr auto recovery_patience = 3s;

// What else came to nothing: those that are not there by then are lost.
constexpr auto arrival_patience = 2s;

// One message on each topic, until they reach everybody.
constexpr std::size_t joining_attempts = 50;

message_load::duration ticks(double s) {
  return std::chrono::duration_cast<message_load::duration>(seconds{s});
}

/// What a phase cost, from its construction on.
class meter {
public:
  meter(process_clock& relay, message_load& load)
      : relay_{relay}, load_{load}, before_{read()} {}

  /// All since the construction; times in seconds.
  struct reading {
    double time = 0;
    double relay_cpu = 0;
    double own_cpu = 0;
    double idle = 0;
    double deliveries = 0;
    double writes = 0;

    /// The generator's share of its core.
    double load() const { return 1 - idle / time; }
  };

  reading elapsed() const {
    const auto now = read();
    return {now.time - before_.time,
            now.relay_cpu - before_.relay_cpu,
            now.own_cpu - before_.own_cpu,
            now.idle - before_.idle,
            now.deliveries - before_.deliveries,
            now.writes - before_.writes};
  }

private:
  reading read() const {
    const seconds time = std::chrono::steady_clock::now().time_since_epoch();
    const seconds idle = load_.idle();
    return {time.count(),
            relay_.seconds(),
            thread_cpu(),
            idle.count(),
            static_cast<double>(load_.log().deliveries()),
            static_cast<double>(load_.relay_writes())};
  }

  process_clock& relay_;
  message_load& load_;
  reading before_;
};

/// One run's figures, as they are found.
class run {
public:
  run(const bench_case& what, const run_options& o, pid_t relay,
      message_load& load)
      : case_{what}, options_{o}, pid_{relay}, cpu_{relay}, load_{load} {}

  nlohmann::ordered_json measure() {
    load_.join();
    const auto rate = warm_up();
    const auto capacity = measure_full(window_of(rate));
    measure_latencies(options_.search ? measure_highest(capacity) : capacity);
    add("duplicates", static_cast<double>(load_.log().duplicates()));
    add("strangers", static_cast<double>(load_.log().strangers()));
    add("resident_bytes_after", memory_of(pid_).resident);
    return std::move(result_);
  }

private:
  void add(const std::string& key, double value) { result_[key] = value; }

  /// Lets a relay that was overloaded come to rest.
  void recover() {
    load_.drain(recovery_patience);
    load_.log().give_up();
  }

  std::size_t window_of(double rate) const {
    return options_.window > 0 ? options_.window : full_window(case_, rate);
  }

  /// Messages per second, about.
  double warm_up() {
    const meter m{cpu_, load_};
    load_.publish_closed_loop(ticks(options_.warm_up_seconds()), window_of(0));
    const auto spent = m.elapsed();
    recover();
    return spent.deliveries / static_cast<double>(case_.subscribers)
           / spent.time;
  }

  /// Messages per second.
  double measure_full(std::size_t window) {
    const auto first = load_.log().published();
    load_.log().start_latencies();
    const meter m{cpu_, load_};
    load_.publish_closed_loop(ticks(options_.seconds), window);
    const auto spent = m.elapsed();
    add("full_window", static_cast<double>(window));
    add("full_latency_p50_us", load_.log().latencies().percentile(0.5));
    recover();
    const auto messages =
        spent.deliveries / static_cast<double>(case_.subscribers);
    add("full_rate", messages / spent.time);
    add("deliveries_per_cpu_s", spent.deliveries / spent.relay_cpu);
    add("cpu_us_per_message", spent.relay_cpu * 1e6 / messages);
    add("relay_cores", spent.relay_cpu / spent.time);
    add("generator_core", spent.load());
    add("generator_cpu_us_per_message", spent.own_cpu * 1e6 / messages);
    add("deliveries_per_write", spent.deliveries / std::max(spent.writes, 1.0));
    add("full_lost", static_cast<double>(load_.log().missing(first)));
    return messages / spent.time;
  }

  rate_probe try_rate(double rate) {
    auto& log = load_.log();
    log.start_latencies();
    const auto first = log.published();
    const auto start = std::chrono::steady_clock::now();
    const meter m{cpu_, load_};
    const bool published = load_.publish_open_loop(
        ticks(options_.probe_seconds()), rate, backlog_patience);
    const auto spent = m.elapsed();
    const bool in_time = load_.drain(backlog_patience) && published;
    const seconds took = log.last_completed() - start;
    const auto relayed =
        static_cast<double>(log.published() - first) / took.count();
    const auto p99 = log.latencies().percentile(0.99);
    if (options_.trace)
      std::cerr << "rate " << rate << ": " << relayed << "/s, "
                << (published ? "" : "not all published, ")
                << log.on_their_way() << " outstanding, p99 " << p99 / 1000
                << " ms, load " << spent.load() << ", relay "
                << spent.relay_cpu / spent.time << '\n';
    if (!in_time)
      recover();
    return {in_time && p99 < bounded_latency, std::min(rate, relayed),
            spent.load()};
  }

  double measure_highest(double capacity) {
    const auto found = search_highest_rate(
        capacity * 0.95, [this](double rate) { return try_rate(rate); });
    add("highest_rate", found.rate);
    add("highest_rate_generator_core", found.load);
    add("probes", found.probes);
    return found.rate;
  }

  void measure_latencies(double highest) {
    for (const auto percent : options_.percents)
      measure_latency("_at_" + std::to_string(percent), highest * percent / 100,
                      options_.percent_seconds());
    // Somewhat below the highest rate there are no queues.
    for (const auto rate : options_.rates)
      if (highest >= rate)
        measure_latency("_at_" + std::to_string(std::lround(rate)) + "_per_s",
                        rate, options_.rate_seconds);
  }

  void measure_latency(const std::string& suffix, double rate, double time) {
    if (rate <= 0)
      return;
    auto& log = load_.log();
    const auto first = log.published();
    log.start_latencies();
    const meter m{cpu_, load_};
    load_.publish_open_loop(ticks(time), rate, arrival_patience);
    load_.drain(arrival_patience);
    const auto spent = m.elapsed();
    add_latencies(result_, suffix, log.latencies());
    add("cpu_us_per_message" + suffix,
        spent.relay_cpu * 1e6 * static_cast<double>(case_.subscribers)
            / spent.deliveries);
    log.give_up();
    add("lost" + suffix, static_cast<double>(log.missing(first)));
  }

  bench_case case_;
  run_options options_;
  pid_t pid_;
  process_clock cpu_;
  message_load& load_;
  nlohmann::ordered_json result_;
};

} // namespace

std::size_t full_window(const bench_case& what, double rate) {
  constexpr double busy_seconds = 0.05;
  constexpr std::size_t most_bytes = 4 * 1024 * 1024;
  const auto bounded = [&what](std::size_t messages, std::size_t deliveries) {
    return std::max<std::size_t>(std::min({messages, most_bytes / what.size,
                                           deliveries / what.subscribers}),
                                 8);
  };
  return std::clamp(static_cast<std::size_t>(rate * busy_seconds),
                    bounded(512, 8192), bounded(2048, 32768));
}

std::size_t signed_messages(const bench_case& what,
                            const run_options& options) {
  // What all phases that follow the time at full load take, in units of it, is
  // below 8. Large messages are bounded by what there is to encrypt.
  constexpr double most_bytes = 4e9;
  const auto rate = std::min(signed_rate, 1e9 / static_cast<double>(what.size));
  const auto steady =
      std::accumulate(options.rates.begin(), options.rates.end(), 0.0)
      * options.rate_seconds;
  return static_cast<std::size_t>(
             std::min(8 * std::max(options.seconds, 0.2) * rate,
                      most_bytes / static_cast<double>(what.size))
             + steady)
         + 1'000 + joining_attempts * what.topics;
}

nlohmann::ordered_json measure_relay(const bench_case& what,
                                     const message_pool& pool,
                                     const run_options& options) {
  relay_process relay{{options.program, relay_arguments(what), options.cores}};
  load_generator load{relay.address(), pool, what};
  return run{what, options, relay.id(), load}.measure();
}

nlohmann::ordered_json measure_broker(const bench_case& what,
                                      broker_kind broker,
                                      const run_options& options) {
  const broker_process process{broker, options.program, options.cores};
  broker_load load{broker, process, what};
  return run{what, options, process.id(), load}.measure();
}

} // namespace grapevine::bench
