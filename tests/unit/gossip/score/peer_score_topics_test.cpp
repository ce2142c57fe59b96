// Parameters that change while running, and inspection.
#include "gossip/score/peer_score.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/score_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

TEST_CASE("set_topic: lower caps cut the counters", "[peer_score]") {
  auto p = neutral_score();
  p.topics["a"].first_deliveries = {1, 0.5, 100};
  p.topics["a"].mesh_deliveries = {-1, 0.5, 100, 50, 0ms, 1s};
  score_fixture f{p};
  const auto peer = f.add(1);
  f.graft(peer);
  f.deliver(peer, 60);
  CHECK(f.score(peer) == 60);
  auto lower = p.topics["a"];
  lower.first_deliveries.cap = 10;
  lower.mesh_deliveries.cap = 20;
  lower.mesh_deliveries.threshold = 20;
  REQUIRE(f.scores.set_topic("a", lower));
  CHECK(f.score(peer) == 10);
  const auto topic = f.scores.inspect(peer).topics.at(0);
  CHECK(topic.first_deliveries == 10);
  CHECK(topic.mesh_deliveries == 20);
}

TEST_CASE("set_topic: higher caps and new weights apply at once",
          "[peer_score]") {
  auto p = neutral_score();
  p.topics["a"].first_deliveries = {1, 0.5, 10};
  score_fixture f{p};
  const auto peer = f.add(1);
  f.deliver(peer, 20);
  REQUIRE(f.score(peer) == 10);
  auto higher = p.topics["a"];
  higher.first_deliveries = {3, 0.5, 30};
  REQUIRE(f.scores.set_topic("a", higher));
  CHECK(f.score(peer) == 30);
  f.deliver(peer, 2);
  CHECK(f.score(peer) == 36);
}

TEST_CASE("set_topic: a topic begins to count", "[peer_score]") {
  score_fixture f{neutral_score()};
  const auto peer = f.add(1);
  f.deliver(peer, 2, "new");
  topic_score_parameters own;
  own.first_deliveries = {1, 0.5, 10};
  REQUIRE(f.scores.set_topic("new", own));
  CHECK(f.score(peer) == 0);
  f.deliver(peer, 2, "new");
  CHECK(f.score(peer) == 2);
  f.pass(20s);
  CHECK(f.scores.topic_count() == 3);
}

TEST_CASE("set_topic: parameters of its own in place of the default's",
          "[peer_score]") {
  auto p = neutral_score();
  p.default_topic.emplace().first_deliveries = {1, 0.5, 10};
  score_fixture f{p, {.topics = 1}};
  const auto peer = f.add(1);
  f.deliver(peer, 4, "x");
  auto own = *p.default_topic;
  own.weight = 2;
  REQUIRE(f.scores.set_topic("x", own));
  CHECK(f.score(peer) == 8);
  // It no longer takes the place of one with default parameters.
  f.deliver(peer, 1, "y");
  CHECK(f.score(peer) == 9);
}

TEST_CASE("set_topic: cuts what is remembered, too", "[peer_score]") {
  auto p = neutral_score();
  p.topics["a"].mesh_deliveries = {-1, 0.5, 100, 50, 0ms, 1s};
  score_fixture f{p};
  const auto peer = f.add(1);
  f.graft(peer);
  f.deliver(peer, 60);
  f.remove(peer);
  auto lower = p.topics["a"];
  lower.mesh_deliveries.cap = 50;
  REQUIRE(f.scores.set_topic("a", lower));
  const auto again = f.add(1, {}, 1);
  CHECK(f.scores.inspect(again).topics.at(0).mesh_deliveries == 50);
}

TEST_CASE("set_topic: invalid parameters change nothing", "[peer_score]") {
  auto p = neutral_score();
  p.topics["a"].first_deliveries = {1, 0.5, 10};
  score_fixture f{p};
  const auto peer = f.add(1);
  f.deliver(peer, 4);
  auto wrong = p.topics["a"];
  wrong.first_deliveries.weight = -1;
  const auto result = f.scores.set_topic("a", wrong);
  CHECK(error_of(result).text
        == "first_deliveries_weight (P2) is -1 but must be a finite number "
           "that is not negative");
  CHECK(f.score(peer) == 4);
}

TEST_CASE("inspect: all parts with their weights", "[peer_score]") {
  auto p = neutral_score();
  p.topics["a"].weight = 2;
  p.topics["a"].first_deliveries = {1, 0.5, 10};
  p.topics["b"].invalid_messages = {-1, 0.5};
  p.topics["b"].time_in_mesh = {.weight = 1, .quantum = 1s, .cap = 10};
  p.topic_cap = 4;
  p.application_weight = 3;
  p.colocation = {-2, 1, {}};
  p.behaviour = {-1, 1, 0.5};
  p.slow_peers = {-0.5, 1, 0.5};
  score_fixture f{p};
  const auto peer = f.add(1, {"1.2.3.4"});
  f.add(2, {"1.2.3.4"});
  f.graft(peer, "b");
  f.pass(1'500ms);
  f.deliver(peer, 5, "a");
  f.scores.invalid_message(peer, "b", 1);
  f.scores.set_application_score(peer, 7);
  f.scores.penalize(peer, 4);
  f.scores.slow_peer(peer, 3);

  const auto all = f.scores.inspect(peer);
  REQUIRE(all.topics.size() == 2);
  CHECK(all.topics[0].topic == "a");
  CHECK_FALSE(all.topics[0].in_mesh);
  CHECK(all.topics[0].time_in_mesh == 0s);
  CHECK(all.topics[0].first_deliveries == 5);
  CHECK(all.topics[0].score == 10);
  CHECK(all.topics[1].topic == "b");
  CHECK(all.topics[1].in_mesh);
  CHECK(all.topics[1].time_in_mesh == 1'500ms);
  CHECK(all.topics[1].invalid_messages == 1);
  CHECK(all.topics[1].score == 0);
  CHECK(all.topic_score == 4);
  CHECK(all.application == 21);
  CHECK(all.colocation == -2);
  CHECK(all.behaviour == -9);
  CHECK(all.slow_peer == -1);
  CHECK(all.score == 13);
  CHECK(f.score(peer) == 13);
}

TEST_CASE("inspect: nothing of a peer that is gone", "[peer_score]") {
  score_fixture f{neutral_score()};
  CHECK(f.scores.inspect({3, 0}).topics.empty());
  CHECK(f.scores.inspect({3, 0}).score == 0);
}

TEST_CASE("use: all parameters are others, and what was counted stays",
          "[peer_score]") {
  auto p = neutral_score();
  p.topics["a"].first_deliveries = {1, 0.5, 100};
  p.behaviour = {-10, 0, 0.5};
  score_fixture f{p};
  const auto peer = f.add(1);
  f.deliver(peer, 60);
  f.scores.penalize(peer, 1);
  REQUIRE(f.score(peer) == 50);
  auto next = p;
  next.topics["a"].first_deliveries = {2, 0.5, 10};
  next.behaviour.weight = -5;
  f.scores.use(next);
  CHECK(f.score(peer) == 15);
}

TEST_CASE("use: a topic without parameters of its own any more has the others'",
          "[peer_score]") {
  auto p = neutral_score();
  p.topics["a"].first_deliveries = {1, 0.5, 100};
  score_fixture f{p};
  const auto peer = f.add(1);
  f.deliver(peer, 4);
  auto next = p;
  next.topics.erase("a");
  SECTION("which count") {
    next.default_topic.emplace().first_deliveries = {3, 0.5, 100};
    f.scores.use(next);
    CHECK(f.score(peer) == 12);
    f.deliver(peer, 1, "new");
    CHECK(f.score(peer) == 15);
  }
  SECTION("of which there are none") {
    f.scores.use(next);
    CHECK(f.score(peer) == 0);
    f.deliver(peer, 1);
    CHECK(f.score(peer) == 0);
  }
}

TEST_CASE("use: another threshold of P6 holds for those who are there",
          "[peer_score]") {
  auto p = neutral_score();
  p.colocation = {-1, 3, {}};
  score_fixture f{p};
  const auto peer = f.add(1, {"192.0.2.1"});
  f.add(2, {"192.0.2.1"});
  f.add(3, {"192.0.2.1"});
  REQUIRE(f.score(peer) == 0);
  auto next = p;
  next.colocation.threshold = 1;
  f.scores.use(next);
  CHECK(f.score(peer) == -4);
  f.scores.use(p);
  CHECK(f.score(peer) == 0);
}
