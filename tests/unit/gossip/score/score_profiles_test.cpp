#include "gossip/score/score_profiles.hpp"
#include "tests/support/score_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

const auto all_profiles = {score_profile::off, score_profile::standard,
                           score_profile::ethereum};

bool valid(const scoring& s) {
  parameters p;
  p.thresholds = s.thresholds;
  return validate(p) && validate(s.parameters);
}

score_fixture standard() {
  return score_fixture{scoring_of(score_profile::standard).parameters};
}

const score_thresholds& standard_thresholds() {
  static const auto s = scoring_of(score_profile::standard);
  return s.thresholds;
}

ethereum_network named_network() {
  ethereum_network net;
  net.fork_digest = "4a26c58b";
  net.active_validators = 500'000;
  return net;
}

} // namespace

TEST_CASE("profiles: valid, and found by their names", "[score_profiles]") {
  for (const auto profile : all_profiles) {
    CHECK(valid(scoring_of(profile)));
    CHECK(score_profile_of(to_string(profile)) == profile);
  }
  CHECK(to_string(score_profile::standard) == "standard");
  CHECK_FALSE(score_profile_of("default"));
  CHECK_FALSE(score_profile_of(""));
  CHECK(valid(ethereum_scoring(named_network())));
}

TEST_CASE("profile off: everyone has 0, and that is enough for everything",
          "[score_profiles]") {
  const auto s = scoring_of(score_profile::off);
  score_fixture f{s.parameters};
  const auto peer = f.add(1, {"1.2.3.4"});
  f.graft(peer);
  f.scores.invalid_message(peer, "a", 100);
  f.scores.penalize(peer, 100);
  CHECK(f.score(peer) == 0);
  CHECK(s.thresholds.accept_px == 0);
  CHECK(s.thresholds.opportunistic_graft == 0);
}

TEST_CASE("profile standard: a silent peer comes to no harm",
          "[score_profiles]") {
  auto f = standard();
  const auto peer = f.add(1, {"1.2.3.4"});
  f.graft(peer);
  for (int i = 0; i < 3'600; ++i) {
    f.pass(1s);
    REQUIRE(f.score(peer) >= 0);
  }
  f.scores.prune(peer, "a");
  CHECK(f.score(peer) >= 0);
  CHECK(f.scores.delivery_window("a") == 0s);
}

TEST_CASE("profile standard: one offence of every kind is forgiven, or soon",
          "[score_profiles]") {
  auto f = standard();
  const auto peer = f.add(1, {"1.2.3.4"});
  f.scores.penalize(peer, 2);
  f.scores.slow_peer(peer, 2);
  CHECK(f.score(peer) == 0);
  f.scores.invalid_message(peer, "a");
  CHECK(f.score(peer) == -1);
  CHECK(f.score(peer) > standard_thresholds().gossip);
  // A burst that did not fit is over in seconds.
  f.scores.slow_peer(peer, 1'000);
  f.pass(5s);
  CHECK(f.score(peer) > -1);
}

TEST_CASE("profile standard: offences kept up end in the graylist",
          "[score_profiles]") {
  auto f = standard();
  const auto forger = f.add(1);
  f.scores.invalid_message(forger, "a", 8);
  CHECK(f.score(forger) >= standard_thresholds().graylist);
  f.scores.invalid_message(forger, "a");
  CHECK(f.score(forger) < standard_thresholds().graylist);

  const auto grafter = f.add(2);
  f.scores.penalize(grafter, 8);
  CHECK(f.score(grafter) >= standard_thresholds().graylist);
  f.scores.penalize(grafter, 2);
  CHECK(f.score(grafter) < standard_thresholds().graylist);
}

TEST_CASE("profile standard: an office, a campus or a cloud behind one address "
          "is served like anyone",
          "[score_profiles]") {
  const auto count = GENERATE(20u, 50u, 100u, 128u);
  const auto* address = GENERATE("1.2.3.4", "2001:db8::1");
  auto f = standard();
  for (std::uint32_t i = 0; i < count; ++i)
    f.add(i, {address});
  for (std::uint32_t i = 0; i < count; ++i)
    CHECK(f.score({i, 0}) == 0);
}

TEST_CASE(
    "profile standard: far more peers of one address lose one place after "
    "the other",
    "[score_profiles]") {
  auto f = standard();
  const auto& thresholds = standard_thresholds();
  const auto first = f.add(0, {"1.2.3.4"});
  std::uint32_t count = 1;
  const auto grow_to = [&](std::uint32_t wanted) {
    for (; count < wanted; ++count)
      f.add(count, {"1.2.3.4"});
  };
  grow_to(129);
  CHECK(f.score(first) < 0); // the meshes
  CHECK(f.score(first) > thresholds.gossip);
  grow_to(160);
  CHECK(f.score(first) < thresholds.gossip);
  CHECK(f.score(first) > thresholds.publish);
  grow_to(200);
  CHECK(f.score(first) < thresholds.publish);
  CHECK(f.score(first) > thresholds.graylist);
  // As many as may be connected from one address.
  grow_to(256);
  CHECK(f.score(first) < thresholds.graylist);
  // Behind one gateway of a private network they are welcome.
  for (std::uint32_t i = 300; i < 600; ++i)
    f.add(i, {"10.0.2.2"});
  CHECK(f.score({300, 0}) == 0);
}

TEST_CASE("profile standard: what topics give is bounded, and never enough to "
          "offer peers",
          "[score_profiles]") {
  auto f = standard();
  const auto peer = f.add(1);
  f.graft(peer, "a");
  f.deliver(peer, 100, "a");
  CHECK(f.score(peer) == 10);
  for (const auto* topic : {"b", "c", "d", "e"})
    f.deliver(peer, 100, topic);
  CHECK(f.score(peer) == 30);
  CHECK(f.score(peer) < standard_thresholds().accept_px);
  // Whom the application trusts.
  f.scores.set_application_score(peer, standard_thresholds().accept_px);
  CHECK(f.score(peer) >= standard_thresholds().accept_px);
}

TEST_CASE("profile ethereum: no service earns the right to offer peers",
          "[score_profiles]") {
  const auto s = ethereum_scoring(named_network());
  CHECK(s.parameters.topic_cap > 0);
  CHECK(s.thresholds.accept_px > s.parameters.topic_cap);
}

TEST_CASE("profile standard: squatters stay below the opportunistic threshold",
          "[score_profiles]") {
  auto f = standard();
  const auto squatter = f.add(1);
  for (int i = 0; i < 20; ++i)
    f.graft(squatter, "topic " + std::to_string(i));
  f.pass(24h);
  CHECK(f.score(squatter) > 0);
  CHECK(f.score(squatter) < standard_thresholds().opportunistic_graft);
  const auto honest = f.add(2);
  f.deliver(honest, 3);
  CHECK(f.score(honest) > standard_thresholds().opportunistic_graft);
}

TEST_CASE("profile ethereum: the known numbers of its clients",
          "[score_profiles]") {
  const auto s = ethereum_scoring(named_network());
  CHECK(s.thresholds.graylist == -16'000);
  const auto& p = s.parameters;
  CHECK(p.decay_interval == 12s);
  CHECK(p.retention == 38'400s);
  CHECK(p.topic_cap == Approx(53.75));
  CHECK(p.colocation.weight == Approx(-53.75));
  CHECK(p.behaviour.decay == Approx(0.9857).epsilon(1e-4));
  CHECK(p.behaviour.weight == Approx(-15.879).epsilon(1e-3));
  CHECK(p.topics.size() == 5 + 64);

  const auto& block = p.topics.at("/eth2/4a26c58b/beacon_block/ssz_snappy");
  CHECK(block.weight == 0.5);
  CHECK(block.time_in_mesh.cap == 300);
  CHECK(block.time_in_mesh.weight == Approx(0.0333).epsilon(1e-2));
  CHECK(block.first_deliveries.decay == Approx(0.99283).epsilon(1e-4));
  CHECK(block.first_deliveries.cap == Approx(34.86).epsilon(1e-3));
  CHECK(block.first_deliveries.weight == Approx(1.1473).epsilon(1e-3));
  CHECK(block.mesh_deliveries.decay == Approx(0.97163).epsilon(1e-4));
  CHECK(block.mesh_deliveries.threshold == Approx(0.6849).epsilon(1e-3));
  CHECK(block.mesh_deliveries.cap == Approx(2.0547).epsilon(1e-3));
  CHECK(block.mesh_deliveries.activation == 384s);
  CHECK(block.mesh_deliveries.window == 2s);
  CHECK(block.invalid_messages.weight == Approx(-215));
  CHECK(block.invalid_messages.decay == Approx(0.99713).epsilon(1e-4));
}

TEST_CASE("profile ethereum: P2 grows with what is expected of a topic",
          "[score_profiles]") {
  const auto p = ethereum_scoring(named_network()).parameters;
  const auto& aggregates =
      p.topics.at("/eth2/4a26c58b/beacon_aggregate_and_proof/ssz_snappy");
  // 1041.67 aggregates in a slot, of which a peer may be first with a quarter.
  const double expected = 1'041.6667 / 4;
  CHECK(aggregates.first_deliveries.cap
        == Approx(expected / (1 - aggregates.first_deliveries.decay)));
  const auto& subnet =
      p.topics.at("/eth2/4a26c58b/beacon_attestation_63/ssz_snappy");
  CHECK(subnet.weight == Approx(1.0 / 64));
  CHECK(subnet.mesh_deliveries.activation == 17 * 12s);
  const auto& exits = p.topics.at("/eth2/4a26c58b/voluntary_exit/ssz_snappy");
  CHECK(exits.mesh_deliveries.weight == 0);
  CHECK(exits.weight == 0.05);
}

TEST_CASE("profile ethereum: without a digest all topics count alike",
          "[score_profiles]") {
  const auto p = scoring_of(score_profile::ethereum).parameters;
  CHECK(p.topics.empty());
  REQUIRE(p.default_topic);
  CHECK(p.default_topic->mesh_deliveries.weight == 0);
}

TEST_CASE("profile ethereum: a small network has rarer bursts",
          "[score_profiles]") {
  auto net = named_network();
  net.active_validators = 1'000;
  const auto p = ethereum_scoring(net).parameters;
  CHECK(validate(p));
  const auto& subnet =
      p.topics.at("/eth2/4a26c58b/beacon_attestation_0/ssz_snappy");
  CHECK(subnet.mesh_deliveries.activation == 3 * 384s);
}
