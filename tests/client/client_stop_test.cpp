#include "tests/client/client_network.hpp"

#include <optional>
#include <poll.h>
#include <stdexcept>
#include <thread>

using namespace grapevine;
using namespace grapevine::test;

TEST_CASE("after the stop everything is answered", "[client]") {
  auto one = started(numbered_options(1));
  auto news = value_of(one.subscribe("news"));
  value_of(one.publish_and_wait("news", bytes_of("before")));
  REQUIRE(news.pop_for(patience));
  auto waiting = std::async(std::launch::async, [&] { return news.pop(); });
  auto pending =
      std::async(std::launch::async, [&] { return one.await_peers("news"); });
  succeed(one.stop());
  CHECK_FALSE(waiting.get());
  const auto answer = pending.get();
  if (answer)
    CHECK(*answer == 0);
  else
    CHECK(answer.error().code == node_errc::not_running);
  const auto refused = one.publish("news", bytes_of("after")).get();
  CHECK(refused.error().code == node_errc::not_running);
  CHECK(one.subscribe("news").error().code == node_errc::not_running);
  CHECK(one.snapshot().error().code == node_errc::not_running);
  CHECK(news.ended());
  // Again does nothing.
  succeed(one.stop());
}

TEST_CASE("what was published before the stop arrives", "[client]") {
  two_clients f;
  auto news = value_of(f.b.subscribe("news"));
  f.await("news");
  for (int i = 0; i < 100; ++i)
    f.a.publish("news", bytes_of(std::to_string(i)));
  succeed(f.a.stop());
  for (int i = 0; i < 100; ++i)
    REQUIRE(news.pop_for(patience));
}

TEST_CASE("a queue outlives its client", "[client]") {
  std::optional<client> one = started(numbered_options(1));
  auto news = value_of(one->subscribe("news"));
  const int descriptor = value_of(news.descriptor());
  value_of(one->publish_and_wait("news", bytes_of("1")));
  pollfd readable{descriptor, POLLIN, 0};
  REQUIRE(::poll(&readable, 1, 20'000) == 1);
  one.reset();
  CHECK(news.pop());
  CHECK_FALSE(news.pop());
  CHECK(::poll(&readable, 1, 0) == 1);
}

TEST_CASE("a queue that is closed ends the subscription", "[client]") {
  two_clients f;
  auto news = value_of(f.b.subscribe("news"));
  f.await("news");
  news.close();
  CHECK_FALSE(news.pop());
  // One that is moved into goes, too.
  news = value_of(f.b.subscribe("weather"));
  f.await("weather");
  news = {};
  CHECK(news.ended());
}

TEST_CASE("an exception past a client ends it", "[client]") {
  std::optional<message_queue> news;
  const auto fails = [&] {
    two_clients f;
    news = value_of(f.b.subscribe("news"));
    auto blocked = f.b.await_peers("nothing", 1, 1ms);
    throw std::runtime_error{"main"};
  };
  CHECK_THROWS_AS(fails(), std::runtime_error);
  CHECK_FALSE(news->pop());
}

TEST_CASE("a client may be destroyed by its validator", "[client]") {
  moment destroyed;
  auto options = numbered_options(1);
  options.stop_deadline = 10s;
  std::optional<client> one = started(std::move(options));
  client_validation how;
  how.functions = {[&](const gossip::message&, const libp2p::peer_id&) {
    one.reset();
    destroyed.set();
    return judgement{};
  }};
  succeed(one->validate("news", how));
  auto other = started(numbered_options(2));
  value_of(other.connect(one->addresses().at(0)));
  auto news = value_of(one->subscribe("news"));
  REQUIRE(value_of(other.await_peers("news", 1, patience)) == 1);
  other.publish("news", bytes_of("1"));
  REQUIRE(destroyed.wait());
  // Ended by the thread that destroys it, after the message or before.
  while (news.pop()) {
  }
  CHECK(news.ended());
}

TEST_CASE("clients come and go", "[client]") {
  for (int i = 0; i < 10; ++i) {
    auto one = started(numbered_options(1));
    const auto news = value_of(one.subscribe("news"));
  }
}
