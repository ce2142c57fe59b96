#include "gossip/stream/subscription_pace.hpp"

#include <catch2/catch.hpp>

using grapevine::gossip::subscription_pace;

TEST_CASE("subscription_pace: a peer's subscriptions are credited at once",
          "[gossip][subscription_pace]") {
  subscription_pace pace;
  CHECK(pace.take(4'096) == 4'096);
  CHECK(pace.take(4'096) == 4'096);
  CHECK(pace.held() == 0);
  CHECK(pace.renew() == 0);
}

TEST_CASE("subscription_pace: beyond the burst credit comes with heartbeats, "
          "and none of it is lost",
          "[gossip][subscription_pace]") {
  subscription_pace pace;
  const std::size_t changes = subscription_pace::burst + 2'500;
  std::size_t credited = pace.take(changes);
  CHECK(credited == subscription_pace::burst);
  CHECK(pace.held() == 2'500);
  // What comes meanwhile waits behind.
  CHECK(pace.take(1) == 0);
  CHECK(pace.renew() == subscription_pace::rate);
  CHECK(pace.renew() == subscription_pace::rate);
  CHECK(pace.renew() == 2'501 - 2 * subscription_pace::rate);
  CHECK(pace.held() == 0);
}

TEST_CASE("subscription_pace: rest earns a burst again, and no more",
          "[gossip][subscription_pace]") {
  subscription_pace pace;
  CHECK(pace.take(subscription_pace::burst) == subscription_pace::burst);
  CHECK(pace.take(1) == 0);
  for (int beat = 0; beat < 100; ++beat)
    pace.renew();
  CHECK(pace.take(subscription_pace::burst + 1) == subscription_pace::burst);
}
