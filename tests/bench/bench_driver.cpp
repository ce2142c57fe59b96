// Measures one thing of one relay and writes its figures to standard output as
// JSON. What is measured when, and of whom, is decided in suite/run.py.
#include "tests/bench/bare_relay.hpp"
#include "tests/bench/connection_run.hpp"
#include "tests/bench/mesh_run.hpp"
#include "tests/bench/process_stats.hpp"
#include "tests/bench/relay_run.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
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
  connection_options connections;
  mesh_options mesh;
  bool both_cores = false;
  broker_kind broker = broker_kind::nats;
  std::filesystem::path pools = std::filesystem::temp_directory_path();
};

void add_pools(CLI::App& command, options& o) {
  command.add_option("--pools", o.pools, "where signatures are kept");
}

void add_security(CLI::App& command, libp2p::security_kind& security) {
  const std::map<std::string, libp2p::security_kind> kinds{
      {"noise", libp2p::security_kind::noise},
      {"tls", libp2p::security_kind::tls}};
  command.add_option("--security", security, "of the load's connections")
      ->transform(CLI::CheckedTransformer{kinds});
}

void add_case(CLI::App& command, options& o) {
  const std::map<std::string, signing_policy> policies{
      {"signed", signing_policy::strict_sign},
      {"unsigned", signing_policy::strict_no_sign}};
  command.add_option("--policy", o.what.policy)
      ->transform(CLI::CheckedTransformer{policies});
  command.add_option("--size", o.what.size, "bytes of a message")
      ->check(CLI::Range(100, 1 << 20));
  command.add_option("--subscribers", o.what.subscribers)
      ->check(CLI::Range(1, 10'000));
  command.add_option("--topics", o.what.topics)->check(CLI::Range(1, 10'000));
  add_security(command, o.what.security);
  add_pools(command, o);
}

void add_program(CLI::App& command, std::filesystem::path& program) {
  command.add_option("--program", program, "the relay")
      ->required()
      ->check(CLI::ExistingFile);
}

void add_relay(CLI::App& command, options& o) {
  add_program(command, o.run.program);
  command.add_option("--window", o.run.window,
                     "messages on their way under full load; 0: by the rate");
  command.add_flag("!--no-search", o.run.search,
                   "not the highest rate without loss");
  command
      .add_option("--percents", o.run.percents,
                  "latencies at these percents of the highest rate")
      ->delimiter(',')
      ->check(CLI::Range(1, 100));
  command
      .add_option("--rates", o.run.rates,
                  "latencies at these rates, in messages per second")
      ->delimiter(',')
      ->check(CLI::PositiveNumber);
  command
      .add_option("--rate-seconds", o.run.rate_seconds, "how long at each rate")
      ->check(CLI::PositiveNumber);
  command.add_flag("--trace", o.run.trace, "tell each rate that is tried");
  command.add_flag("--both-cores", o.both_cores,
                   "the relay shares all cores with the load");
}

void add_broker(CLI::App& command, options& o) {
  const std::map<std::string, broker_kind> kinds{
      {"nats", broker_kind::nats}, {"mosquitto", broker_kind::mosquitto}};
  command.add_option("--broker", o.broker)
      ->required()
      ->transform(CLI::CheckedTransformer{kinds});
}

void add_seconds(CLI::App& command, options& o) {
  command.add_option("--seconds", o.run.seconds, "time at full load")
      ->check(CLI::PositiveNumber);
}

void add_connections(CLI::App& command, connection_options& o) {
  add_program(command, o.program);
  command.add_option("--peers", o.peers)->check(CLI::PositiveNumber);
  command
      .add_option("--idle-peers", o.idle_peers,
                  "those that are there while the relay idles")
      ->check(CLI::PositiveNumber);
  command.add_option("--seconds", o.idle_seconds, "how long it idles")
      ->check(CLI::PositiveNumber);
  command.add_option("--settle", o.settle_seconds, "before each measurement");
  command.add_option("--pair-rate", o.pair_rate,
                     "messages per second of an honest pair beside them");
  command.add_option("--pair-seconds", o.pair_seconds)
      ->check(CLI::PositiveNumber);
  add_security(command, o.security);
  command.add_flag("--stop", o.stop, "what it costs the relay to stop");
}

void add_mesh(CLI::App& command, mesh_options& o) {
  add_program(command, o.program);
  command.add_option("--nodes", o.nodes)->check(CLI::Range(2, 1'000));
  command.add_option("--dials", o.dials, "how many others each dials");
  command.add_option("--seed", o.seed, "of the graph");
  command.add_option("--rate", o.rate, "messages per second of all together")
      ->check(CLI::PositiveNumber);
  command.add_option("--size", o.size, "bytes of a message");
  command.add_option("--forming", o.forming_seconds,
                     "seconds for meshes to form");
  command.add_option("--seconds", o.seconds)->check(CLI::PositiveNumber);
}

/// Memory that is freed is kept: what the load needs, it soon needs again, and
/// to get it from the system anew would cost more than all else it does.
void keep_memory() {
  constexpr int never = 1 << 30;
  ::mallopt(M_TRIM_THRESHOLD, never);
  ::mallopt(M_MMAP_THRESHOLD, never);
}

/// The first core is the relay's, the last one ours; a single one is shared.
/// The relay's.
std::vector<int> share_cores() {
  const auto cores = allowed_cores();
  if (cores.size() < 2)
    return {};
  bind_to_core(cores.back());
  return {cores.front()};
}

message_pool make_pool(const options& o, std::size_t count) {
  return {o.what, count, o.pools};
}

nlohmann::ordered_json run_relay_case(options& o) {
  const auto pool = make_pool(o, signed_messages(o.what, o.run));
  if (!o.both_cores)
    o.run.cores = share_cores();
  return measure_relay(o.what, pool, o.run);
}

nlohmann::ordered_json run_broker(options& o) {
  // TLS writes without asking for no signal.
  std::signal(SIGPIPE, SIG_IGN);
  o.what.policy = signing_policy::strict_no_sign;
  o.run.cores = share_cores();
  return measure_broker(o.what, o.broker, o.run);
}

nlohmann::ordered_json run_loop(options& o) {
  // As many as one record holds of the smallest.
  const auto pool = make_pool(o, 1'000);
  // Where relays run.
  bind_to_core(allowed_cores().front());
  return measure_bare_relay(
      o.what, pool,
      std::chrono::milliseconds{static_cast<int>(o.run.seconds * 500)});
}

nlohmann::ordered_json run_connections(options& o) {
  o.connections.pools = o.pools;
  o.connections.cores = share_cores();
  return measure_connections(o.connections);
}

int run(int argc, char** argv) {
  options o;
  CLI::App app{"Measures one thing of one relay"};
  app.require_subcommand(1);
  auto& relay = *app.add_subcommand("relay", "a relay under load");
  add_case(relay, o);
  add_relay(relay, o);
  add_seconds(relay, o);
  auto& broker = *app.add_subcommand("broker", "a broker with TLS under load");
  add_case(broker, o);
  add_relay(broker, o);
  add_seconds(broker, o);
  add_broker(broker, o);
  auto& loop = *app.add_subcommand("loop", "a bare loop without connections");
  add_case(loop, o);
  add_seconds(loop, o);
  auto& connections = *app.add_subcommand(
      "connections", "a relay with many peers that do nothing");
  add_connections(connections, o.connections);
  add_pools(connections, o);
  auto& mesh = *app.add_subcommand("mesh", "a network of relays");
  add_mesh(mesh, o.mesh);
  CLI11_PARSE(app, argc, argv);
  raise_file_limit();
  keep_memory();
  const auto figures = relay.parsed()         ? run_relay_case(o)
                       : broker.parsed()      ? run_broker(o)
                       : loop.parsed()        ? run_loop(o)
                       : connections.parsed() ? run_connections(o)
                                              : measure_mesh(o.mesh);
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
