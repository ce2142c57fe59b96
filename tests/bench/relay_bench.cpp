// Messages per second and CPU per message of a relay between one publisher and
// eight subscribers. README.md says how to read the figures.
#include "tests/bench/figures.hpp"
#include "tests/bench/process_stats.hpp"
#include "tests/bench/relay_process.hpp"
#include "tests/bench/relay_run.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace grapevine::bench {
namespace {

using gossip::signing_policy;
// More signed messages per second than one core can verify.
constexpr double signed_rate = 16'000;

// A core that is this busy is the bottleneck.
constexpr double busy_percent = 90;

struct options {
  bool relay = false;
  bool unsigned_messages = false;
  run_options run;
  std::size_t runs = 5;
  bool short_run = false;
  std::string only;
  std::string json;
};

void add_options(CLI::App& app, options& o) {
  app.add_option("--seconds", o.run.seconds, "measured time of a run")
      ->check(CLI::PositiveNumber);
  app.add_option("--runs", o.runs, "runs; medians are printed")
      ->check(CLI::PositiveNumber);
  app.add_option("--window", o.run.window, "messages on their way at most")
      ->check(CLI::PositiveNumber);
  app.add_option("--only", o.only, "one case")
      ->check(CLI::IsMember({"unsigned", "signed"}));
  app.add_option("--workers", o.run.workers,
                 "threads of the relay's scheduler; 0: as CAF chooses");
  app.add_option("--json", o.json, "also write the figures to this file");
  app.add_flag("--short", o.short_run, "only check that nothing is lost");
  // How this program starts the relay.
  app.add_flag("--relay", o.relay)->group("");
  app.add_flag("--unsigned", o.unsigned_messages)->group("");
  app.add_option("--core", o.run.core)->group("");
}

std::string name_of(signing_policy policy) {
  return policy == signing_policy::strict_sign ? "signed" : "unsigned";
}

/// Whether both cores had time left while the load waited: then somebody else
/// had it.
bool starved(const std::vector<figure_summary>& all) {
  return median_of(all, "relay_core") < busy_percent
         && median_of(all, "generator_core") < busy_percent;
}

using case_runs = std::map<signing_policy, std::vector<figures>>;

nlohmann::json to_json(const std::vector<figure_summary>& all) {
  nlohmann::json result;
  for (const auto& one : all)
    result[one.key] = {{"median", one.median},
                       {"min", one.least},
                       {"max", one.most},
                       {"unit", one.unit}};
  return result;
}

void report(const case_runs& cases, const machine& on, const options& o) {
  nlohmann::json json{{"processor", on.processor},
                      {"cores", on.cores},
                      {"load", on.load},
                      {"seconds", o.run.seconds},
                      {"runs", o.runs},
                      {"window", o.run.window}};
  for (const auto& [policy, runs] : cases) {
    const auto all = summarise(runs);
    print_table(name_of(policy) + ", 1 KiB, 1 in, 8 out", all,
                median_of(all, "generator_core") > busy_percent);
    if (starved(all))
      std::printf("  note: neither core was ours alone; rates are too low and "
                  "latencies too long\n");
    json["cases"][name_of(policy)] = to_json(all);
    json["starved"][name_of(policy)] = starved(all);
  }
  if (!o.json.empty())
    std::ofstream{o.json} << json.dump(2) << '\n';
}

std::map<signing_policy, message_pool> make_pools(const options& o) {
  const auto time = o.run.seconds + o.run.warm_up_seconds();
  const auto count = static_cast<std::size_t>(
      time * signed_rate + o.run.quiet_seconds() * quiet_rate + 100);
  std::map<signing_policy, message_pool> result;
  for (const auto policy :
       {signing_policy::strict_no_sign, signing_policy::strict_sign})
    if (o.only.empty() || o.only == name_of(policy))
      result.emplace(policy, message_pool{policy, count});
  return result;
}

/// The first core is the relay's, the last one ours; a single one is shared.
std::optional<int> share_cores() {
  const auto cores = allowed_cores();
  if (cores.size() < 2 || !bind_to_core(cores.back())) {
    std::printf("note: no core for the relay alone\n");
    return std::nullopt;
  }
  return cores.front();
}

int run_all(options o) {
  const auto on = describe_machine();
  std::printf("%s, %zu cores, load %.1f\n", on.processor.c_str(), on.cores,
              on.load);
  o.run.core = share_cores();
  const auto pools = make_pools(o);
  case_runs cases;
  // The cases take turns, so that what else the machine does hits both.
  for (std::size_t run = 0; run < o.runs; ++run)
    for (const auto& [policy, pool] : pools)
      cases[policy].push_back(run_once(pool, policy, o.run));
  report(cases, on, o);
  return 0;
}

int run(int argc, char** argv) {
  options o;
  CLI::App app{"How fast a node relays: 1 publisher, 8 subscribers"};
  add_options(app, o);
  CLI11_PARSE(app, argc, argv);
  if (o.relay)
    return run_relay({o.unsigned_messages ? signing_policy::strict_no_sign
                                          : signing_policy::strict_sign,
                      o.run.core, o.run.workers});
  if (o.short_run) {
    o.run.seconds = 0.4;
    o.run.bare_time = std::chrono::milliseconds{20};
    o.runs = 1;
  }
  return run_all(o);
}

} // namespace
} // namespace grapevine::bench

int main(int argc, char** argv) try {
  return grapevine::bench::run(argc, argv);
} catch (const std::exception& e) {
  std::cerr << "relay_bench: " << e.what() << '\n';
  return 1;
}
