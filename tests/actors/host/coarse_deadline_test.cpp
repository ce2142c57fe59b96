#include "actors/host/coarse_deadline.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>

using namespace grapevine;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{std::chrono::hours{7}};

} // namespace

TEST_CASE("coarse_deadline: what is near or over is exact",
          "[actors][coarse_deadline]") {
  CHECK(coarse_deadline(start + 123us, start) == start + 123us);
  CHECK(coarse_deadline(start + 10ms, start - 990ms) == start + 10ms);
  CHECK(coarse_deadline(start - 1ms, start) == start - 1ms);
}

TEST_CASE("coarse_deadline: distant ones come together, none too early",
          "[actors][coarse_deadline]") {
  CHECK(coarse_deadline(start + 15s, start) == start + 15s);
  CHECK(coarse_deadline(start + 15s + 1us, start) == start + 15s + 250ms);
  CHECK(coarse_deadline(start + 15s + 249ms, start) == start + 15s + 250ms);
  CHECK(coarse_deadline(start + 15s + 251ms, start) == start + 15s + 500ms);
}

TEST_CASE("coarse_deadline: never stays never", "[actors][coarse_deadline]") {
  CHECK(coarse_deadline(time_point::max(), start) == time_point::max());
}

TEST_CASE(
    "coarse_deadline: each has moments of its own, at most a quarter of a "
    "second apart",
    "[actors][coarse_deadline]") {
  const auto due = start + 15s + 1us;
  for (std::size_t number = 0; number < 2 * coarse_phases; ++number) {
    const auto phase = coarse_phase(number);
    CHECK(phase >= 0s);
    CHECK(phase < 250ms);
    const auto at = coarse_deadline(due, start, phase);
    CHECK(at >= due);
    CHECK(at < due + 250ms);
    CHECK((at - start - phase) % 250ms == 0ns);
    CHECK(coarse_deadline(at, start, phase) == at);
  }
  CHECK(coarse_deadline(start + 10ms, start, coarse_phase(7)) == start + 10ms);
  CHECK(coarse_deadline(time_point::max(), start, coarse_phase(7))
        == time_point::max());
}

TEST_CASE("coarse_deadline: of thousands of idle peers few are due at once, "
          "and few peers seldom wake the machine",
          "[actors][coarse_deadline]") {
  std::mt19937_64 random{42};
  const auto moments = [&](std::size_t peers) {
    std::map<time_point, std::size_t> result;
    for (std::size_t i = 0; i < peers; ++i) {
      const auto due = start + 2s + 1us * (random() % 60'000'000);
      ++result[coarse_deadline(due, start, coarse_phase(random()))];
    }
    return result;
  };
  // A ping a minute of each. Together they were 42 on average.
  std::size_t most = 0;
  for (const auto& [at, peers] : moments(10'000))
    most = std::max(most, peers);
  CHECK(most <= 12);
  CHECK(moments(10'000).size() <= (60 * 4 + 1) * coarse_phases);
  CHECK(moments(100).size() <= 100);
}
