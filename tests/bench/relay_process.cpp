#include "tests/bench/relay_process.hpp"

#include "actors/node.hpp"
#include "tests/bench/message_pool.hpp"
#include "tests/bench/process_stats.hpp"

#include <spdlog/sinks/stdout_sinks.h>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace grapevine::bench {

namespace {

// What the load's peers are not.
constexpr std::uint8_t relay_number = 200;

constexpr std::chrono::seconds start_patience{30};

/// The mesh holds the publisher and the subscribers and is never pruned.
gossip::parameters wide_mesh() {
  gossip::parameters result;
  result.mesh.degree = 9;
  result.mesh.degree_low = 9;
  result.mesh.degree_high = 12;
  result.mesh.degree_outbound = 0;
  return result;
}

node_config relay_config(gossip::signing_policy policy) {
  node_config result{numbered_key(relay_number)};
  result.listen = {*libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/0")};
  result.topics = {topic};
  result.policy = policy;
  result.params = wide_mesh();
  result.validators = 1;
  result.log = spdlog::stderr_logger_mt("relay");
  result.log->set_level(spdlog::level::warn);
  return result;
}

caf::actor_system_config& configure(caf::actor_system_config& cfg,
                                    std::size_t workers) {
  tune_scheduler(cfg);
  if (workers > 0)
    cfg.set(GRAPEVINE_CAF_1 ? "caf.scheduler.max-threads"
                            : "scheduler.max-threads",
            workers);
  return cfg;
}

void wait_for_end_of_input() {
  for (std::string line; std::getline(std::cin, line);) {
  }
}

std::vector<std::string> command_of(const relay_options& options) {
  std::vector<std::string> result{"/proc/self/exe", "--relay", "--workers",
                                  std::to_string(options.workers)};
  if (options.policy == gossip::signing_policy::strict_no_sign)
    result.emplace_back("--unsigned");
  if (options.core)
    result.insert(result.end(), {"--core", std::to_string(*options.core)});
  return result;
}

endpoint read_address(support::process& relay) {
  std::string line;
  if (relay.read_line(line, std::chrono::steady_clock::now() + start_patience)
      != support::read_status::line)
    throw std::runtime_error{"the relay does not start"};
  const auto address = libp2p::multiaddr::from_text(line);
  const auto result = address ? endpoint::of(*address) : std::nullopt;
  if (!result)
    throw std::runtime_error{"no address of the relay: " + line};
  return *result;
}

} // namespace

int run_relay(const relay_options& options) {
  // Before any thread is started, so that it holds for all.
  if (options.core && !bind_to_core(*options.core))
    return 1;
  caf::actor_system_config cfg;
  caf::actor_system system{configure(cfg, options.workers)};
  caf::scoped_actor self{system};
  auto node = spawn_node(system, relay_config(options.policy));
  bool up = false;
  ask(self.ptr(), node, start_patience, start_node{})
      .receive(
          [&](const node_started& started) {
            up = true;
            std::cout << started.addresses.at(0).to_text() << std::endl;
          },
          [](const caf::error& why) { std::cerr << reason_of(why) << '\n'; });
  if (!up)
    return 1;
  wait_for_end_of_input();
  ask(self.ptr(), node, start_patience, stop_node{})
      .receive([](node_stopped) {}, [](const caf::error&) {});
  return 0;
}

relay_process::relay_process(const relay_options& options)
    : log_{std::filesystem::temp_directory_path()
           / ("relay_bench." + std::to_string(::getpid()) + ".log")},
      process_{command_of(options), log_}, address_{read_address(process_)} {}

relay_process::~relay_process() {
  std::error_code ignored;
  if (std::filesystem::file_size(log_, ignored) == 0)
    std::filesystem::remove(log_, ignored);
}

} // namespace grapevine::bench
