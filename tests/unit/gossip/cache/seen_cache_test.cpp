#include "gossip/cache/seen_cache.hpp"

#include <catch2/catch.hpp>

using grapevine::time_point;
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

TEST_CASE("seen_cache: what has expired is dropped bit by bit, and new again "
          "before",
          "[gossip][seen_cache]") {
  seen_cache seen;
  for (int i = 0; i < 100; ++i)
    seen.insert(numbered(i), start, seen_state::accepted);
  CHECK(seen.expire(start + 120s, 10));
  CHECK(seen.size() == 90);
  // This drops four more.
  CHECK(seen.insert(numbered(99), start + 120s, seen_state::validating));
  CHECK(seen.find(numbered(99), start + 120s)->state == seen_state::validating);
  CHECK(seen.size() == 86);
  CHECK_FALSE(seen.expire(start + 120s, 100));
  CHECK(seen.size() == 1);
  CHECK(seen.find(numbered(99), start + 239s) != nullptr);
  CHECK(seen.find(numbered(98), start + 120s) == nullptr);
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
  CHECK(seen.find(numbered(1), start + 3s)->seen == start);
  seen.decide(numbered(2), start, seen_state::accepted);
  CHECK(seen.find(numbered(2), start) == nullptr);
}

TEST_CASE("seen_cache: first seen, a sighting renews nothing",
          "[gossip][seen_cache]") {
  seen_cache seen;
  seen.insert(numbered(1), start, seen_state::accepted);
  CHECK(seen.sight(numbered(1), start + 100s) != nullptr);
  CHECK(seen.sight(numbered(1), start + 120s) == nullptr);
  CHECK(seen.sight(numbered(2), start + 120s) == nullptr);
}

TEST_CASE("seen_cache: last seen, each sighting renews",
          "[gossip][seen_cache]") {
  seen_cache seen{{.strategy = seen_strategy::last_seen}};
  for (int i = 0; i < 3; ++i)
    seen.insert(numbered(i), start, seen_state::accepted);
  // The newest, the oldest, and the only one.
  CHECK(seen.sight(numbered(2), start + 60s) != nullptr);
  CHECK(seen.sight(numbered(0), start + 100s) != nullptr);
  seen.expire(start + 120s);
  CHECK(seen.size() == 2);
  CHECK(seen.find(numbered(1), start + 120s) == nullptr);
  seen.expire(start + 180s);
  CHECK(seen.size() == 1);
  CHECK(seen.sight(numbered(0), start + 219s) != nullptr);
  CHECK(seen.find(numbered(0), start + 300s) != nullptr);
  // Looking for it is no sighting.
  CHECK(seen.find(numbered(0), start + 338s) != nullptr);
  CHECK(seen.find(numbered(0), start + 339s) == nullptr);
  seen.expire(start + 339s);
  CHECK(seen.size() == 0);
  CHECK(seen.insert(numbered(0), start + 339s, seen_state::accepted));
  CHECK(seen.sight(numbered(0), start + 340s) != nullptr);
}

TEST_CASE("seen_cache: last seen and full, it forgets what was sighted least "
          "lately",
          "[gossip][seen_cache]") {
  seen_cache seen{{120s, 2, seen_strategy::last_seen}};
  seen.insert(numbered(1), start, seen_state::accepted);
  seen.insert(numbered(2), start, seen_state::accepted);
  seen.sight(numbered(1), start);
  seen.insert(numbered(3), start, seen_state::accepted);
  CHECK(seen.find(numbered(1), start) != nullptr);
  CHECK(seen.find(numbered(2), start) == nullptr);
}

TEST_CASE("seen_cache: what is forgotten before its time is counted, and how "
          "far back the cache remembers is known",
          "[gossip][seen_cache]") {
  seen_cache seen{{120s, 2}};
  CHECK(seen.age(start) == 0s);
  seen.insert(numbered(1), start, seen_state::accepted);
  seen.insert(numbered(2), start + 10s, seen_state::accepted);
  CHECK(seen.forgotten_early() == 0);
  seen.insert(numbered(3), start + 20s, seen_state::accepted);
  CHECK(seen.forgotten_early() == 1);
  CHECK(seen.age(start + 25s) == 15s);
  // Whose time is over is not forgotten early.
  seen.insert(numbered(4), start + 200s, seen_state::accepted);
  seen.insert(numbered(5), start + 200s, seen_state::accepted);
  CHECK(seen.forgotten_early() == 1);
  CHECK(seen.max_size() == 2);
}
