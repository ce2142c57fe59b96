#include "actors/pubsub/record_gate.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1h};
constexpr auto never = time_point::max();

bytes record(std::uint8_t number) {
  return bytes(8, number);
}

} // namespace

TEST_CASE("record gate: the first passes, of those in the pause the last") {
  record_gate gate{10s};
  CHECK(gate.next() == never);
  CHECK(gate.offer(record(1), start) == record(1));
  CHECK_FALSE(gate.offer(record(2), start + 1s));
  CHECK_FALSE(gate.offer(record(3), start + 2s));
  CHECK(gate.next() == start + 10s);
  CHECK_FALSE(gate.due(start + 9s));
  CHECK(gate.due(start + 10s) == record(3));
  CHECK_FALSE(gate.due(start + 10s));
  CHECK(gate.next() == never);
  // It was the first of another pause.
  CHECK_FALSE(gate.offer(record(4), start + 19s));
  CHECK(gate.due(start + 20s) == record(4));
}

TEST_CASE("record gate: what is known already, and nothing, do not pass") {
  record_gate gate{10s};
  CHECK_FALSE(gate.offer({}, start));
  CHECK(gate.offer(record(1), start));
  CHECK_FALSE(gate.offer(record(1), start + 20s));
  // There and back again.
  CHECK(gate.offer(record(2), start + 20s));
  CHECK_FALSE(gate.offer(record(1), start + 21s));
  CHECK_FALSE(gate.offer(record(2), start + 22s));
  CHECK(gate.next() == never);
  CHECK_FALSE(gate.due(start + 40s));
}
