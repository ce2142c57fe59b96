#include "app/sim/svg_chart.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace grapevine::app {
namespace {

using Catch::Contains;

TEST_CASE("chart: marks are round, few, and reach the end", "[app]") {
  CHECK(axis_marks(0) == std::vector<double>{0, 1});
  CHECK(axis_marks(10) == std::vector<double>{0, 2, 4, 6, 8, 10});
  CHECK(axis_marks(60) == std::vector<double>{0, 10, 20, 30, 40, 50, 60});
  for (double end = 1e-4; end < 1e9; end *= 1.37) {
    const auto marks = axis_marks(end);
    CHECK(marks.size() >= 3);
    CHECK(marks.size() <= 7);
    CHECK(marks.back() >= end);
    CHECK(marks[marks.size() - 2] < end);
  }
}

TEST_CASE("chart: lines begin at the left and end at the right", "[app]") {
  const auto svg = svg_of({"seconds", "<ms>", {{"p50", {{0, 0}, {10, 5}}}}, 0});
  CHECK_THAT(svg, Contains("d=\"M64.0 220.0L700.0 28.0\""));
  CHECK_THAT(svg, Contains("&lt;ms&gt;"));
  CHECK_THAT(svg, !Contains("<ms>"));
  CHECK_THAT(svg_of({"x", "y", {}, 0}), Contains("</svg>"));
}

} // namespace
} // namespace grapevine::app
