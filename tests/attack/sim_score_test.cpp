// Attackers that their score gives away (gossipsub-v1.1, "Peer scoring").
#include "tests/attack/sim_attack.hpp"

#include <catch2/catch.hpp>

#include <iostream>

using namespace grapevine::attack;

// As many as a node takes of one address: fewer may be an office.
TEST_CASE("sybils: 250 nodes at one address are turned away", "[attack]") {
  scene s{6};
  s.add_honest(40, 6);
  auto sybil = squatter();
  sybil.ip = grapevine::libp2p::ip_address::from_text("203.0.113.7");
  REQUIRE(sybil.ip);
  s.add_attackers(250, sybil);
  s.attack(40);
  s.net().run(10s);
  s.publish(60, 500ms, s.honest());
  s.check_all_delivered("250 sybils at one address");
  std::cout << "  their best score: " << s.best_attacker_score() << '\n';
  CHECK(s.best_attacker_score()
        < s.net().node(0).options().params.thresholds.graylist);
  CHECK(s.attackers_in_meshes() == 0);
}

TEST_CASE("sybils: 120 at one address, who could be honest, do no harm",
          "[attack]") {
  scene s{6};
  s.add_honest(40, 6);
  auto sybil = squatter();
  sybil.ip = grapevine::libp2p::ip_address::from_text("203.0.113.7");
  s.add_attackers(120, sybil);
  s.attack(40);
  s.net().run(10s);
  s.publish(60, 500ms, s.honest());
  s.check_all_delivered("120 sybils at one address");
  std::cout << "  their best score: " << s.best_attacker_score() << '\n';
}

TEST_CASE("sybils: with an address each they do no harm either", "[attack]") {
  scene s{7};
  s.add_honest(40, 6);
  s.add_attackers(60, squatter());
  s.attack(40);
  s.net().run(10s);
  s.publish(60, 500ms, s.honest());
  s.check_all_delivered("60 sybils, an address each");
}

TEST_CASE("IHAVE spam: those who promise and do not keep it are not accepted",
          "[attack]") {
  scene s{8};
  s.add_honest(40, 6);
  s.net().run(5s);
  const auto usual = s.honest_control_rate(5s);
  auto liar = squatter();
  liar.conduct.invented_ids = 200;
  s.add_attackers(10, liar);
  s.attack(40);
  const auto attacked = s.honest_control_rate(5s);
  s.net().run(15s);
  CHECK(s.best_attacker_score()
        < s.net().node(0).options().params.thresholds.gossip);
  CHECK(s.attackers_in_meshes() == 0);
  const auto afterwards = s.honest_control_rate(10s);
  std::cout << "  control of an honest node: " << usual << " bytes/s, "
            << attacked << " under attack, " << afterwards
            << " when it knows the liars, whose best score is "
            << s.best_attacker_score() << '\n';
  // It asked, and asks no longer.
  CHECK(attacked > 10'000);
  CHECK(afterwards < 100);
  s.publish(60, 500ms, s.honest());
  s.check_all_delivered("10 liars, 200 ids each second");
}

TEST_CASE("invalid messages: who sends them is not heard any longer",
          "[attack]") {
  scene s{9};
  s.add_honest(40, 6);
  grapevine::sim::node_options forger;
  forger.honest = false;
  forger.conduct.publishes_invalid = true;
  s.add_attackers(10, forger);
  s.attack(20);
  s.net().run(10s);
  for (int i = 0; i < 30; ++i) {
    s.publish(10, 20ms, s.attackers());
    s.publish(1, 100ms, s.honest());
  }
  s.check_all_delivered("10 authors of invalid messages");
  std::cout << "  their best score: " << s.best_attacker_score() << '\n';
  // Beyond the graylist nothing is held against them any longer, and what is
  // held against them fades.
  CHECK(s.best_attacker_score()
        < s.net().node(0).options().params.thresholds.publish);
  CHECK(s.attackers_in_meshes() == 0);
}
