#include "tests/bench/pair_run.hpp"

#include "tests/bench/latency_figures.hpp"
#include "tests/bench/load_generator.hpp"

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;

// What is not there by then is lost.
constexpr auto arrival_patience = 2s;

// Until the pair is in the mesh; a message each 0.1 s.
constexpr std::size_t joining_messages = 1'000;

bench_case pair_case(const pair_options& o) {
  bench_case result;
  result.subscribers = 1;
  result.first_topic = o.topic;
  result.publisher = o.publisher;
  return result;
}

} // namespace

void measure_pair(const pair_options& options, const endpoint& relay,
                  process_clock& relay_cpu, peer_set& crowd,
                  nlohmann::ordered_json& figures) {
  const auto what = pair_case(options);
  const message_pool pool{
      what,
      static_cast<std::size_t>(options.rate * options.seconds)
          + joining_messages,
      options.pools};
  load_generator load{relay, pool, what};
  load.serve_beside(crowd);
  load.join();
  auto& log = load.log();
  const auto first = log.published();
  log.start_latencies();
  const auto before = relay_cpu.seconds();
  load.publish_open_loop(std::chrono::duration_cast<load_generator::duration>(
                             std::chrono::duration<double>{options.seconds}),
                         options.rate, arrival_patience);
  const auto spent = relay_cpu.seconds() - before;
  load.drain(arrival_patience);
  log.give_up();
  add_latencies(figures, options.suffix, log.latencies());
  figures["cpu_us_per_message" + options.suffix] =
      spent * 1e6 / static_cast<double>(log.published() - first);
  figures["lost" + options.suffix] = log.missing(first);
}

} // namespace grapevine::bench
