// What counts, and how much (gossipsub-v1.1, "The Score Function").
#include "gossip/score/peer_score.hpp"
#include "tests/support/score_fixture.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

score_parameters with_mesh_time(double weight, double cap) {
  auto p = neutral_score();
  p.topics["a"].time_in_mesh = {.weight = weight, .quantum = 2s, .cap = cap};
  return p;
}

score_parameters with_first_deliveries(double weight, double cap) {
  auto p = neutral_score();
  p.topics["a"].first_deliveries = {weight, 0.5, cap};
  return p;
}

score_parameters with_invalid_messages(double weight) {
  auto p = neutral_score();
  p.topics["a"].invalid_messages = {weight, 0.5};
  return p;
}

} // namespace

TEST_CASE("score: nobody has one by default, nor a peer that is gone",
          "[peer_score]") {
  score_fixture f{{}};
  const auto peer = f.add(1);
  f.graft(peer);
  f.deliver(peer, 3);
  f.scores.invalid_message(peer, "a");
  f.scores.penalize(peer, 10);
  f.scores.slow_peer(peer, 10);
  f.pass(1s);
  CHECK(f.score(peer) == 0);
  CHECK(f.scores.topic_count() == 0);
  CHECK(f.score({7, 0}) == 0);
  CHECK(f.score({1, 1}) == 0);
  f.remove(peer);
  CHECK(f.score(peer) == 0);
  CHECK(f.scores.peer_count() == 0);
}

TEST_CASE("score: P1 counts whole quanta in the mesh, at refreshes, to its cap",
          "[peer_score]") {
  score_fixture f{with_mesh_time(0.5, 4)};
  const auto peer = f.add(1);
  f.graft(peer);
  f.now += 5s;
  CHECK(f.score(peer) == 0);
  f.scores.refresh(f.now);
  CHECK(f.score(peer) == 1);
  f.pass(1s);
  CHECK(f.score(peer) == 1.5);
  f.pass(10s);
  CHECK(f.score(peer) == 2);
}

TEST_CASE("score: P1 ends with PRUNE and begins anew with GRAFT",
          "[peer_score]") {
  score_fixture f{with_mesh_time(1, 100)};
  const auto peer = f.add(1);
  f.graft(peer);
  f.pass(4s);
  CHECK(f.score(peer) == 2);
  f.scores.prune(peer, "a");
  CHECK(f.score(peer) == 0);
  f.graft(peer);
  CHECK(f.score(peer) == 0);
  f.pass(2s);
  CHECK(f.score(peer) == 1);
}

TEST_CASE("score: P2 counts first deliveries in the mesh and outside",
          "[peer_score]") {
  score_fixture f{with_first_deliveries(2, 100)};
  const auto inside = f.add(1);
  const auto outside = f.add(2);
  f.graft(inside);
  f.deliver(inside, 3);
  f.deliver(outside, 3);
  CHECK(f.score(inside) == 6);
  CHECK(f.score(outside) == 6);
}

TEST_CASE("score: P2 is capped when it is counted", "[peer_score]") {
  score_fixture f{with_first_deliveries(2, 4)};
  const auto peer = f.add(1);
  f.deliver(peer, 40);
  CHECK(f.score(peer) == 8);
  f.pass(1s);
  CHECK(f.score(peer) == 4);
  f.deliver(peer, 1);
  CHECK(f.score(peer) == 6);
}

TEST_CASE("score: P4 is the square of the invalid messages, without a cap",
          "[peer_score]") {
  score_fixture f{with_invalid_messages(-1)};
  const auto peer = f.add(1);
  f.scores.invalid_message(peer, "a");
  CHECK(f.score(peer) == -1);
  f.scores.invalid_message(peer, "a", 2);
  CHECK(f.score(peer) == -9);
  f.scores.invalid_message(peer, "a", 97);
  CHECK(f.score(peer) == -10'000);
  f.scores.invalid_message(peer, "a", 1e300);
  CHECK(f.score(peer) < -1e70);
  f.pass(1h);
  CHECK(f.score(peer) == 0);
}

TEST_CASE("score: a topic's weight multiplies all of it", "[peer_score]") {
  auto p = with_invalid_messages(-1);
  p.topics["a"].weight = 0.5;
  p.topics["a"].first_deliveries = {4, 0.5, 100};
  score_fixture f{p};
  const auto peer = f.add(1);
  f.deliver(peer, 2);
  CHECK(f.score(peer) == 4);
  f.scores.invalid_message(peer, "a", 4);
  CHECK(f.score(peer) == -4);
}

TEST_CASE("score: the topic cap bounds what topics give, not what they take",
          "[peer_score]") {
  auto p = with_first_deliveries(1, 100);
  p.topics["a"].invalid_messages = {-1, 0.5};
  p.topics["b"] = p.topics["a"];
  p.topic_cap = 5;
  p.application_weight = 1;
  score_fixture f{p};
  const auto peer = f.add(1);
  f.deliver(peer, 4, "a");
  CHECK(f.score(peer) == 4);
  f.deliver(peer, 4, "b");
  CHECK(f.score(peer) == 5);
  f.scores.set_application_score(peer, 10);
  CHECK(f.score(peer) == 15);
  f.scores.set_application_score(peer, 0);
  f.scores.invalid_message(peer, "b", 10);
  CHECK(f.score(peer) == -92);
}

TEST_CASE("score: P5 has any sign, its weight, and outlives the connection",
          "[peer_score]") {
  auto p = neutral_score();
  p.application_weight = 0.5;
  score_fixture f{p};
  const auto peer = f.add(1);
  f.scores.set_application_score(peer, -1'000);
  CHECK(f.score(peer) == -500);
  f.scores.set_application_score(peer,
                                 std::numeric_limits<double>::quiet_NaN());
  f.scores.set_application_score(peer, std::numeric_limits<double>::infinity());
  CHECK(f.score(peer) == -500);
  f.scores.set_application_score(peer, 8);
  CHECK(f.score(peer) == 4);
  f.remove(peer);
  CHECK(f.score(f.add(1, {}, 1)) == 4);

  f.scores.set_application_score(numbered_peer(2), 6);
  CHECK(f.score(f.add(2)) == 3);
  f.scores.set_application_score(numbered_peer(2), 0);
  CHECK(f.score({2, 0}) == 0);
}

TEST_CASE("score: P7 is the square beyond its threshold", "[peer_score]") {
  auto p = neutral_score();
  p.behaviour = {-1, 2, 0.5};
  score_fixture f{p};
  const auto peer = f.add(1);
  f.scores.penalize(peer, 2);
  CHECK(f.score(peer) == 0);
  f.scores.penalize(peer, 1);
  CHECK(f.score(peer) == -1);
  f.scores.penalize(peer, 9);
  CHECK(f.score(peer) == -100);
  f.pass(1s);
  CHECK(f.score(peer) == -16);
}

TEST_CASE("score: slow peers lose in proportion beyond the threshold",
          "[peer_score]") {
  auto p = neutral_score();
  p.slow_peers = {-0.5, 2, 0.25};
  score_fixture f{p};
  const auto peer = f.add(1);
  f.scores.slow_peer(peer, 2);
  CHECK(f.score(peer) == 0);
  f.scores.slow_peer(peer, 10);
  CHECK(f.score(peer) == -5);
  f.pass(1s);
  CHECK(f.score(peer) == -0.5);
  f.pass(1s);
  CHECK(f.score(peer) == 0);
}

TEST_CASE("score: a topic without parameters does not count", "[peer_score]") {
  auto p = with_first_deliveries(1, 100);
  p.topics["a"].invalid_messages = {-1, 0.5};
  score_fixture f{p};
  const auto peer = f.add(1);
  f.graft(peer, "other");
  f.deliver(peer, 3, "other");
  f.scores.invalid_message(peer, "other");
  f.scores.prune(peer, "other");
  CHECK(f.score(peer) == 0);
  CHECK(f.scores.stats_count(peer) == 0);
  CHECK(f.scores.topic_count() == 2);
}

TEST_CASE("score: the default topic counts for all others", "[peer_score]") {
  auto p = with_first_deliveries(1, 100);
  p.default_topic = p.topics["a"];
  p.default_topic->weight = 0.5;
  score_fixture f{p};
  const auto peer = f.add(1);
  f.deliver(peer, 2, "");
  f.deliver(peer, 2, "other");
  f.deliver(peer, 2, "a");
  CHECK(f.score(peer) == 4);
  CHECK(f.scores.topic_count() == 4);
}

TEST_CASE("score: topics with default parameters are bounded, and forgotten "
          "when nothing is counted in them",
          "[peer_score]") {
  auto p = neutral_score();
  p.default_topic.emplace().first_deliveries = {1, 0.5, 100};
  score_fixture f{p, {.topics = 2}};
  const auto peer = f.add(1);
  f.deliver(peer, 1, "x");
  f.deliver(peer, 1, "y");
  f.deliver(peer, 1, "z");
  CHECK(f.score(peer) == 2);
  CHECK(f.scores.topic_count() == 4);
  f.pass(10s);
  CHECK(f.scores.stats_count(peer) == 0);
  CHECK(f.scores.topic_count() == 2);
  f.deliver(peer, 1, "z");
  CHECK(f.score(peer) == 1);
}

TEST_CASE("score: stats stay while the peer is in the mesh", "[peer_score]") {
  score_fixture f{neutral_score()};
  const auto peer = f.add(1);
  f.graft(peer);
  f.pass(1s);
  CHECK(f.scores.stats_count(peer) == 1);
  f.scores.prune(peer, "a");
  f.pass(1s);
  CHECK(f.scores.stats_count(peer) == 0);
}
