#include "actors/host/descriptors.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace grapevine;

TEST_CASE("descriptors: peers, handshakes and dials fit into what the process "
          "may have") {
  for (const std::size_t limit :
       {0U, 8U, 16U, 64U, 256U, 1024U, 4096U, 20'000U}) {
    INFO(limit);
    const auto plan = plan_descriptors(limit, 1'000'000, 256);
    CHECK(plan.accept_below <= limit);
    CHECK(plan.max_peers <= plan.accept_below);
    if (limit >= 64) {
      CHECK(limit - plan.accept_below >= 16);
      CHECK(plan.accept_below - plan.max_peers >= 8);
      CHECK(plan.max_peers >= limit / 2);
    }
  }
}

TEST_CASE("descriptors: where there are enough, as many peers as are wanted") {
  CHECK(plan_descriptors(1024, 10'000, 256).max_peers == 768);
  CHECK(plan_descriptors(20'000, 10'000, 256).max_peers == 10'000);
  // What is spared has a bound, too.
  CHECK(plan_descriptors(20'000, 1'000'000, 256).accept_below == 20'000 - 512);
  const auto unlimited = std::numeric_limits<std::size_t>::max();
  CHECK(plan_descriptors(unlimited, 10'000, 256).max_peers == 10'000);
}
