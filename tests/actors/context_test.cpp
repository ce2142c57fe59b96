#include "actors/context.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;

TEST_CASE("context: no two random numbers or seeds are the same") {
  CHECK(random_number() != random_number());
  CHECK(random_seed() != random_seed());
}
