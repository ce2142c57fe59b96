#include "libp2p/base/fair_timer.hpp"

#include <catch2/catch.hpp>

using grapevine::time_point;
using namespace grapevine::libp2p;
using namespace std::chrono_literals;

namespace {
constexpr time_point start{1h};
} // namespace

TEST_CASE("fair timer: is due after its limit, and never when it does not run",
          "[fair_timer]") {
  fair_timer timer;
  CHECK(timer.due(3s) == time_point::max());
  timer.start(start);
  CHECK(timer.due(3s) == start + 3s);
  timer.stop();
  CHECK(timer.due(3s) == time_point::max());
}

TEST_CASE("fair timer: time in which the other side is excused does not pass",
          "[fair_timer]") {
  fair_timer timer;
  timer.start(start);
  timer.excuse(true, start + 1s);
  timer.excuse(true, start + 2s);
  CHECK(timer.due(3s) == time_point::max());
  timer.excuse(false, start + 11s);
  CHECK(timer.due(3s) == start + 13s);
  timer.excuse(false, start + 12s);
  CHECK(timer.due(3s) == start + 13s);
}

TEST_CASE("fair timer: what begins while it is excused begins at its end",
          "[fair_timer]") {
  fair_timer timer;
  timer.excuse(true, start);
  timer.start(start + 5s);
  timer.excuse(false, start + 8s);
  CHECK(timer.due(3s) == start + 11s);
}
