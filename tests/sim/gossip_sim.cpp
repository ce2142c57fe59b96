// A large network in virtual time, for people: README.md says how to read what
// it prints.
#include "tests/sim/large_network.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <unistd.h>

namespace {

using grapevine::sim::large_network_options;

void add_options(CLI::App& app, large_network_options& options,
                 std::int64_t& minutes) {
  const auto part = CLI::Range(0.0, 1.0);
  app.add_option("--seed", options.seed, "What decides all that is random");
  app.add_option("--nodes", options.nodes)->check(CLI::PositiveNumber);
  app.add_option("--topics", options.topics)->check(CLI::PositiveNumber);
  app.add_option("--topics-per-node", options.topics_per_node)
      ->check(CLI::PositiveNumber);
  app.add_option("--dials-per-topic", options.dials_per_topic,
                 "Subscribers of each of its topics that a node dials")
      ->check(CLI::PositiveNumber);
  app.add_option("--minutes", minutes, "Virtual time")
      ->check(CLI::PositiveNumber);
  app.add_option("--rate", options.rate, "Messages per topic and second")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--payload", options.payload, "Bytes of a message's data");
  app.add_option("--loss", options.loss,
                 "The part of the frames with messages that is lost")
      ->check(part);
  app.add_option("--churn", options.churn,
                 "The part of the nodes that vanishes per minute")
      ->check(part);
  app.add_option("--flood-publish", options.node.params.flood_publish);
}

} // namespace

// Nearly all of a run's time goes to waiting for memory: 1,000 nodes have some
// hundred MiB, and every frame arrives at another one. With huge pages a third
// of it is saved; malloc takes them only if it is told so before the start.
void use_huge_pages(char** argv) {
  constexpr const char* name = "GLIBC_TUNABLES";
  if (std::getenv(name) == nullptr
      && ::setenv(name, "glibc.malloc.hugetlb=1", 1) == 0)
    ::execv("/proc/self/exe", argv);
}

int main(int argc, char** argv) {
  use_huge_pages(argv);
  CLI::App app{"Simulates a network of GossipSub nodes in virtual time"};
  app.option_defaults()->always_capture_default();
  large_network_options options;
  std::int64_t minutes = options.duration.count();
  add_options(app, options, minutes);
  CLI11_PARSE(app, argc, argv);
  options.duration = std::chrono::minutes{minutes};
  const auto begin = std::chrono::steady_clock::now();
  const auto cpu_begin = std::clock();
  const auto result = grapevine::sim::run_large_network(options);
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - begin;
  print(std::cout, options, result);
  const auto cpu = static_cast<double>(std::clock() - cpu_begin)
                   / static_cast<double>(CLOCKS_PER_SEC);
  std::cout << std::fixed << std::setprecision(1) << "time              "
            << elapsed.count() << " s, of which " << cpu << " s on the CPU\n";
  return result.figures.delivery_rate == 1.0 ? 0 : 1;
}
