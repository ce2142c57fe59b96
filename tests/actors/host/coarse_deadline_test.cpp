#include "actors/host/coarse_deadline.hpp"

#include <catch2/catch.hpp>

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
  constexpr auto grain = coarse_grain{1};
  CHECK(coarse_deadline(start + 15s + 1us, start) == start + 15s + grain);
  CHECK(coarse_deadline(start + 15s + grain - 1ms, start)
        == start + 15s + grain);
  CHECK(coarse_deadline(start + 15s + grain + 1ms, start)
        == start + 15s + 2 * grain);
}

TEST_CASE("coarse_deadline: never stays never", "[actors][coarse_deadline]") {
  CHECK(coarse_deadline(time_point::max(), start) == time_point::max());
}
