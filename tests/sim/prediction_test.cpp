// What a simulation predicts of meshes that were measured: those of 20 and of
// 50 processes on two cores in docs/benchmarks.md.
#include "sim/scenario_run.hpp"

#include <catch2/catch.hpp>

#include <iostream>

using namespace grapevine::sim;
using namespace std::chrono_literals;

namespace {

struct measured {
  std::size_t nodes;
  double p50_ms;
  double p99_ms;
  double cpu_us_per_delivery;
};

scenario mesh_of(std::size_t nodes) {
  scenario s;
  auto& group = s.groups.front();
  group.nodes = nodes;
  // As the benchmark has it: no flood publishing, no scores.
  group.options.use_scoring(
      grapevine::gossip::scoring_of(grapevine::gossip::score_profile::off));
  group.options.params.flood_publish = false;
  group.options.params.mesh.degree_low = 5;
  s.topology = {.kind = graph::random, .dials = 10};
  s.network.latency = {20us, 20us, {}};
  s.network.jitter = 10us;
  s.network.shared_cores = 2;
  s.messages.front() = {.rate = 20, .even = true};
  return s;
}

} // namespace

TEST_CASE("prediction: latency and CPU of meshes on one machine", "[sim]") {
  // How far off a prediction may be.
  constexpr double within = 0.2;
  for (const auto& [nodes, p50, p99, cpu] :
       {measured{20, 2.56, 5.77, 888}, measured{50, 6.96, 15.8, 923}}) {
    const auto result = run_scenario(mesh_of(nodes));
    const auto& latency = result.figures.latency;
    double predicted_cpu = 0;
    for (const auto& slice : result.slices)
      predicted_cpu += slice.cpu * 1e6 * result.slice_seconds
                       * static_cast<double>(nodes)
                       / static_cast<double>(result.figures.deliveries);
    std::cout << nodes << " nodes, predicted/measured: p50 " << latency.p50
              << '/' << p50 << " ms, p99 " << latency.p99 << '/' << p99
              << " ms, CPU of a delivery " << predicted_cpu << '/' << cpu
              << " us\n";
    CHECK(result.figures.delivery_rate == 1);
    CHECK(latency.p50 == Approx(p50).epsilon(within));
    CHECK(latency.p99 == Approx(p99).epsilon(within));
    CHECK(predicted_cpu == Approx(cpu).epsilon(within));
  }
}

TEST_CASE("prediction: on a machine half as fast all of it takes twice as long",
          "[sim]") {
  auto s = mesh_of(20);
  const auto usual = run_scenario(s).figures.latency;
  s.network.costs.scale = 2;
  const auto slow = run_scenario(s).figures.latency;
  CHECK(slow.p50 == Approx(2 * usual.p50).epsilon(0.15));
  CHECK(slow.p99 == Approx(2 * usual.p99).epsilon(0.15));
}
