#include "actors/log_limit.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace std::chrono_literals;

TEST_CASE("log limit: so many lines a second, the rest is counted") {
  log_limit limit{3};
  time_point now{1h};
  for (int i = 0; i < 3; ++i)
    CHECK(limit.next(now) == std::size_t{0});
  for (int i = 0; i < 1000; ++i)
    CHECK_FALSE(limit.next(now + 500ms));
  now += 1s;
  CHECK(limit.next(now) == std::size_t{1000});
  CHECK(limit.next(now) == std::size_t{0});
}
