// Attackers that take the places in the meshes and give nothing
// (gossipsub-v1.1, "Opportunistic Grafting", "Outbound Mesh Quotas").
#include "tests/attack/sim_attack.hpp"

#include <catch2/catch.hpp>

#include <iostream>

using namespace grapevine::attack;
using grapevine::gossip::mesh_event_kind;

namespace {

void print_meshes(const scene& s) {
  std::cout << "  in the honest nodes' meshes:";
  for (const auto node : s.honest())
    std::cout << ' ' << s.honest_in_mesh(node) << '+'
              << s.attackers_in_mesh(node);
  std::cout << " (honest + attackers)\n";
}

} // namespace

TEST_CASE("squatters: opportunistic grafting brings honest peers back",
          "[attack]") {
  const bool flood_publish = GENERATE(true, false);
  scene s{1, flood_publish};
  // The squatters are there first, and have everybody.
  s.add_honest(10, 0);
  s.add_attackers(40, squatter());
  s.attack(10);
  s.net().run(10s);
  for (const auto node : s.honest()) {
    CHECK(s.honest_in_mesh(node) == 0);
    CHECK(s.attackers_in_mesh(node) >= 6);
  }
  for (const auto node : s.honest())
    for (node_index step = 1; step <= 5; ++step)
      if (const auto peer = s.honest()[(node + step) % 10];
          !s.net().connected({node, peer}))
        s.net().connect({node, peer});
  s.net().run(5s);
  s.publish(420, 1s, s.honest());
  s.check_all_delivered(flood_publish ? "40 squatters, flood publish"
                                      : "40 squatters");
  print_meshes(s);
  CHECK(s.net().mesh_events(mesh_event_kind::grafted_as_better) > 0);
  for (const auto node : s.honest())
    CHECK(s.honest_in_mesh(node) >= 3);
}

TEST_CASE("eclipse: a node that attackers surround gets everything",
          "[attack]") {
  const bool flood_publish = GENERATE(true, false);
  scene s{2, flood_publish};
  s.add_honest(40, 6);
  const node_index victim = 0;
  s.add_attackers(100, squatter());
  for (const auto attacker : s.attackers())
    s.net().connect({attacker, victim});
  s.net().run(10s);
  s.publish(60, 500ms, s.honest());
  s.publish(20, 500ms, {victim});
  s.check_all_delivered(flood_publish ? "eclipse by 100, flood publish"
                                      : "eclipse by 100");
  CHECK(s.honest_in_mesh(victim) >= 2);
}

TEST_CASE("eclipse: attackers that served well before turn silent",
          "[attack]") {
  scene s{3, false};
  s.add_honest(40, 6);
  const node_index victim = 0;
  auto sleeper = squatter();
  sleeper.conduct = {};
  s.add_attackers(60, sleeper);
  for (const auto attacker : s.attackers())
    s.net().connect({attacker, victim});
  // They hear of the messages elsewhere, and may bring them first.
  s.attack(5);
  s.net().run(10s);
  s.publish(120, 500ms, s.honest());
  s.check_all_delivered("sleepers: before they turn");
  s.net().forget_messages();
  s.behave(squatter().conduct);
  s.publish(120, 500ms, s.honest());
  s.check_all_delivered("sleepers: all turn at once");
  print_meshes(s);
}

TEST_CASE("cold boot: honest nodes and twice as many attackers start together",
          "[attack]") {
  const bool flood_publish = GENERATE(true, false);
  scene s{4, flood_publish};
  s.add_honest(60, 0);
  s.add_attackers(120, squatter());
  // A directory knows them all, and tells nobody which is which.
  auto& net = s.net();
  for (const auto node : s.honest())
    for (std::size_t made = 0; made < 12;) {
      const auto peer = static_cast<node_index>(
          grapevine::gossip::random_below(net.gen(), net.size()));
      if (peer == node || net.connected({node, peer}))
        continue;
      net.connect({node, peer});
      ++made;
    }
  s.attack(10);
  // From the first moment on: some nodes have no honest peer in their mesh, and
  // depend on the gossip of the few that they know.
  s.publish(120, 500ms, s.honest());
  s.check_delivered("cold boot: the first minute", 0.95);
  print_meshes(s);
  net.run(240s);
  net.forget_messages();
  s.publish(120, 500ms, s.honest());
  s.check_delivered("cold boot: after five minutes", 0.99);
  print_meshes(s);
}

TEST_CASE("censorship: messages of one author arrive in spite of censors",
          "[attack]") {
  scene s{5, false};
  s.add_honest(40, 6);
  const node_index author = 0;
  // They do everything else as they should, so their score is good.
  grapevine::sim::node_options censor;
  censor.honest = false;
  censor.conduct.censored = author;
  s.add_attackers(60, censor);
  for (const auto attacker : s.attackers())
    s.net().connect({attacker, author});
  s.attack(10);
  s.net().run(10s);
  s.publish(60, 500ms, s.honest());
  s.check_all_delivered("60 censors: everybody's messages");
  s.net().forget_messages();
  s.publish(60, 500ms, {author});
  s.check_all_delivered("60 censors: the censored author's");
}
