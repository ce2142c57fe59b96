#include "actors/host/write_watch.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace std::chrono_literals;

namespace {
constexpr time_point start{1h};
} // namespace

TEST_CASE("write watch: runs from the last progress on, while anything waits") {
  write_watch watch;
  const auto due = [&] { return watch.timer().due(30s); };
  watch.note(false, 0, start);
  CHECK(due() == time_point::max());
  watch.note(true, 100, start);
  watch.note(true, 100, start + 10s);
  CHECK(due() == start + 30s);
  watch.note(true, 100 + write_watch::least, start + 20s);
  CHECK(due() == start + 50s);
  watch.note(false, 200'000, start + 30s);
  CHECK(due() == time_point::max());
  watch.note(true, 200'000, start + 60s);
  CHECK(due() == start + 90s);
}

TEST_CASE("write watch: taking a byte now and then is no progress") {
  write_watch watch;
  for (int second = 0; second < 30; ++second)
    watch.note(true, static_cast<std::uint64_t>(second), start + second * 1s);
  CHECK(watch.timer().due(30s) == start + 30s);
}
