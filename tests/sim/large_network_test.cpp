// Networks as large as real ones, with loss and with nodes that come and go.
// The full size is run by `grapevine sim`.
#include "sim/scenario_run.hpp"

#include <catch2/catch.hpp>

#include <iostream>

using namespace grapevine::sim;
using namespace std::chrono_literals;

namespace {

scenario small(double loss, double churn) {
  scenario s;
  s.seed = 99;
  s.groups.front().nodes = 100;
  s.topology = {.kind = graph::subscribers, .dials = 3};
  s.topics = {.count = 4, .per_node = 2};
  s.duration = 2min;
  s.messages.front().rate = 0.5;
  s.network.message_loss = loss;
  s.churn.per_minute = churn;
  s.stable_after = churn > 0 ? 5s : 0s;
  return s;
}

scenario_result run(const scenario& s, std::string_view name) {
  REQUIRE(problem_of(s).value_or("") == "");
  auto result = run_scenario(s);
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
  auto s = small(0.05, 0.3);
  s.duration = 1min;
  const auto first = run_scenario(s).trace;
  CHECK(run_scenario(s).trace == first);
  ++s.seed;
  CHECK(run_scenario(s).trace != first);
}
