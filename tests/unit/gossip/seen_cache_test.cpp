#include "gossip/seen_cache.hpp"

#include <catch2/catch.hpp>

using namespace grapevine::gossip;
using namespace std::chrono_literals;

namespace {

const time_point start{};

message_id numbered(int number) {
  return message_id{"message " + std::to_string(number)};
}

} // namespace

TEST_CASE("seen_cache: an id is new once", "[gossip][seen_cache]") {
  seen_cache seen;
  CHECK(seen.find(numbered(1), start) == nullptr);
  CHECK(seen.insert(numbered(1), start, seen_state::validating));
  CHECK_FALSE(seen.insert(numbered(1), start + 1s, seen_state::accepted));
  REQUIRE(seen.find(numbered(1), start + 1s) != nullptr);
  CHECK(seen.find(numbered(1), start + 1s)->state == seen_state::validating);
  CHECK(seen.find(numbered(2), start) == nullptr);
  CHECK(seen.size() == 1);
}

TEST_CASE("seen_cache: expires counted from first seen",
          "[gossip][seen_cache]") {
  seen_cache seen;
  seen.insert(numbered(1), start, seen_state::validating);
  seen.decide(numbered(1), start + 60s, seen_state::accepted);
  seen.insert(numbered(1), start + 100s, seen_state::accepted);
  CHECK(seen.find(numbered(1), start + 119s) != nullptr);
  CHECK(seen.peek(numbered(1).raw(), start + 119s) != nullptr);
  // Gone in time, whether or not it has been swept.
  CHECK(seen.find(numbered(1), start + 120s) == nullptr);
  CHECK(seen.peek(numbered(1).raw(), start + 120s) == nullptr);
  CHECK(seen.insert(numbered(1), start + 120s, seen_state::validating));
}

TEST_CASE("seen_cache: expiry keeps what is young", "[gossip][seen_cache]") {
  seen_cache seen;
  for (int i = 0; i < 100; ++i)
    seen.insert(numbered(i), start + i * 1s, seen_state::accepted);
  seen.expire(start + 149s);
  CHECK(seen.size() == 70);
  CHECK(seen.find(numbered(29), start + 149s) == nullptr);
  CHECK(seen.find(numbered(30), start + 149s) != nullptr);
  seen.expire(start + 1000s);
  CHECK(seen.size() == 0);
}

TEST_CASE("seen_cache: inserting sweeps", "[gossip][seen_cache]") {
  seen_cache seen{{10s, 1000}};
  for (int i = 0; i < 100; ++i)
    seen.insert(numbered(i), start + i * 1s, seen_state::accepted);
  CHECK(seen.size() == 10);
}

TEST_CASE("seen_cache: full, it forgets the oldest", "[gossip][seen_cache]") {
  seen_cache seen{{120s, 3}};
  for (int i = 0; i < 5; ++i)
    CHECK(seen.insert(numbered(i), start, seen_state::accepted));
  CHECK(seen.size() == 3);
  CHECK(seen.find(numbered(1), start) == nullptr);
  CHECK(seen.find(numbered(2), start) != nullptr);
}

TEST_CASE("seen_cache: remembers verdicts", "[gossip][seen_cache]") {
  seen_cache seen;
  seen.insert(numbered(1), start, seen_state::validating);
  CHECK(seen.find(numbered(1), start)->decided == start);
  seen.decide(numbered(1), start + 2s, seen_state::rejected);
  CHECK(seen.find(numbered(1), start + 3s)->state == seen_state::rejected);
  CHECK(seen.find(numbered(1), start + 3s)->decided == start + 2s);
  CHECK(seen.find(numbered(1), start + 3s)->first_seen == start);
  seen.decide(numbered(2), start, seen_state::accepted);
  CHECK(seen.find(numbered(2), start) == nullptr);
}
