#include "tests/bench/relay_run.hpp"

#include <catch2/catch.hpp>

using namespace grapevine::bench;

namespace {

std::size_t window(std::size_t size, std::size_t subscribers, double rate) {
  return full_window(
      {grapevine::gossip::signing_policy::strict_sign, size, subscribers, 1},
      rate);
}

} // namespace

TEST_CASE("the window holds what keeps a relay busy, within bounds",
          "[relay_run]") {
  CHECK(window(1024, 8, 0) == 512);
  CHECK(window(1024, 8, 20'000) == 1'000);
  CHECK(window(1024, 8, 1'000'000) == 2'048);
}

TEST_CASE("the window is bounded by bytes and by deliveries", "[relay_run]") {
  CHECK(window(16'384, 8, 1'000'000) == 256);
  CHECK(window(262'144, 8, 1'000'000) == 16);
  CHECK(window(1 << 20, 8, 0) == 8);
  CHECK(window(1024, 64, 0) == 128);
  CHECK(window(1024, 64, 1'000'000) == 512);
}

TEST_CASE("there are signed messages for a whole run", "[relay_run]") {
  run_options half;
  half.seconds = 0.5;
  const bench_case small{};
  CHECK(signed_messages(small, half) >= 50'000);
  run_options steady = half;
  steady.rates = {100, 1'000};
  steady.rate_seconds = 5;
  CHECK(signed_messages(small, steady) == signed_messages(small, half) + 5'500);
  run_options ten;
  ten.seconds = 10;
  const bench_case large{small.policy, 262'144, 8, 1};
  CHECK(signed_messages(large, ten) < 20'000);
}
