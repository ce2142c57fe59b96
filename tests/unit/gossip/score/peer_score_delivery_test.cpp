// P3 and P3b (gossipsub-v1.1, "Mesh Message Delivery").
#include "gossip/score/peer_score.hpp"
#include "tests/support/score_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

// Four messages are expected after 3 s in the mesh; counters stay as they are
// as long as nobody calls for a second decay.
score_parameters with_deliveries(double failure_weight = 0) {
  auto p = neutral_score();
  p.topics["a"].mesh_deliveries = {.weight = -1,
                                   .decay = 0.5,
                                   .cap = 8,
                                   .threshold = 4,
                                   .window = 2ms,
                                   .activation = 3s};
  p.topics["a"].mesh_failures = {failure_weight, 0.5};
  p.decay_interval = 2s;
  return p;
}

} // namespace

TEST_CASE("P3: the square of what is missing, after the activation time",
          "[peer_score]") {
  score_fixture f{with_deliveries()};
  const auto peer = f.add(1);
  f.now += 1s;
  f.graft(peer);
  f.pass(1s);
  CHECK(f.score(peer) == 0);
  f.pass(2s);
  // Exactly the activation time is not more than it.
  CHECK(f.score(peer) == 0);
  f.pass(2s);
  CHECK(f.score(peer) == -16);
  f.deliver(peer, 1);
  CHECK(f.score(peer) == -9);
  f.deliver(peer, 3);
  CHECK(f.score(peer) == 0);
  f.deliver(peer, 1);
  CHECK(f.score(peer) == 0);
}

TEST_CASE("P3: duplicates in time count as first deliveries do",
          "[peer_score]") {
  score_fixture f{with_deliveries()};
  const auto peer = f.add(1);
  f.graft(peer);
  f.pass(4s);
  f.scores.duplicate_in_time(peer, "a");
  f.deliver(peer, 1);
  CHECK(f.score(peer) == -4);
}

TEST_CASE("P3: only what is delivered while in the mesh counts",
          "[peer_score]") {
  score_fixture f{with_deliveries()};
  const auto peer = f.add(1);
  f.deliver(peer, 4);
  f.scores.duplicate_in_time(peer, "a");
  f.graft(peer);
  f.pass(4s);
  CHECK(f.score(peer) == -16);
}

TEST_CASE("P3: deliveries are capped when they are counted", "[peer_score]") {
  score_fixture f{with_deliveries()};
  const auto peer = f.add(1);
  f.graft(peer);
  f.deliver(peer, 100);
  f.pass(2s);
  CHECK(f.score(peer) == 0);
  f.pass(2s);
  // 8, 4, 2
  CHECK(f.score(peer) == -4);
}

TEST_CASE("P3: applies in the mesh only, and anew after a GRAFT",
          "[peer_score]") {
  score_fixture f{with_deliveries()};
  const auto peer = f.add(1);
  f.graft(peer);
  f.pass(4s);
  CHECK(f.score(peer) == -16);
  f.scores.prune(peer, "a");
  CHECK(f.score(peer) == 0);
  f.graft(peer);
  CHECK(f.score(peer) == 0);
  f.pass(2s);
  CHECK(f.score(peer) == 0);
  f.pass(2s);
  CHECK(f.score(peer) == -16);
}

TEST_CASE("P3b: what was missing at PRUNE stays and fades", "[peer_score]") {
  score_fixture f{with_deliveries(-0.5)};
  const auto peer = f.add(1);
  f.graft(peer);
  f.deliver(peer, 2);
  f.pass(4s);
  // 2 halved once: the two intervals are one refresh of two decays.
  CHECK(f.score(peer) == -(3.5 * 3.5));
  f.scores.prune(peer, "a");
  CHECK(f.score(peer) == -0.5 * 3.5 * 3.5);
  f.pass(2s);
  CHECK(f.score(peer) == -0.25 * 3.5 * 3.5);
}

TEST_CASE("P3b: nothing before the activation time or with enough deliveries",
          "[peer_score]") {
  score_fixture f{with_deliveries(-1)};
  const auto early = f.add(1);
  const auto good = f.add(2);
  f.graft(early);
  f.graft(good);
  f.pass(2s);
  f.scores.prune(early, "a");
  CHECK(f.score(early) == 0);
  f.pass(2s);
  f.deliver(good, 4);
  f.scores.prune(good, "a");
  CHECK(f.score(good) == 0);
}

TEST_CASE("P3b: a second PRUNE adds nothing", "[peer_score]") {
  score_fixture f{with_deliveries(-1)};
  const auto peer = f.add(1);
  f.graft(peer);
  f.pass(4s);
  f.scores.prune(peer, "a");
  f.scores.prune(peer, "a");
  CHECK(f.score(peer) == -16);
}

TEST_CASE("P3b: a disconnect in the mesh is a PRUNE", "[peer_score]") {
  score_fixture f{with_deliveries(-1)};
  const auto peer = f.add(1);
  f.graft(peer);
  f.pass(4s);
  f.remove(peer);
  CHECK(f.score(f.add(1, {}, 1)) == -16);
}

TEST_CASE("P3: the window is told, the topic's own and the largest",
          "[peer_score]") {
  auto p = with_deliveries();
  p.topics["b"].mesh_deliveries.window = 5ms;
  p.default_topic.emplace().mesh_deliveries.window = 3ms;
  score_fixture f{p};
  CHECK(f.scores.delivery_window("a") == 2ms);
  CHECK(f.scores.delivery_window("b") == 5ms);
  CHECK(f.scores.delivery_window("c") == 3ms);
  CHECK(f.scores.largest_delivery_window() == 5ms);
  score_fixture none{neutral_score()};
  CHECK(none.scores.delivery_window("c") == 0ms);
  CHECK(none.scores.largest_delivery_window() == 0ms);
}
