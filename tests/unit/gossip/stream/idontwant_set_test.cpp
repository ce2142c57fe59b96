#include "gossip/stream/idontwant_set.hpp"

#include <catch2/catch.hpp>

using grapevine::time_point;
using namespace grapevine::gossip;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1h};

message_id numbered(int number) {
  return message_id{"message " + std::to_string(number)};
}

} // namespace

TEST_CASE("idontwant_set: an id is unwanted for three heartbeats",
          "[gossip][idontwant_set]") {
  idontwant_set unwanted;
  CHECK_FALSE(unwanted.contains(numbered(1), start));
  CHECK(unwanted.insert(numbered(1), start));
  CHECK(unwanted.contains(numbered(1), start));
  CHECK_FALSE(unwanted.contains(numbered(2), start));
  CHECK(unwanted.contains(numbered(1), start + 3s - 1ns));
  // Gone in time, whether or not it has been swept.
  CHECK_FALSE(unwanted.contains(numbered(1), start + 3s));
  CHECK(unwanted.size() == 1);
}

TEST_CASE("idontwant_set: repeating an id takes no room, nor makes it last",
          "[gossip][idontwant_set]") {
  idontwant_set unwanted{{.max_ids = 1}};
  CHECK(unwanted.insert(numbered(1), start));
  CHECK(unwanted.insert(numbered(1), start + 2s));
  CHECK(unwanted.size() == 1);
  CHECK_FALSE(unwanted.contains(numbered(1), start + 3s));
  CHECK(unwanted.insert(numbered(1), start + 3s));
  CHECK(unwanted.contains(numbered(1), start + 3s));
}

TEST_CASE("idontwant_set: holds a bounded number of ids",
          "[gossip][idontwant_set]") {
  idontwant_set unwanted{{.max_ids = 2}};
  CHECK(unwanted.insert(numbered(1), start));
  CHECK(unwanted.insert(numbered(2), start + 1s));
  CHECK_FALSE(unwanted.insert(numbered(3), start + 2s));
  CHECK_FALSE(unwanted.contains(numbered(3), start + 2s));
  // The first one's time is over.
  CHECK(unwanted.insert(numbered(3), start + 3s));
  CHECK(unwanted.contains(numbered(2), start + 3s));
}

TEST_CASE("idontwant_set: holds a bounded number of bytes",
          "[gossip][idontwant_set]") {
  idontwant_set unwanted{{.max_bytes = 100}};
  CHECK_FALSE(unwanted.insert(message_id{std::string(101, 'x')}, start));
  CHECK(unwanted.insert(message_id{std::string(60, 'a')}, start));
  CHECK_FALSE(unwanted.insert(message_id{std::string(60, 'b')}, start));
  CHECK(unwanted.insert(message_id{std::string(40, 'c')}, start));
  CHECK(unwanted.bytes_held() == 100);
  unwanted.expire(start + 3s);
  CHECK(unwanted.bytes_held() == 0);
}

TEST_CASE("idontwant_set: expiry keeps what is young",
          "[gossip][idontwant_set]") {
  idontwant_set unwanted;
  for (int i = 0; i < 1'000; ++i)
    CHECK(unwanted.insert(numbered(i), start + i * 10ms));
  CHECK(unwanted.size() == 300);
  unwanted.expire(start + 12s);
  CHECK(unwanted.size() == 99);
  CHECK_FALSE(unwanted.contains(numbered(900), start + 12s));
  CHECK(unwanted.contains(numbered(901), start + 12s));
  unwanted.expire(start + 20s);
  CHECK(unwanted.size() == 0);
  CHECK(unwanted.insert(numbered(1), start + 20s));
  CHECK(unwanted.contains(numbered(1), start + 20s));
}
