#include "gossip/cache/validation_queue.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;
using added = validation_queue::added;

namespace {

const message_id id{"id"};

added add(validation_queue& queue, std::string_view data, std::uint8_t peer) {
  return queue.add_copy(message_named("id", "t", data), sender(peer));
}

} // namespace

TEST_CASE("validation_queue: one copy under validation",
          "[gossip][validation_queue]") {
  validation_queue queue;
  CHECK_FALSE(queue.contains(id));
  const auto msg = message_named("id");
  const auto token = queue.begin(msg, sender(1));
  CHECK(queue.contains(id));
  CHECK(queue.bytes_held() == msg->frame().size());
  REQUIRE(queue.current(id, token) != nullptr);
  CHECK(queue.current(id, token)->msg == msg);
  CHECK(queue.current(id, token)->source == sender(1));
  CHECK(queue.current(id, token + 1) == nullptr);
  CHECK(queue.current(message_id{"other"}, token) == nullptr);
  const auto all = queue.finish(id);
  REQUIRE(all);
  CHECK(all->current.msg == msg);
  CHECK(all->waiting.empty());
  CHECK(queue.size() == 0);
  CHECK(queue.bytes_held() == 0);
  CHECK_FALSE(queue.finish(id));
}

TEST_CASE("validation_queue: further copies", "[gossip][validation_queue]") {
  validation_queue queue;
  CHECK(add(queue, "data", 1) == added::unknown);
  queue.begin(message_named("id"), sender(1));
  const auto before = queue.bytes_held();
  CHECK(add(queue, "data", 2) == added::noted);
  CHECK(queue.bytes_held() == before);
  CHECK(add(queue, "forged", 3) == added::held);
  CHECK(queue.bytes_held() > before);
  CHECK(add(queue, "forged", 4) == added::noted);
  for (std::uint8_t peer = 1; peer <= 4; ++peer) {
    CHECK(add(queue, "data", peer) == added::repeated);
    CHECK(add(queue, "third", peer) == added::repeated);
  }
  const auto all = queue.finish(id);
  REQUIRE(all);
  CHECK(all->current.forwarders == std::vector{sender(2)});
  REQUIRE(all->waiting.size() == 1);
  CHECK(all->waiting[0].source == sender(3));
  CHECK(all->waiting[0].forwarders == std::vector{sender(4)});
  CHECK(queue.bytes_held() == 0);
}

TEST_CASE("validation_queue: the next copy's turn",
          "[gossip][validation_queue]") {
  validation_queue queue;
  const auto first = queue.begin(message_named("id"), sender(1));
  add(queue, "second", 2);
  add(queue, "third", 3);
  const auto one = queue.next_copy(id);
  CHECK(one.decided.source == sender(1));
  CHECK(as_text(one.next->data()) == "second");
  CHECK(one.source == sender(2));
  CHECK(one.token != first);
  CHECK(queue.current(id, first) == nullptr); // too late
  CHECK(queue.current(id, one.token)->msg == one.next);
  CHECK(add(queue, "second", 4) == added::noted);
  const auto two = queue.next_copy(id);
  CHECK(two.decided.forwarders == std::vector{sender(4)});
  CHECK(as_text(two.next->data()) == "third");
  const auto three = queue.next_copy(id);
  CHECK(three.decided.source == sender(3));
  CHECK(three.next == nullptr);
  CHECK_FALSE(queue.contains(id));
  CHECK(queue.bytes_held() == 0);
}

TEST_CASE("validation_queue: bounds", "[gossip][validation_queue]") {
  const auto size = message_named("id")->frame().size();
  validation_queue_options options;
  SECTION("messages") {
    options.max_messages = 2;
    validation_queue queue{options};
    queue.begin(message_named("1"), sender(1));
    CHECK(queue.has_room("t", size));
    queue.begin(message_named("2"), sender(1));
    CHECK_FALSE(queue.has_room("t", size));
    queue.finish(message_id{"1"});
    CHECK(queue.has_room("t", size));
  }
  SECTION("bytes") {
    options.max_bytes = 2 * size;
    validation_queue queue{options};
    queue.begin(message_named("id"), sender(1));
    CHECK(queue.has_room("t", size));
    CHECK_FALSE(queue.has_room("t", size + 1));
    CHECK(add(queue, "atad", 2) == added::held);
    CHECK(add(queue, "tada", 3) == added::dropped);
    CHECK(add(queue, "data", 3) == added::noted);
    CHECK_FALSE(queue.has_room("t", 1));
  }
  SECTION("differing copies") {
    options.max_copies = 2;
    validation_queue queue{options};
    queue.begin(message_named("id"), sender(1));
    CHECK(add(queue, "1", 2) == added::held);
    CHECK(add(queue, "2", 3) == added::held);
    CHECK(add(queue, "3", 4) == added::dropped);
    CHECK(add(queue, "2", 4) == added::noted);
    queue.next_copy(id);
    CHECK(add(queue, "3", 5) == added::held);
  }
  SECTION("forwarders") {
    options.max_forwarders = 3;
    validation_queue queue{options};
    queue.begin(message_named("id"), sender(1));
    for (std::uint8_t peer = 2; peer <= 4; ++peer)
      CHECK(add(queue, "data", peer) == added::noted);
    CHECK(add(queue, "data", 5) == added::dropped);
    CHECK(add(queue, "forged", 6) == added::dropped);
  }
}

TEST_CASE("validation_queue: a topic's bound leaves other topics alone",
          "[gossip][validation_queue]") {
  validation_queue queue{{.max_per_topic = 2}};
  queue.begin(message_named("1", "busy"), sender(1));
  CHECK(queue.has_room("busy", 1));
  queue.begin(message_named("2", "busy"), sender(1));
  CHECK_FALSE(queue.has_room("busy", 1));
  CHECK(queue.has_room("other", 1));
  // A differing copy's turn does not end the id's validation.
  CHECK(queue.add_copy(message_named("1", "busy", "differs"), sender(2))
        == added::held);
  queue.next_copy(message_id{"1"});
  CHECK_FALSE(queue.has_room("busy", 1));
  queue.next_copy(message_id{"1"});
  CHECK(queue.has_room("busy", 1));
  queue.begin(message_named("3", "busy"), sender(1));
  CHECK_FALSE(queue.has_room("busy", 1));
  queue.finish(message_id{"2"});
  CHECK(queue.has_room("busy", 1));
}

TEST_CASE("validation_queue: a topic's own bound prevails",
          "[gossip][validation_queue]") {
  validation_queue queue{{.max_per_topic = 1}};
  queue.bound_topic("narrow", 1);
  queue.bound_topic("wide", 2);
  queue.bound_topic("open", 0);
  int number = 0;
  const auto begin = [&](std::string_view topic) {
    queue.begin(message_named(std::to_string(++number), topic), sender(1));
    return queue.has_room(topic, 1);
  };
  CHECK_FALSE(begin("narrow"));
  CHECK(begin("wide"));
  CHECK_FALSE(begin("wide"));
  CHECK(begin("open"));
  CHECK(begin("open"));
  CHECK_FALSE(begin("other"));
  queue.bound_topic("wide", std::nullopt);
  CHECK_FALSE(queue.has_room("wide", 1));
  queue.finish(message_id{"2"});
  CHECK_FALSE(queue.has_room("wide", 1));
  queue.finish(message_id{"3"});
  CHECK(queue.has_room("wide", 1));
}

TEST_CASE("validation_queue: a bound given later counts what begins then",
          "[gossip][validation_queue]") {
  validation_queue queue;
  queue.begin(message_named("1", "t"), sender(1));
  queue.bound_topic("t", 1);
  CHECK(queue.has_room("t", 1));
  queue.begin(message_named("2", "t"), sender(1));
  CHECK_FALSE(queue.has_room("t", 1));
  queue.finish(message_id{"1"});
  CHECK_FALSE(queue.has_room("t", 1));
  queue.bound_topic("t", std::nullopt);
  CHECK(queue.has_room("t", 1));
  queue.finish(message_id{"2"});
  CHECK(queue.size() == 0);
}

TEST_CASE("validation_queue: the common bound can be changed, and counts what "
          "begins then",
          "[gossip][validation_queue]") {
  validation_queue queue;
  queue.bound_topic("own", 3);
  queue.begin(message_named("1", "t"), sender(1));
  queue.bound_topics(1);
  CHECK_FALSE(queue.has_room("t", 1));
  CHECK(queue.has_room("own", 1));
  CHECK(queue.has_room("u", 1));
  queue.begin(message_named("2", "u"), sender(1));
  CHECK_FALSE(queue.has_room("u", 1));
  queue.bound_topics(0);
  CHECK(queue.has_room("t", 1));
  CHECK(queue.has_room("u", 1));
  queue.finish(message_id{"1"});
  queue.finish(message_id{"2"});
  CHECK(queue.size() == 0);
}
