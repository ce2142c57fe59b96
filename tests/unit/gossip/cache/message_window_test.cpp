#include "gossip/cache/message_window.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

using ids = std::vector<std::string>;

ids sorted(ids list) {
  std::sort(list.begin(), list.end());
  return list;
}

} // namespace

TEST_CASE("message_window: what was put is found", "[gossip][message_window]") {
  message_window window;
  const auto msg = message_named("a");
  CHECK(window.put(msg));
  CHECK(window.find("a") == msg);
  CHECK(window.find("b") == nullptr);
  CHECK_FALSE(window.put(message_named("a")));
  CHECK(window.size() == 1);
  CHECK(window.bytes_held() == msg->frame().size());
}

TEST_CASE("message_window: five windows for IWANT, three for gossip",
          "[gossip][message_window]") {
  message_window window;
  rng gen{1};
  window.put(message_named("a"));
  for (int shifts = 0; shifts < 5; ++shifts) {
    CHECK(window.find("a") != nullptr);
    CHECK(window.gossip_ids("t", 3, 10, gen).size() == (shifts < 3 ? 1u : 0u));
    CHECK(window.has_gossip("t", 3) == (shifts < 3));
    CHECK(window.gossip_ids("t", 1, 10, gen).size() == (shifts < 1 ? 1u : 0u));
    CHECK(window.gossip_ids("t", 5, 10, gen).size() == 1);
    window.shift();
  }
  CHECK(window.find("a") == nullptr);
  CHECK(window.size() == 0);
  CHECK_FALSE(window.sweep(1));
  CHECK(window.bytes_held() == 0);
}

TEST_CASE("message_window: what is offered once is offered until the next "
          "heartbeat's end, and found as long as any other",
          "[gossip][message_window]") {
  message_window window;
  rng gen{1};
  CHECK(window.put(message_named("a"), offered::once));
  CHECK(window.put(message_named("b")));
  for (const std::size_t windows : {1, 3, 5})
    CHECK(sorted(window.gossip_ids("t", windows, 10, gen)) == ids{"a", "b"});
  window.shift();
  CHECK(window.gossip_ids("t", 5, 10, gen) == ids{"b"});
  for (int shifts = 1; shifts < 5; ++shifts) {
    CHECK(window.take("a", sender(1 + shifts)) != nullptr);
    window.shift();
  }
  CHECK(window.find("a") == nullptr);
}

TEST_CASE("message_window: a topic with nothing but what is offered once has "
          "gossip until the next heartbeat's end",
          "[gossip][message_window]") {
  message_window window;
  window.put(message_named("a"), offered::once);
  CHECK(window.has_gossip("t", 3));
  CHECK_FALSE(window.has_gossip("t", 0));
  window.shift();
  CHECK_FALSE(window.has_gossip("t", 3));
}

TEST_CASE("message_window: what is offered once goes early as any other",
          "[gossip][message_window]") {
  const std::size_t one = message_named("0")->frame().size();
  const bool shifted = GENERATE(false, true);
  message_window_options options;
  options.max_bytes = 2 * one;
  message_window window{options};
  rng gen{1};
  window.put(message_named("0"), offered::once);
  window.put(message_named("1"));
  if (shifted)
    window.shift();
  window.put(message_named("2"), offered::once);
  CHECK(window.find("0") == nullptr);
  CHECK(sorted(window.gossip_ids("t", 3, 10, gen)) == ids{"1", "2"});
  window.put(message_named("3"));
  window.put(message_named("4"));
  CHECK(sorted(window.gossip_ids("t", 3, 10, gen)) == ids{"3", "4"});
}

TEST_CASE("message_window: what goes before its window ends is counted",
          "[gossip][message_window]") {
  const std::size_t one = message_named("0")->frame().size();
  message_window_options options;
  options.history_length = 2;
  options.max_bytes = 2 * one;
  message_window window{options};
  window.put(message_named("0"));
  window.put(message_named("1"));
  CHECK(window.dropped_early() == 0);
  window.put(message_named("2"));
  CHECK(window.dropped_early() == 1);
  // What is over makes room.
  window.shift();
  window.shift();
  window.put(message_named("3"));
  CHECK(window.dropped_early() == 1);
  // What there is no room for at all.
  options.max_bytes = one - 1;
  message_window small{options};
  CHECK_FALSE(small.put(message_named("0")));
  CHECK(small.dropped_early() == 1);
}

TEST_CASE("message_window: what is over is found no more, and dropped bit by "
          "bit",
          "[gossip][message_window]") {
  message_window_options options;
  options.history_length = 1;
  message_window window{options};
  rng gen{1};
  for (int i = 0; i < 10; ++i)
    window.put(message_named(std::to_string(i)));
  const auto held = window.bytes_held();
  window.shift();
  CHECK(window.size() == 0);
  CHECK(window.bytes_held() == held);
  for (int i = 0; i < 10; ++i)
    CHECK(window.find(std::to_string(i)) == nullptr);
  CHECK(window.take("9", sender(1)) == nullptr);
  CHECK_FALSE(window.has_gossip("t", 3));
  CHECK(window.sweep(3));
  CHECK(window.bytes_held() == held / 10 * 7);
  // The same ids again are new, and each drops two of the former.
  CHECK(window.put(message_named("8")));
  CHECK(window.put(message_named("9")));
  CHECK(window.size() == 2);
  CHECK(window.bytes_held() == held / 10 * 5);
  CHECK(window.gossip_ids("t", 3, 10, gen).size() == 2);
  CHECK_FALSE(window.sweep(100));
  CHECK(window.bytes_held() == held / 10 * 2);
  CHECK(window.find("9") != nullptr);
}

TEST_CASE("message_window: what is over goes before what is not",
          "[gossip][message_window]") {
  const std::size_t one = message_named("0")->frame().size();
  message_window_options options;
  options.history_length = 1;
  options.max_bytes = 10 * one;
  message_window window{options};
  for (int i = 0; i < 10; ++i)
    window.put(message_named(std::to_string(i)));
  window.shift();
  const std::string half(3 * one, 'x');
  CHECK(window.put(message_named("a", "t", half)));
  CHECK(window.put(message_named("b", "t", half)));
  CHECK(window.size() == 2);
  CHECK(window.find("a") != nullptr);
  CHECK(window.bytes_held() <= 10 * one);
}

TEST_CASE("message_window: ids by topic", "[gossip][message_window]") {
  message_window window;
  rng gen{1};
  window.put(message_named("a", "news"));
  window.put(message_named("b", "weather"));
  window.shift();
  window.put(message_named("c", "news"));
  CHECK(sorted(window.gossip_ids("news", 3, 10, gen)) == ids{"a", "c"});
  CHECK(window.gossip_ids("weather", 3, 10, gen) == ids{"b"});
  CHECK(window.gossip_ids("sport", 3, 10, gen).empty());
  CHECK(window.has_gossip("news", 3));
  CHECK_FALSE(window.has_gossip("sport", 3));
}

TEST_CASE("message_window: too many ids are drawn at random",
          "[gossip][message_window]") {
  message_window window;
  rng gen{1};
  for (int i = 0; i < 100; ++i)
    window.put(message_named(std::to_string(i)));
  const auto first = window.gossip_ids("t", 3, 10, gen);
  const auto second = window.gossip_ids("t", 3, 10, gen);
  CHECK(first.size() == 10);
  CHECK(std::set<std::string>(first.begin(), first.end()).size() == 10);
  CHECK(first != second);
  rng again{1};
  CHECK(window.gossip_ids("t", 3, 10, again) == first);
  CHECK(window.gossip_ids("t", 3, 0, gen).empty());
}

TEST_CASE("message_window: three copies for each peer by IWANT",
          "[gossip][message_window]") {
  message_window window;
  window.put(message_named("a"));
  for (int i = 0; i < 3; ++i) {
    CHECK(window.take("a", sender(1)) != nullptr);
    window.shift(); // counted over all heartbeats
  }
  CHECK(window.take("a", sender(1)) == nullptr);
  CHECK(window.take("a", sender(2)) != nullptr);
  CHECK(window.take("b", sender(1)) == nullptr);
  CHECK(window.find("a") != nullptr);
}

TEST_CASE("message_window: bounded in bytes, the oldest goes early",
          "[gossip][message_window]") {
  const std::size_t one = message_named("0")->frame().size();
  message_window_options options;
  options.max_bytes = 3 * one;
  message_window window{options};
  rng gen{1};
  for (int i = 0; i < 5; ++i) {
    CHECK(window.put(message_named(std::to_string(i))));
    if (i == 1)
      window.shift();
  }
  CHECK(window.bytes_held() == 3 * one);
  CHECK(window.find("1") == nullptr);
  CHECK(sorted(window.gossip_ids("t", 3, 10, gen)) == ids{"2", "3", "4"});
  CHECK_FALSE(window.put(message_named("x", "t", std::string(4 * one, 'x'))));
  CHECK(window.find("2") != nullptr);
}

TEST_CASE("message_window: a history of one window",
          "[gossip][message_window]") {
  message_window window{{0, 3, 1000}};
  rng gen{1};
  window.put(message_named("a"));
  CHECK(window.gossip_ids("t", 3, 1, gen).size() == 1);
  window.shift();
  CHECK(window.find("a") == nullptr);
}
