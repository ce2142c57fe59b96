#include "actors/pubsub/record_gate.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace std::chrono_literals;

namespace {

constexpr time_point opened{1h};
constexpr auto never = time_point::max();

bytes record(std::uint8_t number) {
  return bytes(8, number);
}

} // namespace

TEST_CASE("record gate: the first passes, of those in the pause the last") {
  record_gate gate{10s};
  CHECK(gate.next() == never);
  CHECK(gate.offer(record(1), opened) == record(1));
  CHECK_FALSE(gate.offer(record(2), opened + 1s));
  CHECK_FALSE(gate.offer(record(3), opened + 2s));
  CHECK(gate.next() == opened + 10s);
  CHECK_FALSE(gate.due(opened + 9s));
  CHECK(gate.due(opened + 10s) == record(3));
  CHECK_FALSE(gate.due(opened + 10s));
  CHECK(gate.next() == never);
  // It was the first of another pause.
  CHECK_FALSE(gate.offer(record(4), opened + 19s));
  CHECK(gate.due(opened + 20s) == record(4));
}

TEST_CASE("record gate: what is known already, and nothing, do not pass") {
  record_gate gate{10s};
  CHECK_FALSE(gate.offer({}, opened));
  CHECK(gate.offer(record(1), opened));
  CHECK_FALSE(gate.offer(record(1), opened + 20s));
  // There and back again.
  CHECK(gate.offer(record(2), opened + 20s));
  CHECK_FALSE(gate.offer(record(1), opened + 21s));
  CHECK_FALSE(gate.offer(record(2), opened + 22s));
  CHECK(gate.next() == never);
  CHECK_FALSE(gate.due(opened + 40s));
}
