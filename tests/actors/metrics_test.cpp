#include "messages/metrics.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace std::chrono_literals;

TEST_CASE("metrics: a duration is counted in the range that ends with it") {
  duration_histogram h;
  h.add(10us);
  h.add(11us, 3);
  h.add(-1s);
  h.add(1h);
  CHECK(h.counts().front() == 2);
  CHECK(h.counts()[1] == 3);
  CHECK(h.counts().back() == 1);
  CHECK(h.sum() == Approx(3600 + 10e-6 + 33e-6));
  auto twice = h;
  twice += h;
  CHECK(twice.counts()[1] == 6);
  CHECK(twice.sum() == Approx(2 * h.sum()));
}

TEST_CASE("metrics: counters by a cause are told apart, added and taken off") {
  refusal_counts a;
  ++a[refusal_cause::network];
  a[refusal_cause::address_peers] += 2;
  auto b = a;
  b += a;
  CHECK(b[refusal_cause::network] == 2);
  CHECK(b[refusal_cause::address_peers] == 4);
  CHECK(b[refusal_cause::full] == 0);
  b -= a;
  CHECK(b == a);
}
