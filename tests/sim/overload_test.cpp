// What an overload left behind holds nobody out for long: scores that fell,
// backoffs, answers that did not come.
#include "sim/topology.hpp"
#include "tests/sim/sim_scenario.hpp"

#include <algorithm>
#include <iostream>

using namespace grapevine::sim;
using grapevine::gossip::mesh_event_kind;

namespace {

network_options near_network(std::uint64_t seed) {
  network_options options;
  options.seed = seed;
  options.min_latency = 1ms;
  options.max_latency = 5ms;
  options.jitter = 1ms;
  return options;
}

constexpr node_index hub = 0;
constexpr node_index leaves = 20;
// The first of them reconnect every ten seconds and graft at once.
constexpr node_index rude = 5;

// A hub with leaves that know it alone.
struct hub_with_leaves {
  explicit hub_with_leaves(std::uint64_t seed) : net{near_network(seed)} {
    const auto options = with_flood_publish(false);
    net.add_node(options);
    for (node_index i = 1; i <= leaves; ++i) {
      auto leaf = options;
      leaf.conduct.grafts_at_once = i <= rude;
      net.add_node(leaf);
    }
    net.connect(star(leaves + 1));
    net.join_all("t");
    net.run(settling);
  }

  // Lets ten seconds pass, with a message every 100 ms.
  void ten_seconds() {
    for (int i = 0; i < 100; ++i) {
      net.publish(hub, "t");
      net.run(100ms);
    }
  }

  void reconnect_rude() {
    for (node_index i = 1; i <= rude; ++i) {
      net.disconnect({i, hub});
      net.connect({i, hub});
    }
  }

  sim_network net;
};

} // namespace

TEST_CASE("overload: whoever reconnects every ten seconds and grafts at once, "
          "without regard to backoffs, is no offender and gets in as soon as "
          "there is room",
          "[sim]") {
  hub_with_leaves s{71};
  // The others take all places, so the hub refuses the rude ones.
  for (int round = 0; round < 12; ++round) {
    s.reconnect_rude();
    s.ten_seconds();
  }
  CHECK(s.net.mesh_events(mesh_event_kind::graft_refused) > 0);
  for (node_index i = 1; i <= rude; ++i)
    CHECK(s.net.node(hub).score_of(i) >= 0);
  for (node_index i = rude + 1; i <= leaves; ++i)
    s.net.disconnect({i, hub});
  // The longest backoff is over within a minute.
  for (int round = 0; round < 6; ++round) {
    s.reconnect_rude();
    s.ten_seconds();
  }
  s.reconnect_rude();
  s.net.run(100ms);
  CHECK(s.net.node(hub).mesh_of("t").size() == rude);
}

TEST_CASE("overload: a minute after a hub can answer again all its leaves get "
          "everything",
          "[sim]") {
  hub_with_leaves s{72};
  conduct busy;
  busy.answers = false;
  s.net.behave(hub, busy);
  for (int round = 0; round < 6; ++round)
    s.ten_seconds();
  double worst = 0;
  for (node_index i = 1; i <= leaves; ++i)
    worst = std::min(worst, s.net.node(i).score_of(hub));
  std::cout << "  the hub's worst score after the overload: " << worst << '\n';
  CHECK(worst < 0);
  s.net.behave(hub, {});
  for (int round = 0; round < 6; ++round)
    s.ten_seconds();
  s.net.forget_messages();
  s.ten_seconds();
  s.net.run(draining);
  check_all_delivered(s.net, "a minute after an overload");
  for (node_index i = 1; i <= leaves; ++i)
    CHECK(s.net.node(i).score_of(hub) >= 0);
}

// So far apart that an answer takes longer than the three seconds that one may,
// and not so far that it was asked for too late.
TEST_CASE("overload: answers that come late are no offence in the end",
          "[sim]") {
  auto options = near_network(73);
  options.min_latency = 1'600ms;
  options.max_latency = 1'800ms;
  auto node = with_flood_publish(false);
  node.params.gossip.history_length = 10;
  sim_network net{options};
  net.add_nodes(leaves + 1, node);
  net.connect(star(leaves + 1));
  net.join_all("t");
  net.run(20s);
  for (int i = 0; i < 600; ++i) {
    net.publish(hub, "t");
    net.run(100ms);
  }
  net.run(20s);
  check_all_delivered(net, "answers after more than three seconds");
  for (node_index i = 1; i <= leaves; ++i)
    CHECK(net.node(i).score_of(hub) >= 0);
}
