#include "actors/host/load_watch.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{std::chrono::hours{7}};

} // namespace

TEST_CASE("load_watch: it looks now and then", "[actors][load_watch]") {
  load_watch watch;
  CHECK(watch.due(start));
  CHECK(watch.look(start, 5s) == std::nullopt);
  CHECK_FALSE(watch.due(start + 49ms));
  CHECK(watch.due(start + 50ms));
}

TEST_CASE("load_watch: who uses much of a core is busy, until it uses little",
          "[actors][load_watch]") {
  load_watch watch;
  watch.look(start, 0s);
  CHECK(watch.look(start + 1s, 300ms) == std::nullopt);
  CHECK(watch.look(start + 2s, 700ms) == true);
  CHECK(watch.look(start + 3s, 2'700ms) == std::nullopt);
  CHECK(watch.look(start + 4s, 3'000ms) == std::nullopt);
  CHECK(watch.look(start + 5s, 3'200ms) == false);
  CHECK(watch.look(start + 6s, 3'500ms) == std::nullopt);
  CHECK(watch.look(start + 7s, 4'000ms) == true);
  // A rest counts as one.
  CHECK(watch.look(start + 100s, 5'000ms) == false);
}

TEST_CASE("load_watch: no time is no load", "[actors][load_watch]") {
  load_watch watch;
  watch.look(start, 0s);
  CHECK(watch.look(start, 1s) == std::nullopt);
}
