#include "gossip/score/delivery_log.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using test::numbered_peer;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1h};

} // namespace

TEST_CASE("delivery_log: a peer counts once per message",
          "[gossip][delivery_log]") {
  delivery_log log{{.window = 2s}};
  delivery_log::chain one = 0;
  delivery_log::chain other = 0;
  CHECK(log.note(one, numbered_peer(1), start));
  CHECK(log.note(one, numbered_peer(2), start));
  CHECK(log.note(other, numbered_peer(1), start));
  CHECK_FALSE(log.note(one, numbered_peer(1), start + 1s));
  CHECK_FALSE(log.note(one, numbered_peer(2), start + 1s));
  CHECK_FALSE(log.note(other, numbered_peer(1), start + 2s));
  CHECK(log.note(other, numbered_peer(2), start + 2s));
  CHECK(log.size() == 4);
}

TEST_CASE("delivery_log: off, it keeps nothing", "[gossip][delivery_log]") {
  delivery_log log;
  delivery_log::chain last = 0;
  CHECK_FALSE(log.enabled());
  CHECK_FALSE(log.note(last, numbered_peer(1), start));
  CHECK(last == 0);
  CHECK(log.size() == 0);
}

TEST_CASE("delivery_log: what has expired makes room",
          "[gossip][delivery_log]") {
  delivery_log log{{.window = 1s}};
  for (int i = 0; i < 10'000; ++i) {
    delivery_log::chain last = 0;
    CHECK(log.note(last, numbered_peer(1), start + i * 10ms));
  }
  CHECK(log.size() == 101);
}

TEST_CASE("delivery_log: full, it forgets the oldest",
          "[gossip][delivery_log]") {
  delivery_log log{{.window = 1s, .max_entries = 3}};
  delivery_log::chain old = 0;
  delivery_log::chain young = 0;
  CHECK(log.note(old, numbered_peer(1), start));
  for (std::uint8_t i = 1; i <= 3; ++i)
    CHECK(log.note(young, numbered_peer(i), start));
  CHECK(log.size() == 3);
  CHECK_FALSE(log.note(young, numbered_peer(1), start));
  CHECK(log.note(old, numbered_peer(1), start));
}

TEST_CASE("delivery_log: one message takes a bounded part of it",
          "[gossip][delivery_log]") {
  delivery_log log{{.window = 1s, .max_peers = 2}};
  delivery_log::chain last = 0;
  CHECK(log.note(last, numbered_peer(1), start));
  CHECK(log.note(last, numbered_peer(2), start));
  CHECK_FALSE(log.note(last, numbered_peer(3), start));
  CHECK(log.size() == 2);
}

TEST_CASE("delivery_log: growing loses nobody", "[gossip][delivery_log]") {
  delivery_log log{{.window = 1s}};
  std::vector<delivery_log::chain> messages(5'000);
  for (std::uint8_t peer = 1; peer <= 3; ++peer)
    for (auto& last : messages)
      CHECK(log.note(last, numbered_peer(peer), start));
  for (std::uint8_t peer = 1; peer <= 3; ++peer)
    for (auto& last : messages)
      CHECK_FALSE(log.note(last, numbered_peer(peer), start));
  CHECK(log.size() == 15'000);
}

TEST_CASE("delivery_log: the window can be changed", "[gossip][delivery_log]") {
  delivery_log log;
  log.window(1s);
  delivery_log::chain last = 0;
  CHECK(log.note(last, numbered_peer(1), start));
  log.window(0s);
  CHECK(log.size() == 0);
  CHECK_FALSE(log.note(last, numbered_peer(2), start));
  log.window(1s);
  // What was noted before it was off is forgotten, and mistaken for nothing.
  CHECK(log.note(last, numbered_peer(1), start));
  CHECK_FALSE(log.note(last, numbered_peer(1), start));
}
