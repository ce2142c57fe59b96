#include "tests/bench/latency_histogram.hpp"

#include <catch2/catch.hpp>

using namespace grapevine::bench;
using namespace std::chrono_literals;

TEST_CASE("buckets follow each other without gaps, and are 1 % wide at most",
          "[latency_histogram]") {
  for (std::size_t i = 0; i < 4'000; ++i) {
    const auto least = latency_histogram::least_of(i);
    const auto next = latency_histogram::least_of(i + 1);
    REQUIRE(least < next);
    REQUIRE(latency_histogram::bucket_of(least) == i);
    REQUIRE(latency_histogram::bucket_of(next - 1) == i);
    if (next - least > 1)
      REQUIRE(static_cast<double>(next - least)
              <= 0.01 * static_cast<double>(least));
  }
}

TEST_CASE("a percentile is a latency that so many do not exceed",
          "[latency_histogram]") {
  latency_histogram all;
  for (int i = 100; i >= 0; --i)
    all.add(std::chrono::milliseconds{i});
  CHECK(all.count() == 101);
  CHECK(all.percentile(0) == 0);
  CHECK(all.percentile(0.5) == Approx(50'000).epsilon(0.005));
  CHECK(all.percentile(0.99) == Approx(99'000).epsilon(0.005));
  CHECK(all.percentile(1) == Approx(100'000).epsilon(0.005));
}

TEST_CASE("there are percentiles of one latency and of none",
          "[latency_histogram]") {
  latency_histogram one;
  CHECK(one.percentile(0.99) == 0);
  one.add(7us);
  CHECK(one.percentile(0.001) == Approx(7).epsilon(0.005));
  CHECK(one.percentile(0.999) == Approx(7).epsilon(0.005));
  one.clear();
  CHECK(one.count() == 0);
  CHECK(one.percentile(0.5) == 0);
}

TEST_CASE("the text holds what is not empty, in order", "[latency_histogram]") {
  latency_histogram some;
  CHECK(some.to_text().empty());
  some.add(300ns); // the 22nd of the buckets from 256 on, 2 ns each
  some.add(5ns);
  some.add(5ns);
  CHECK(some.to_text() == "5:2 278:1");
}

TEST_CASE("what is before its time or takes for ever is counted, too",
          "[latency_histogram]") {
  latency_histogram some;
  some.add(-1us);
  some.add(24h);
  CHECK(some.count() == 2);
  CHECK(some.percentile(0) == 0);
  CHECK(some.percentile(1) == Approx(1.1e9).epsilon(0.01));
}
