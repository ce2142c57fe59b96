// Decay, and what is remembered of peers that left (gossipsub-v1.1).
#include "gossip/score/peer_score.hpp"
#include "tests/support/score_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

score_parameters fading(double decay = 0.5) {
  auto p = neutral_score();
  p.topics["a"].first_deliveries = {1, decay, 100};
  p.topics["a"].invalid_messages = {-1, decay};
  p.behaviour = {-1, 0, decay};
  return p;
}

} // namespace

TEST_CASE("decay: once per interval, however often it is asked",
          "[peer_score]") {
  score_fixture f{fading()};
  const auto peer = f.add(1);
  f.deliver(peer, 8);
  f.pass(999ms);
  CHECK(f.score(peer) == 8);
  f.pass(1ms);
  CHECK(f.score(peer) == 4);
  f.pass(0ms);
  f.pass(500ms);
  CHECK(f.score(peer) == 4);
  f.pass(500ms);
  CHECK(f.score(peer) == 2);
}

TEST_CASE("decay: late refreshes make up for it and keep the rhythm",
          "[peer_score]") {
  score_fixture f{fading()};
  const auto peer = f.add(1);
  f.deliver(peer, 64);
  f.pass(3'500ms);
  CHECK(f.score(peer) == 8);
  f.pass(500ms);
  CHECK(f.score(peer) == 4);
}

TEST_CASE("decay: below decay_to_zero a counter is zero", "[peer_score]") {
  auto p = fading(0.25);
  p.decay_to_zero = 0.25;
  score_fixture f{p};
  const auto peer = f.add(1);
  f.deliver(peer, 4);
  f.pass(1s);
  CHECK(f.score(peer) == 1);
  f.pass(1s);
  CHECK(f.score(peer) == 0.25);
  f.pass(1s);
  CHECK(f.score(peer) == 0);
  CHECK(f.scores.stats_count(peer) == 0);
}

TEST_CASE("decay: every counter has its own", "[peer_score]") {
  auto p = neutral_score();
  p.topics["a"].first_deliveries = {1, 0.5, 100};
  p.topics["a"].invalid_messages = {-1, 0.25};
  p.topics["a"].mesh_failures = {-1, 0.75};
  p.topics["a"].mesh_deliveries = {-1, 0.125, 16, 16, 0ms, 1s};
  score_fixture f{p};
  const auto peer = f.add(1);
  f.graft(peer);
  f.deliver(peer, 8);
  f.scores.invalid_message(peer, "a", 4);
  f.pass(2s);
  auto topic = f.scores.inspect(peer).topics.at(0);
  CHECK(topic.first_deliveries == 2);
  CHECK(topic.invalid_messages == 0.25);
  CHECK(topic.mesh_deliveries == 0.125);
  f.scores.prune(peer, "a");
  f.pass(1s);
  topic = f.scores.inspect(peer).topics.at(0);
  CHECK(topic.mesh_failures == 0.75 * 15.875 * 15.875);
}

TEST_CASE("retention: a negative score comes back as it was", "[peer_score]") {
  score_fixture f{fading()};
  const auto peer = f.add(1);
  f.scores.invalid_message(peer, "a", 4);
  f.scores.penalize(peer, 2);
  CHECK(f.score(peer) == -20);
  f.remove(peer);
  CHECK(f.scores.retained_count() == 1);
  // No decay while it is gone.
  f.pass(10s);
  const auto again = f.add(1, {}, 1);
  CHECK(f.score(again) == -20);
  CHECK(f.score(peer) == 0);
  CHECK(f.scores.retained_count() == 0);
  f.pass(1s);
  CHECK(f.score(again) == -5);
}

TEST_CASE("retention: until the time is over", "[peer_score]") {
  auto p = fading();
  p.retention = 10s;
  score_fixture f{p};
  const auto peer = f.add(1);
  f.scores.penalize(peer, 2);
  f.remove(peer);
  f.pass(10s);
  CHECK(f.scores.retained_count() == 1);
  f.pass(1ns);
  CHECK(f.scores.retained_count() == 0);
  CHECK(f.score(f.add(1, {}, 1)) == 0);
}

TEST_CASE("retention: expired scores do not come back before a refresh either",
          "[peer_score]") {
  auto p = fading();
  p.retention = 10s;
  score_fixture f{p};
  const auto peer = f.add(1);
  f.scores.penalize(peer, 2);
  f.remove(peer);
  f.now += 11s;
  CHECK(f.score(f.add(1, {}, 1)) == 0);
}

TEST_CASE("retention: a positive score is forgotten", "[peer_score]") {
  score_fixture f{fading()};
  const auto peer = f.add(1);
  f.deliver(peer, 10);
  f.scores.invalid_message(peer, "a", 3);
  CHECK(f.score(peer) == 1);
  f.remove(peer);
  CHECK(f.scores.retained_count() == 0);
  CHECK(f.score(f.add(1, {}, 1)) == 0);
}

TEST_CASE("retention: first deliveries are not remembered", "[peer_score]") {
  score_fixture f{fading()};
  const auto peer = f.add(1);
  f.deliver(peer, 9);
  f.scores.invalid_message(peer, "a", 3);
  CHECK(f.score(peer) == 0);
  f.remove(peer);
  CHECK(f.score(f.add(1, {}, 1)) == -9);
}

TEST_CASE("retention: nothing to remember, nothing kept", "[peer_score]") {
  score_fixture f{fading()};
  const auto peer = f.add(1, {"1.2.3.4"});
  f.graft(peer);
  f.remove(peer);
  CHECK(f.scores.retained_count() == 0);
}

TEST_CASE("retention: none if the time is zero", "[peer_score]") {
  auto p = fading();
  p.retention = 0s;
  score_fixture f{p};
  const auto peer = f.add(1);
  f.scores.penalize(peer, 2);
  f.remove(peer);
  CHECK(f.scores.retained_count() == 0);
}

TEST_CASE("retention: bounded, the oldest goes", "[peer_score]") {
  score_fixture f{fading(), {.retained_peers = 2}};
  for (std::uint32_t i = 1; i <= 3; ++i) {
    const auto peer = f.add(i);
    f.scores.penalize(peer, i);
    f.remove(peer);
  }
  CHECK(f.scores.retained_count() == 2);
  CHECK(f.score(f.add(1, {}, 1)) == 0);
  CHECK(f.score(f.add(2, {}, 1)) == -4);
  CHECK(f.score(f.add(3, {}, 1)) == -9);
}

TEST_CASE("retention: keeps the topics that it has counts of", "[peer_score]") {
  auto p = fading();
  p.default_topic = p.topics["a"];
  p.retention = 10s;
  score_fixture f{p};
  const auto peer = f.add(1);
  f.scores.invalid_message(peer, "other", 2);
  f.remove(peer);
  f.pass(5s);
  CHECK(f.scores.topic_count() == 3);
  f.pass(6s);
  CHECK(f.scores.topic_count() == 2);
}

TEST_CASE("a handle used again without a word of the first peer's end",
          "[peer_score]") {
  score_fixture f{fading()};
  const auto first = f.add(1, {"1.2.3.4"});
  f.scores.penalize(first, 2);
  const peer_handle second{1, 1};
  f.scores.add_peer(second, numbered_peer(2), {}, f.now);
  CHECK(f.score(second) == 0);
  CHECK(f.score(first) == 0);
  CHECK(f.scores.peer_count() == 1);
  CHECK(f.scores.retained_count() == 1);
}
