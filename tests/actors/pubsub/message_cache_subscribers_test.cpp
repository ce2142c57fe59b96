// Subscribers on the node's own side: what one that is slow costs.
#include "tests/support/cache_actor_fixture.hpp"
#include "tests/support/keeper.hpp"
#include "tests/support/log_lines.hpp"

#include <catch2/catch.hpp>

#include <numeric>
#include <string>

using namespace grapevine;
using namespace grapevine::test;

namespace {

delivery_options bound(std::size_t messages) {
  delivery_options how;
  how.max_messages = messages;
  return how;
}

struct slow_fixture : cache_fixture {
  using cache_fixture::cache_fixture;

  void subscribe(const caf::actor& who, const delivery_options& how,
                 bool batches = false) {
    say(set_subscribers{"t", true, {{who, batches, how}}});
  }

  void publish(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i, ++published)
      say(publish_own{message(std::to_string(published), "t", published + 1)});
  }

  std::size_t published = 0;
};

} // namespace

TEST_CASE("message cache: a subscriber that does not handle its messages gets "
          "no more than its bound, and is told what it missed") {
  const log_lines log;
  slow_fixture f{changed_context(log.into())};
  keeper<message_delivered> slow{f.net.sys()};
  f.subscribe(slow.actor(), bound(10));
  f.publish(25);
  CHECK(log.count("a subscriber on this node is too slow", "warning") == 1);
  REQUIRE(slow.kept().size() == 10);
  slow.handle(10);
  f.publish(1);
  REQUIRE(slow.kept().size() == 1);
  CHECK(slow.kept()[0].missed == 15);
}

TEST_CASE("message cache: one that drops the oldest is sent what waits as it "
          "handles the rest") {
  slow_fixture f;
  keeper<message_delivered> slow{f.net.sys()};
  auto how = bound(8);
  how.when_full = overflow::drop_oldest;
  f.subscribe(slow.actor(), how);
  f.publish(20);
  CHECK(slow.kept().size() == 2);
  std::string got;
  while (!slow.kept().empty()) {
    if (slow.kept()[0].missed > 0)
      got += "(" + std::to_string(slow.kept()[0].missed) + ") ";
    got += to_string(slow.kept()[0].msg->data()) + ' ';
    slow.handle(1);
    f.net.run();
  }
  CHECK(got == "0 1 (12) 14 15 16 17 18 19 ");
}

TEST_CASE("message cache: on request as many come as were asked for") {
  slow_fixture f;
  keeper<message_delivered> slow{f.net.sys()};
  auto how = bound(100);
  how.on_request = true;
  f.subscribe(slow.actor(), how);
  f.publish(20);
  CHECK(slow.kept().empty());
  f.say(request_messages{"t", slow.actor(), 7});
  CHECK(slow.kept().size() == 7);
  f.say(request_messages{"u", slow.actor(), 7}); // none of its topics
  CHECK(slow.kept().size() == 7);
}

TEST_CASE("message cache: a batch counts until it is handled") {
  slow_fixture f;
  keeper<messages_delivered> slow{f.net.sys()};
  f.subscribe(slow.actor(), bound(10), true);
  f.publish(25);
  const auto got = [&] {
    return std::accumulate(
        slow.kept().begin(), slow.kept().end(), std::size_t{0},
        [](std::size_t sum, const auto& one) { return sum + one.msgs.size(); });
  };
  CHECK(got() == 10);
  slow.handle(slow.kept().size());
  f.publish(1);
  REQUIRE(got() == 1);
  CHECK(slow.kept()[0].msgs[0].missed == 15);
}

TEST_CASE("message cache: what waits for a subscriber goes on waiting when "
          "others come and go") {
  slow_fixture f;
  keeper<message_delivered> slow{f.net.sys()};
  auto how = bound(100);
  how.on_request = true;
  f.subscribe(slow.actor(), how);
  f.publish(5);
  f.say(set_subscribers{
      "t", true, {{f.subscriber.actor(), false}, {slow.actor(), false, how}}});
  f.say(request_messages{"t", slow.actor(), 5});
  CHECK(slow.kept().size() == 5);
}

TEST_CASE("message cache: own messages are left out for whoever wants that") {
  slow_fixture f;
  keeper<message_delivered> one{f.net.sys()};
  delivery_options how;
  how.own_messages = false;
  f.subscribe(one.actor(), how);
  f.publish(3);
  CHECK(one.kept().empty());
  const auto msg = cache_fixture::message("of a peer", "t", 900);
  f.receive(1, msg);
  f.decide(f.tasks().at(0), gossip::verdict_kind::accept);
  REQUIRE(one.kept().size() == 1);
  CHECK(one.kept()[0].msg == msg);
}

TEST_CASE("message cache: a message may be kept for longer than its node "
          "lives") {
  std::optional<message_delivered> kept;
  {
    slow_fixture f;
    keeper<message_delivered> slow{f.net.sys()};
    auto how = bound(1);
    how.when_full = overflow::drop_oldest;
    f.subscribe(slow.actor(), how);
    f.publish(2);
    kept = slow.take();
  }
  CHECK(to_string(kept->msg->data()) == "0");
}
