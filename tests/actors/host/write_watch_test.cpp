#include "actors/host/write_watch.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace std::chrono_literals;

namespace {
constexpr time_point began{1h};
} // namespace

TEST_CASE("write watch: runs from the last progress on, while anything waits") {
  write_watch watch;
  const auto due = [&] { return watch.timer().due(30s); };
  watch.note(false, 0, began);
  CHECK(due() == time_point::max());
  watch.note(true, 100, began);
  watch.note(true, 100, began + 10s);
  CHECK(due() == began + 30s);
  watch.note(true, 100 + write_watch::least, began + 20s);
  CHECK(due() == began + 50s);
  watch.note(false, 200'000, began + 30s);
  CHECK(due() == time_point::max());
  watch.note(true, 200'000, began + 60s);
  CHECK(due() == began + 90s);
}

TEST_CASE("write watch: taking a byte now and then is no progress") {
  write_watch watch;
  for (int second = 0; second < 30; ++second)
    watch.note(true, static_cast<std::uint64_t>(second), began + second * 1s);
  CHECK(watch.timer().due(30s) == began + 30s);
}
