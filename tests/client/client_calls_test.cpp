#include "tests/client/client_network.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

using namespace grapevine;
using namespace grapevine::test;

TEST_CASE("a function is called with each message, on one thread", "[client]") {
  two_clients f;
  moment all;
  std::vector<std::string> got;
  std::set<std::thread::id> threads;
  auto handle =
      value_of(f.b.subscribe("news", [&](const message_delivered& message) {
        got.push_back(to_string(message.msg->data()));
        threads.insert(std::this_thread::get_id());
        if (got.size() == 3)
          all.set();
      }));
  f.await("news");
  for (const auto* text : {"1", "2", "3"})
    value_of(f.a.publish_and_wait("news", bytes_of(text)));
  REQUIRE(all.wait());
  handle.close();
  CHECK(got == std::vector<std::string>{"1", "2", "3"});
  CHECK(threads.size() == 1);
  CHECK(threads.count(std::this_thread::get_id()) == 0);
}

TEST_CASE("a function is called no more once its handle has gone", "[client]") {
  auto one = started(numbered_options(1));
  for (int round = 0; round < 20; ++round) {
    std::atomic<bool> open = true;
    std::atomic<bool> late = false;
    {
      const auto handle =
          value_of(one.subscribe("news", [&](const message_delivered&) {
            if (!open)
              late = true;
          }));
      for (int i = 0; i < 20; ++i)
        one.publish("news", bytes_of(std::to_string(i)));
      // Destroyed while messages come.
    }
    open = false;
    value_of(one.publish_and_wait("news", bytes_of("last")));
    CHECK_FALSE(late);
  }
}

TEST_CASE("a function may end its own subscription", "[client]") {
  auto one = started(numbered_options(1));
  std::optional<callback_handle> handle;
  std::mutex mutex;
  moment called;
  std::atomic<int> calls = 0;
  {
    const std::lock_guard lock{mutex};
    handle = value_of(one.subscribe("news", [&](const message_delivered&) {
      const std::lock_guard here{mutex};
      ++calls;
      handle.reset();
      called.set();
    }));
  }
  value_of(one.publish_batch("news", {bytes_of("1"), bytes_of("2")}).get());
  REQUIRE(called.wait());
  // Behind the second message, if it were delivered.
  moment next;
  const auto other = value_of(
      one.subscribe("news", [&](const message_delivered&) { next.set(); }));
  value_of(one.publish_and_wait("news", bytes_of("3")));
  REQUIRE(next.wait());
  CHECK(calls == 1);
}

TEST_CASE("a function may destroy its client", "[client]") {
  std::optional<client> one = started(numbered_options(1));
  moment destroyed;
  const auto handle =
      value_of(one->subscribe("news", [&](const message_delivered&) {
        one.reset();
        destroyed.set();
      }));
  one->publish("news", bytes_of("1"));
  CHECK(destroyed.wait());
}

TEST_CASE("a function may stop its client while another thread does",
          "[client]") {
  auto one = started(numbered_options(1));
  moment called;
  const auto handle =
      value_of(one.subscribe("news", [&](const message_delivered&) {
        called.set();
        one.stop();
      }));
  one.publish("news", bytes_of("1"));
  REQUIRE(called.wait());
  succeed(one.stop());
}

TEST_CASE("a function may publish and wait", "[client]") {
  auto one = started(numbered_options(1));
  auto echoes = value_of(one.subscribe("echo"));
  const auto handle =
      value_of(one.subscribe("news", [&](const message_delivered& message) {
        one.publish_and_wait("echo", to_bytes(message.msg->data()));
      }));
  value_of(one.publish_and_wait("news", bytes_of("hello")));
  CHECK(echoes.pop_for(patience));
}

TEST_CASE("what a function throws is logged", "[client]") {
  std::mutex mutex;
  std::string logged;
  auto options = numbered_options(1);
  options.log = [&](client_log_level level, std::string_view line) {
    const std::lock_guard lock{mutex};
    if (level == client_log_level::error)
      logged += line;
  };
  auto one = started(std::move(options));
  moment second;
  int calls = 0;
  const auto handle =
      value_of(one.subscribe("news", [&](const message_delivered&) {
        if (++calls == 2)
          second.set();
        throw std::runtime_error{"the cat is on the keyboard"};
      }));
  value_of(one.publish_batch("news", {bytes_of("1"), bytes_of("2")}).get());
  REQUIRE(second.wait());
  succeed(one.stop());
  const std::lock_guard lock{mutex};
  CHECK_THAT(logged, Catch::Contains("the cat is on the keyboard"));
}

TEST_CASE("a function that does not come back delays no stop beyond its "
          "deadline",
          "[client]") {
  moment called;
  std::promise<void> release;
  auto one = started(numbered_options(1));
  const auto handle =
      value_of(one.subscribe("news", [&, until = release.get_future().share()](
                                         const message_delivered&) {
        called.set();
        until.wait();
      }));
  one.publish("news", bytes_of("1"));
  REQUIRE(called.wait());
  const auto stopped = one.stop(100ms);
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == node_errc::still_busy);
  release.set_value();
}

TEST_CASE("a blocked function costs bounded memory", "[client]") {
  auto one = started(numbered_options(1));
  moment called;
  std::promise<void> release;
  const auto until = release.get_future().share();
  std::uint64_t calls = 0;
  std::uint64_t missed = 0;
  moment last;
  queue_options few;
  few.max_messages = 100;
  const auto handle = value_of(one.subscribe(
      "news",
      [&](const message_delivered& message) {
        if (++calls == 1) {
          called.set();
          until.wait();
        }
        missed += message.missed;
        if (as_text(message.msg->data()) == "last")
          last.set();
      },
      few));
  value_of(one.publish_and_wait("news", bytes_of("first")));
  REQUIRE(called.wait());
  // What comes after this one has come behind the others.
  auto witness = value_of(one.subscribe("news"));
  constexpr int count = 2'000;
  for (int i = 0; i < count; ++i)
    value_of(one.publish_and_wait("news", bytes_of(std::to_string(i))));
  for (int i = 0; i < count; ++i)
    REQUIRE(witness.pop_for(patience));
  release.set_value();
  // Once the last of those that waited has been taken there is room again.
  while (!last.is_set()) {
    value_of(one.publish_and_wait("news", bytes_of("last")));
    REQUIRE(witness.pop_for(patience));
  }
  succeed(one.stop());
  CHECK(missed > count / 2);
}

TEST_CASE("a watch begins with what is there", "[client]") {
  two_clients f;
  std::vector<node_event::kind> seen;
  moment gone;
  const auto handle = value_of(f.a.watch([&](const node_event& event) {
    seen.push_back(event.what);
    if (event.what == node_event::kind::disconnected)
      gone.set();
  }));
  succeed(f.b.stop());
  REQUIRE(gone.wait());
  succeed(f.a.stop());
  REQUIRE(seen.size() >= 2);
  CHECK(seen.front() == node_event::kind::connected);
  CHECK(seen.back() == node_event::kind::disconnected);
}
