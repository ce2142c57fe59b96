#include "actors/host/host_context.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;

TEST_CASE("host_context: no two random numbers or seeds are the same") {
  CHECK(random_number() != random_number());
  CHECK(random_seed() != random_seed());
}
