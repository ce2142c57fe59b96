#include "tests/bench/delivery_log.hpp"

#include <catch2/catch.hpp>

using grapevine::time_point;
using namespace grapevine::bench;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1h};

} // namespace

TEST_CASE("a message is on its way until all subscribers have it",
          "[delivery_log]") {
  for (const std::size_t subscribers : {1U, 8U, 63U, 64U, 65U, 1'000U}) {
    delivery_log log{subscribers};
    const auto number = log.publish(start);
    for (std::size_t i = 0; i < subscribers; ++i) {
      CHECK(log.on_their_way() == 1);
      CHECK_FALSE(log.complete(number));
      log.deliver(number, i, start + 1s);
    }
    CHECK(log.complete(number));
    CHECK(log.on_their_way() == 0);
    CHECK(log.last_completed() == start + 1s);
    CHECK(log.missing(0) == 0);
  }
}

TEST_CASE("a second delivery to one subscriber is a duplicate",
          "[delivery_log]") {
  delivery_log log{2};
  const auto number = log.publish(start);
  log.deliver(number, 0, start);
  log.deliver(number, 0, start);
  CHECK(log.duplicates() == 1);
  CHECK(log.deliveries() == 1);
  CHECK(log.on_their_way() == 1);
}

TEST_CASE("a message that nobody published is a stranger", "[delivery_log]") {
  delivery_log log{2};
  log.deliver(0, 0, start);
  CHECK(log.strangers() == 1);
  CHECK(log.deliveries() == 0);
}

TEST_CASE("what is given up is missing until it comes after all",
          "[delivery_log]") {
  delivery_log log{2};
  const auto early = log.publish(start);
  log.deliver(early, 0, start);
  log.give_up();
  const auto late = log.publish(start);
  CHECK(log.on_their_way() == 1);
  CHECK(log.missing(0) == 3);
  CHECK(log.missing(late) == 2);
  log.deliver(early, 1, start + 1s);
  CHECK(log.missing(0) == 2);
  CHECK(log.duplicates() == 0);
  CHECK(log.on_their_way() == 1);
}

TEST_CASE("latencies count from when a message was due", "[delivery_log]") {
  delivery_log log{1};
  log.deliver(log.publish(start), 0, start + 1s);
  log.start_latencies();
  log.deliver(log.publish(start), 0, start + 2ms);
  CHECK(log.latencies().count() == 1);
  CHECK(log.latencies().percentile(0.5) == Approx(2000).epsilon(0.005));
}
