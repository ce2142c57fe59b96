// Networks as large as real ones, with loss and with nodes that come and go.
// The full size is run by `gossip_sim`.
#include "tests/sim/large_network.hpp"

#include <catch2/catch.hpp>

#include <iostream>

using namespace grapevine::sim;

namespace {

large_network_options small(double loss, double churn) {
  large_network_options options;
  options.seed = 99;
  options.nodes = 100;
  options.topics = 4;
  options.topics_per_node = 2;
  options.duration = std::chrono::minutes{2};
  options.rate = 0.5;
  options.loss = loss;
  options.churn = churn;
  return options;
}

large_network_result run(const large_network_options& options,
                         std::string_view name) {
  const auto result = run_large_network(options);
  print(std::cout, name, result.figures);
  CHECK(result.figures.deliveries > 0);
  CHECK(result.figures.delivery_rate == 1.0);
  CHECK(result.figures.unexpected == 0);
  CHECK(result.dropped == 0);
  return result;
}

} // namespace

TEST_CASE("large network: everyone gets everything", "[sim]") {
  run(small(0, 0), "large network, small");
}

TEST_CASE("large network: stable nodes get everything in spite of faults",
          "[sim]") {
  const auto result = run(small(0.05, 0.3), "5 % lost, 30 % vanish a minute");
  CHECK(result.figures.lost > 0);
  CHECK(result.departures > 40);
}

TEST_CASE("large network: the same seed gives the same trace", "[sim]") {
  auto options = small(0.05, 0.3);
  options.duration = std::chrono::minutes{1};
  const auto first = run_large_network(options).trace;
  CHECK(run_large_network(options).trace == first);
  ++options.seed;
  CHECK(run_large_network(options).trace != first);
}
