#include "client/delivery_queue.hpp"
#include "gossip/message/message_ids.hpp"
#include "gossip/message/signing.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <poll.h>
#include <string>
#include <thread>

using namespace grapevine;
using namespace std::chrono_literals;

namespace {

message_delivered numbered(int number, std::size_t size = 0) {
  auto data = to_bytes(as_bytes(std::to_string(number)));
  data.resize(std::max(data.size(), size), ' ');
  gossip::message_fields fields{"news", data, std::nullopt, std::nullopt};
  return {
      gossip::build_message(fields, nullptr, gossip::message_ids{}), {}, {}};
}

void push(delivery_queue& queue, int first, int last) {
  std::vector<message_delivered> batch;
  for (int i = first; i <= last; ++i)
    batch.push_back(numbered(i));
  queue.push(std::move(batch));
}

int number_of(const message_delivered& message) {
  return std::stoi(to_string(message.msg->data()));
}

bool readable(int descriptor) {
  pollfd one{descriptor, POLLIN, 0};
  return ::poll(&one, 1, 0) == 1;
}

queue_options at_most(std::size_t messages, overflow when_full) {
  queue_options result;
  result.max_messages = messages;
  result.when_full = when_full;
  return result;
}

} // namespace

TEST_CASE("a queue hands out what came in order", "[client]") {
  delivery_queue queue{{}};
  CHECK_FALSE(queue.try_pop());
  push(queue, 1, 3);
  CHECK(queue.size() == 3);
  for (int i = 1; i <= 3; ++i)
    CHECK(number_of(*queue.pop()) == i);
  CHECK_FALSE(queue.try_pop());
  CHECK(queue.missed() == 0);
}

TEST_CASE("a full queue drops the newest, and the next one says so",
          "[client]") {
  delivery_queue queue{at_most(2, overflow::drop_newest)};
  push(queue, 1, 5);
  CHECK(queue.missed() == 3);
  CHECK(number_of(*queue.try_pop()) == 1);
  push(queue, 6, 6);
  const auto second = queue.try_pop();
  CHECK(number_of(*second) == 2);
  CHECK(second->missed == 0);
  const auto third = queue.try_pop();
  CHECK(number_of(*third) == 6);
  CHECK(third->missed == 3);
}

TEST_CASE("a full queue drops the oldest, and the next one says so",
          "[client]") {
  delivery_queue queue{at_most(2, overflow::drop_oldest)};
  push(queue, 1, 5);
  CHECK(queue.missed() == 3);
  const auto first = queue.try_pop();
  CHECK(number_of(*first) == 4);
  CHECK(first->missed == 3);
  CHECK(number_of(*queue.try_pop()) == 5);
}

TEST_CASE("a queue of one keeps the newest", "[client]") {
  delivery_queue queue{at_most(1, overflow::drop_oldest)};
  push(queue, 1, 3);
  push(queue, 4, 4);
  const auto last = queue.try_pop();
  CHECK(number_of(*last) == 4);
  CHECK(last->missed == 3);
  CHECK_FALSE(queue.try_pop());
}

TEST_CASE("a queue is bounded by bytes, but takes a single message",
          "[client]") {
  queue_options few_bytes;
  few_bytes.max_bytes = 3'000;
  delivery_queue queue{few_bytes};
  std::vector<message_delivered> batch;
  batch.push_back(numbered(1, 10'000));
  batch.push_back(numbered(2));
  queue.push(std::move(batch));
  CHECK(number_of(*queue.try_pop()) == 1);
  CHECK_FALSE(queue.try_pop());
  CHECK(queue.missed() == 1);
}

TEST_CASE("a queue passes on what was missed before", "[client]") {
  delivery_queue queue{at_most(1, overflow::drop_newest)};
  push(queue, 1, 2);
  auto late = numbered(3);
  late.missed = 5;
  queue.try_pop();
  std::vector<message_delivered> batch;
  batch.push_back(std::move(late));
  queue.push(std::move(batch));
  CHECK(queue.try_pop()->missed == 6);
  CHECK(queue.missed() == 6);
}

TEST_CASE("a descriptor is readable exactly while something waits",
          "[client]") {
  delivery_queue queue{{}};
  push(queue, 1, 1);
  const auto descriptor = queue.descriptor();
  REQUIRE(descriptor);
  CHECK(readable(*descriptor));
  queue.try_pop();
  CHECK_FALSE(readable(*descriptor));
  push(queue, 2, 3);
  CHECK(readable(*descriptor));
  queue.try_pop();
  CHECK(readable(*descriptor));
  queue.try_pop();
  CHECK_FALSE(readable(*descriptor));
  CHECK(*queue.descriptor() == *descriptor);

  SECTION("and once it has ended") {
    queue.end();
    CHECK(readable(*descriptor));
    CHECK_FALSE(queue.try_pop());
    CHECK(readable(*descriptor));
  }
}

TEST_CASE("a queue that has ended hands out what it has, and no more",
          "[client]") {
  delivery_queue queue{{}};
  push(queue, 1, 2);
  queue.end();
  push(queue, 3, 3);
  CHECK(queue.ended());
  CHECK(number_of(*queue.pop()) == 1);
  CHECK(number_of(*queue.pop_for(20s)) == 2);
  CHECK_FALSE(queue.pop());
  CHECK_FALSE(queue.pop_for(20s));
}

TEST_CASE("a queue that is closed wakes all who wait", "[client]") {
  delivery_queue queue{{}};
  // Catch2 is for one thread.
  bool popped = true;
  bool popped_in_time = true;
  std::thread first{[&] { popped = queue.pop().has_value(); }};
  std::thread second{[&] { popped_in_time = queue.pop_for(1h).has_value(); }};
  queue.close();
  first.join();
  second.join();
  CHECK_FALSE(popped);
  CHECK_FALSE(popped_in_time);
}

TEST_CASE("a wait for a message has an end", "[client]") {
  delivery_queue queue{{}};
  CHECK_FALSE(queue.pop_for(1ms));
  CHECK_FALSE(queue.ended());
}
