// Measures one thing of one relay and writes its figures to standard output as
// JSON. What is measured when, and of whom, is decided in suite/run.py.
#include "tests/bench/bare_relay.hpp"
#include "tests/bench/process_stats.hpp"
#include "tests/bench/relay_run.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <filesystem>
#include <iostream>
#include <malloc.h>
#include <map>
#include <string>

namespace grapevine::bench {
namespace {

using gossip::signing_policy;

struct options {
  bench_case what;
  run_options run;
  bool both_cores = false;
  std::filesystem::path pools = std::filesystem::temp_directory_path();
};

void add_case(CLI::App& command, options& o) {
  const std::map<std::string, signing_policy> policies{
      {"signed", signing_policy::strict_sign},
      {"unsigned", signing_policy::strict_no_sign}};
  command.add_option("--policy", o.what.policy)
      ->transform(CLI::CheckedTransformer{policies});
  command.add_option("--size", o.what.size, "bytes of a message")
      ->check(CLI::Range(100, 1 << 20));
  command.add_option("--subscribers", o.what.subscribers)
      ->check(CLI::Range(1, 64));
  command.add_option("--topics", o.what.topics)->check(CLI::Range(1, 100));
  command.add_option("--pools", o.pools, "where signatures are kept");
}

void add_relay(CLI::App& command, options& o) {
  command.add_option("--program", o.run.program, "the relay")
      ->required()
      ->check(CLI::ExistingFile);
  command.add_flag("--trace", o.run.trace, "tell each rate that is tried");
  command.add_flag("--both-cores", o.both_cores,
                   "the relay shares all cores with the load");
}

void add_seconds(CLI::App& command, options& o) {
  command.add_option("--seconds", o.run.seconds, "time at full load")
      ->check(CLI::PositiveNumber);
}

/// Memory that is freed is kept: what the load needs, it soon needs again, and
/// to get it from the system anew would cost more than all else it does.
void keep_memory() {
  constexpr int never = 1 << 30;
  ::mallopt(M_TRIM_THRESHOLD, never);
  ::mallopt(M_MMAP_THRESHOLD, never);
}

/// The first core is the relay's, the last one ours; a single one is shared.
void share_cores(options& o) {
  const auto cores = allowed_cores();
  if (o.both_cores || cores.size() < 2)
    return;
  o.run.cores = {cores.front()};
  bind_to_core(cores.back());
}

message_pool make_pool(const options& o, std::size_t count) {
  return {o.what, count, o.pools};
}

nlohmann::ordered_json run_relay_case(options& o) {
  const auto pool = make_pool(o, signed_messages(o.what, o.run.seconds));
  share_cores(o);
  return measure_relay(o.what, pool, o.run);
}

nlohmann::ordered_json run_limit(options& o) {
  // As many as one record holds of the smallest.
  const auto pool = make_pool(o, 1'000);
  // Where relays run.
  bind_to_core(allowed_cores().front());
  return measure_bare_relay(
      o.what, pool,
      std::chrono::milliseconds{static_cast<int>(o.run.seconds * 500)});
}

int run(int argc, char** argv) {
  options o;
  CLI::App app{"Measures one thing of one relay"};
  app.require_subcommand(1);
  auto& relay = *app.add_subcommand("relay", "a relay under load");
  add_case(relay, o);
  add_relay(relay, o);
  add_seconds(relay, o);
  auto& limit = *app.add_subcommand("limit", "what a relay cannot avoid");
  add_case(limit, o);
  add_seconds(limit, o);
  CLI11_PARSE(app, argc, argv);
  raise_file_limit();
  keep_memory();
  const auto figures = relay.parsed() ? run_relay_case(o) : run_limit(o);
  std::cout << figures.dump(2) << std::endl;
  return 0;
}

} // namespace
} // namespace grapevine::bench

int main(int argc, char** argv) try {
  return grapevine::bench::run(argc, argv);
} catch (const std::exception& e) {
  std::cerr << "bench_driver: " << e.what() << '\n';
  return 1;
}
