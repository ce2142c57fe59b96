#include "gateway/delivery_queue.hpp"
#include "gateway/request_rate.hpp"
#include "tests/gateway/played_node.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using queue = delivery_queue<message_delivered>;

message_delivered one(std::size_t size = 1, std::uint64_t missed = 0) {
  message_delivered msg;
  msg.msg = message_of("t", std::string(size, 'x'));
  msg.missed = missed;
  return msg;
}

} // namespace

TEST_CASE("what waits goes together, within bounds", "[delivery]") {
  queue q;
  for (std::size_t i = 0; i < queue::max_messages + 1; ++i)
    q.add(one());
  CHECK(q.next().msgs.size() == queue::max_messages);
  CHECK(q.next().msgs.size() == 1);
  for (int i = 0; i < 3; ++i)
    q.add(one(queue::max_bytes / 2));
  CHECK(q.next().msgs.size() == 1);
  CHECK(q.next().msgs.size() == 1);
  CHECK_FALSE(q.can_send());
}

TEST_CASE("a message larger than a batch goes alone", "[delivery]") {
  queue q;
  q.add(one(2 * queue::max_bytes));
  q.add(one());
  CHECK(q.next().msgs.size() == 1);
}

TEST_CASE("only so many batches are under way", "[delivery]") {
  queue q;
  for (std::size_t i = 0; i <= queue::max_under_way; ++i)
    q.add(one());
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < queue::max_under_way; ++i) {
    REQUIRE(q.can_send());
    const auto id = q.next(1).id;
    first = first == 0 ? id : first;
  }
  CHECK_FALSE(q.can_send());
  q.handled(first);
  CHECK(q.can_send());
  CHECK(q.finished() == 1);
}

TEST_CASE("what was under way and waited when all is lost has been missed",
          "[delivery]") {
  queue q;
  q.add(one(1, 10));
  q.add(one());
  const auto lost = q.next(1);
  q.lose_all();
  CHECK(q.missed() == 12);
  CHECK(q.finished() == 2);
  // Its answer comes late.
  q.handled(lost.id);
  CHECK(q.finished() == 2);
  q.add(one());
  CHECK(q.next().msgs.front().missed == 12);
  CHECK(q.missed() == 0);
}

TEST_CASE("a batch that failed has been missed, with what it told of",
          "[delivery]") {
  queue q;
  q.add(one(1, 2));
  q.add(one(1, 3));
  q.failed(q.next().id);
  CHECK(q.missed() == 7);
}

TEST_CASE("a rate lets a second's worth pass at once", "[delivery]") {
  request_rate rate{10};
  time_point now{100s};
  CHECK(rate.take(10, now));
  CHECK_FALSE(rate.take(1, now));
  CHECK(rate.take(5, now + 500ms));
  CHECK_FALSE(rate.take(1, now + 500ms));
}

TEST_CASE("what is more than a second's worth passes alone, and is paid for",
          "[delivery]") {
  request_rate rate{10};
  time_point now{100s};
  CHECK(rate.take(30, now));
  CHECK_FALSE(rate.take(1, now + 2s));
  CHECK(rate.take(1, now + 2200ms));
}
