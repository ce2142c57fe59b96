// What a subscription sends, keeps and drops.
#include "actors/pubsub/subscription.hpp"
#include "gossip/message/message_id.hpp"
#include "gossip/message/signing.hpp"
#include "proto/bytes.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace grapevine;

namespace {

constexpr std::size_t overhead = 512;

struct flow_fixture {
  explicit flow_fixture(const delivery_options& how)
      : flow{how, [this] { ++woken; }} {}

  // Offers a message of its own number.
  bool offer(std::size_t size = 1) {
    return flow.offer(made(std::string(size, 'x') + std::to_string(offered++)),
                      sent);
  }

  void offer_many(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      offer();
  }

  void handle(std::size_t count) {
    sent.erase(sent.begin(), sent.begin() + static_cast<std::ptrdiff_t>(count));
  }

  void take() {
    woken = 0;
    flow.take_waiting(sent);
  }

  // Handles all, also what waits, and tells of the numbers.
  std::vector<std::string> all() {
    std::vector<std::string> got;
    do {
      for (const auto& one : sent) {
        if (one.missed > 0)
          got.push_back("missed " + std::to_string(one.missed));
        got.emplace_back(as_text(one.msg->data()).substr(1));
      }
      sent.clear();
      flow.take_waiting(sent);
    } while (!sent.empty());
    return got;
  }

  static message_delivered made(const std::string& data) {
    return {
        gossip::build_message({"t", as_bytes(data), std::nullopt, std::nullopt},
                              nullptr, gossip::default_message_id),
        {},
        {}};
  }

  int woken = 0;
  std::size_t offered = 0;
  std::vector<message_delivered> sent;
  subscription flow;
};

delivery_options bound(std::size_t messages, overflow when_full,
                       bool on_request = false) {
  delivery_options how;
  how.max_messages = messages;
  how.when_full = when_full;
  how.on_request = on_request;
  return how;
}

using words = std::vector<std::string>;

} // namespace

TEST_CASE("subscription: what is handled in time is never dropped") {
  const auto policy = GENERATE(overflow::drop_newest, overflow::drop_oldest);
  flow_fixture f{bound(4, policy)};
  words expected;
  words got;
  for (int i = 0; i < 100; ++i) {
    CHECK(f.offer());
    expected.push_back(std::to_string(i));
    for (auto& one : f.all())
      got.push_back(std::move(one));
  }
  CHECK(got == expected);
}

TEST_CASE("subscription: the newest are dropped, and the next one says how "
          "many") {
  flow_fixture f{bound(3, overflow::drop_newest)};
  f.offer_many(3);
  CHECK_FALSE(f.offer());
  CHECK_FALSE(f.offer());
  CHECK(f.sent.size() == 3);
  f.handle(1);
  CHECK(f.offer());
  CHECK(f.all() == words{"1", "2", "missed 2", "5"});
}

TEST_CASE("subscription: the oldest that was not sent is dropped, and the one "
          "behind it says so") {
  flow_fixture f{bound(8, overflow::drop_oldest)};
  f.offer_many(8);
  CHECK(f.sent.size() == 2); // a quarter is sent ahead
  CHECK_FALSE(f.offer());
  CHECK_FALSE(f.offer());
  CHECK(f.flow.waiting() == 6);
  CHECK(f.all() == words{"0", "1", "missed 2", "4", "5", "6", "7", "8", "9"});
}

TEST_CASE("subscription: with the oldest being dropped the newest is always "
          "kept") {
  delivery_options how = bound(100, overflow::drop_oldest);
  how.max_bytes = 3 * overhead;
  flow_fixture f{how};
  CHECK(f.offer(10'000)); // larger than all of it
  CHECK(f.offer(10));
  CHECK_FALSE(f.offer(10));
  CHECK(f.all()
        == words{std::string(9'999, 'x') + "0", "missed 1",
                 std::string(9, 'x') + "2"});
}

TEST_CASE("subscription: bytes count with what a message takes besides them") {
  delivery_options how;
  how.max_bytes = 10 * (overhead + 100);
  flow_fixture f{how};
  f.offer_many(100);
  CHECK(f.sent.size() >= 10);
  CHECK(f.sent.size() <= 12);
}

TEST_CASE("subscription: a single message always has a place") {
  const auto policy = GENERATE(overflow::drop_newest, overflow::drop_oldest);
  delivery_options how = bound(0, policy);
  how.max_bytes = 0;
  flow_fixture f{how};
  CHECK(f.offer(100'000));
  CHECK(f.sent.size() == 1);
}

TEST_CASE("subscription: it calls once, when half of what was sent ahead is "
          "handled") {
  flow_fixture f{bound(40, overflow::drop_oldest)};
  f.offer_many(30);
  REQUIRE(f.sent.size() == 10);
  f.handle(4);
  CHECK(f.woken == 0);
  f.handle(1);
  CHECK(f.woken == 1);
  f.handle(1);
  CHECK(f.woken == 1);
  f.take();
  CHECK(f.sent.size() == 10);
  CHECK(f.woken == 0);
}

TEST_CASE("subscription: a bound in bytes makes it call, too, and not in "
          "vain") {
  delivery_options how = bound(400, overflow::drop_oldest);
  how.max_bytes = 16 * (overhead + 20);
  flow_fixture f{how};
  f.offer_many(10);
  REQUIRE(f.sent.size() < 10);
  CHECK(f.woken == 0);
  f.handle(1);
  CHECK(f.woken == 1);
  f.take();
  CHECK(f.woken == 0);
}

TEST_CASE("subscription: as a flow it sends what was asked for") {
  flow_fixture f{bound(4, overflow::drop_newest, true)};
  f.offer_many(3);
  CHECK(f.sent.empty());
  f.flow.request(2, f.sent);
  CHECK(f.sent.size() == 2);
  f.flow.request(2, f.sent);
  CHECK(f.sent.size() == 3);
  CHECK(f.offer()); // of the credit that is left
  CHECK(f.sent.size() == 4);
  CHECK_FALSE(f.offer()); // all that may wait has been sent and not handled
  CHECK(f.all() == words{"0", "1", "2", "3"});
  f.offer_many(1);
  f.flow.request(9, f.sent);
  CHECK(f.all() == words{"missed 1", "5"});
}

TEST_CASE("subscription: no credit overflows, and none lets more wait than the "
          "bounds") {
  flow_fixture f{bound(4, overflow::drop_newest, true)};
  f.flow.request(static_cast<std::size_t>(-1), f.sent);
  f.flow.request(static_cast<std::size_t>(-1), f.sent);
  f.offer_many(100);
  CHECK(f.sent.size() == 4);
  f.handle(4);
  CHECK(f.offer());
}

TEST_CASE("subscription: other bounds hold from the next message on") {
  flow_fixture f{bound(2, overflow::drop_newest)};
  f.offer_many(3);
  f.flow.use(bound(4, overflow::drop_newest));
  f.offer_many(2);
  CHECK(f.all() == words{"0", "1", "missed 1", "3", "4"});
}
