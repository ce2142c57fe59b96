// Numbers of all sizes are told apart to about a hundredth.
#include "sim/spread.hpp"

#include <catch2/catch.hpp>

using grapevine::sim::spread;

TEST_CASE("spread: small numbers are exact", "[sim]") {
  spread values;
  for (std::uint64_t i = 0; i < 100; ++i)
    values.add(i);
  CHECK(values.size() == 100);
  CHECK(values.quantile(0.5) == 49);
  CHECK(values.quantile(0.99) == 98);
  CHECK(values.quantile(1) == 99);
  CHECK(values.mean() == Approx(49.5));
  CHECK(values.part_within(49) == Approx(0.5));
  CHECK(spread{}.quantile(0.5) == 0);
}

TEST_CASE("spread: large ones to a hundredth, and never out of order",
          "[sim]") {
  double last = 0;
  for (std::uint64_t value = 1; value < 100'000'000;
       value = value * 5 / 4 + 1) {
    spread values;
    values.add(value);
    values.add(2 * value);
    const auto middle = values.quantile(0.5);
    CHECK(middle == Approx(static_cast<double>(value)).epsilon(0.01));
    CHECK(middle >= last);
    CHECK(values.quantile(1) == static_cast<double>(2 * value));
    CHECK(values.part_within(value) == 0.5);
    last = middle;
  }
}

TEST_CASE("spread: two become one", "[sim]") {
  spread few;
  few.add(10);
  spread many;
  many.add(1'000);
  many.add(1'000);
  few.add(many);
  CHECK(few.size() == 3);
  CHECK(few.quantile(0.3) == 10);
  CHECK(few.quantile(1) == 1'000);
}
