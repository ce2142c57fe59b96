#include "actors/pubsub/clock_watch.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace std::chrono_literals;

TEST_CASE(
    "clock watch: a clock that goes with the time that passes is not told "
    "of") {
  clock_watch watch;
  clock_watch::wall_time wall{1'000'000s};
  clock_watch::steady_time steady{5s};
  for (int i = 0; i < 20; ++i) {
    CHECK_FALSE(watch.look(wall, steady));
    // It is adjusted, and the looks are late at times.
    wall += 1s * i + 900ms;
    steady += 1s * i;
  }
}

TEST_CASE(
    "clock watch: a clock that is set is told of once, forward and back") {
  clock_watch watch;
  clock_watch::wall_time wall{1'000'000s};
  clock_watch::steady_time steady{5s};
  CHECK_FALSE(watch.look(wall, steady));
  CHECK(watch.look(wall + 1h + 1s, steady + 1s) == 3600s);
  CHECK_FALSE(watch.look(wall + 1h + 2s, steady + 2s));
  CHECK(watch.look(wall - 1h + 3s, steady + 3s) == -7200s);
  CHECK_FALSE(watch.look(wall - 1h + 12s, steady + 3s));
  CHECK(watch.look(wall - 1h + 22s, steady + 3s) == 10s);
}
