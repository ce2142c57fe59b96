#include "tests/bench/relay_run.hpp"

#include "tests/bench/bare_relay.hpp"
#include "tests/bench/load_generator.hpp"
#include "tests/bench/process_stats.hpp"
#include "tests/bench/relay_process.hpp"

#include <cmath>

namespace grapevine::bench {

namespace {

using gossip::signing_policy;
using seconds = std::chrono::duration<double>;

// As many messages as fit into one record.
constexpr double largest_batch = 56;

load_generator::duration ticks(double s) {
  return std::chrono::duration_cast<load_generator::duration>(seconds{s});
}

/// What a part of a run cost, from its construction on.
class meter {
public:
  meter(pid_t relay, load_generator& load)
      : relay_{relay}, load_{load}, before_{read()} {}

  /// All since the construction.
  struct reading {
    double time = 0;
    double relay_cpu = 0;
    double own_cpu = 0;
    double messages = 0;
    double deliveries = 0;
    double writes = 0;
  };

  reading elapsed() const {
    const auto now = read();
    return {now.time - before_.time,
            now.relay_cpu - before_.relay_cpu,
            now.own_cpu - before_.own_cpu,
            now.messages - before_.messages,
            now.deliveries - before_.deliveries,
            now.writes - before_.writes};
  }

private:
  reading read() const {
    const seconds time = std::chrono::steady_clock::now().time_since_epoch();
    return {time.count(),
            process_cpu(relay_),
            thread_cpu(),
            static_cast<double>(load_.log().completed()),
            static_cast<double>(load_.log().deliveries()),
            static_cast<double>(load_.relay_writes())};
  }

  pid_t relay_;
  load_generator& load_;
  reading before_;
};

/// One run's figures, as they are found.
class run {
public:
  run(const message_pool& pool, signing_policy policy, const run_options& o)
      : pool_{pool}, policy_{policy}, options_{o} {}

  figures measure() {
    {
      const relay_process relay{{policy_, options_.core, options_.workers}};
      load_generator load{relay.address(), pool_};
      load.join();
      measure_quiet(load, relay.id());
      measure_full(load, relay.id());
      add("resident_mib", "relay's memory afterwards", "MiB",
          static_cast<double>(resident_memory(relay.id())) / (1024 * 1024));
    }
    compare_with_bare();
    return std::move(result_);
  }

private:
  void add(std::string key, std::string text, std::string unit, double value) {
    result_.push_back(
        {std::move(key), std::move(text), std::move(unit), value});
  }

  void add_latencies(delivery_log& log, const std::string& key,
                     const std::string& when) {
    add(key + "_p50_us", "latency p50 " + when, "us", log.latency(0.5));
    add(key + "_p99_us", "latency p99 " + when, "us", log.latency(0.99));
  }

  void measure_full(load_generator& load, pid_t relay) {
    load.publish_closed_loop(ticks(options_.warm_up_seconds()),
                             options_.window);
    load.log().start_latencies();
    const meter m{relay, load};
    load.publish_closed_loop(ticks(options_.seconds), options_.window);
    const auto spent = m.elapsed();
    full_cpu_us_ = spent.relay_cpu * 1e6 / spent.messages;
    batch_ = std::max(1.0, spent.deliveries / std::max(spent.writes, 1.0));
    add("messages_per_s", "messages relayed", "/s",
        spent.messages / spent.time);
    add("deliveries_per_s", "deliveries", "/s", spent.deliveries / spent.time);
    add("cpu_us", "relay's CPU per message", "us", full_cpu_us_);
    add("deliveries_per_cpu_s", "deliveries per CPU second", "",
        spent.deliveries / spent.relay_cpu);
    add("relay_core", "relay's share of its core", "%",
        100 * spent.relay_cpu / spent.time);
    add("generator_core", "generator's share of its core", "%",
        100 * spent.own_cpu / spent.time);
    add("batch", "messages per write of the relay", "", batch_);
    add_latencies(load.log(), "latency", "at the full rate");
    load.drain();
  }

  void measure_quiet(load_generator& load, pid_t relay) {
    load.log().start_latencies();
    const meter m{relay, load};
    load.publish_open_loop(ticks(options_.quiet_seconds()), quiet_rate);
    const auto spent = m.elapsed();
    quiet_cpu_us_ = spent.relay_cpu * 1e6 / spent.messages;
    load.drain();
    add("quiet_cpu_us", "relay's CPU per message at 1000/s", "us",
        quiet_cpu_us_);
    add_latencies(load.log(), "quiet_latency", "at 1000/s");
  }

  void compare_with_bare() {
    const auto one = bare_cost(1);
    add("bare_single_us", "bare loop, one message per write", "us", one);
    add("quiet_ratio", "relay at 1000/s / that", "", quiet_cpu_us_ / one);
    const auto many = bare_cost(std::min(std::round(batch_), largest_batch));
    add("bare_batched_us", "bare loop, batches as the relay's", "us", many);
    add("ratio", "relay at the full rate / that", "", full_cpu_us_ / many);
  }

  double bare_cost(double batch) const {
    return bare_relay_cost(pool_, policy_, static_cast<std::size_t>(batch),
                           options_.bare_time);
  }

  const message_pool& pool_;
  signing_policy policy_;
  const run_options& options_;
  figures result_;
  double quiet_cpu_us_ = 0;
  double full_cpu_us_ = 0;
  double batch_ = 1;
};

} // namespace

figures run_once(const message_pool& pool, signing_policy policy,
                 const run_options& options) {
  return run{pool, policy, options}.measure();
}

} // namespace grapevine::bench
