#include "tests/support/node_network.hpp"
#include "tests/support/sanitized.hpp"

#include <chrono>
#include <iostream>
#include <vector>

// Many large messages at once, through one node.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// A hub, and nodes that know it alone.
struct star {
  explicit star(std::size_t leaves) {
    hub = start(1);
    for (std::size_t i = 0; i < leaves; ++i)
      all.push_back(start(static_cast<std::uint8_t>(2 + i)));
    for (const auto& one : all)
      net.connect(one, hub);
    net.await(hub, "t", leaves);
    for (const auto& one : all)
      net.await(one, "t", 1);
  }

  node_network::running_node start(std::uint8_t number) {
    auto config = node_network::config(number);
    // Whoever is not in the hub's mesh is told.
    config.params.gossip.factor = 1;
    // A node that is slow loses what its neighbours' windows no longer hold.
    if (sanitized) {
      config.params.gossip.history_length = 60;
      config.params.gossip.history_gossip = 30;
    }
    auto result = net.start(config);
    tell(net.self().ptr(), result.actor, subscribe_topic{"t", net.inbox()});
    return result;
  }

  // So many publish at once; how many copies reach the nodes' subscribers, of
  // one for each node and message.
  std::size_t burst(std::size_t publishers, std::size_t size) {
    for (std::size_t i = 0; i < publishers; ++i)
      tell(net.self().ptr(), all[i].actor,
           publish_message{"t", bytes(size, static_cast<std::uint8_t>(i))});
    std::size_t got = 0;
    // Answers to the publishers come among them.
    for (bool more = true; more && got < publishers * (all.size() + 1);)
      net.self()->receive([&](message_delivered&) { ++got; },
                          [&](publish_receipt&) {},
                          caf::after(10s) >> [&] { more = false; });
    return got;
  }

  void stop() {
    for (const auto& one : all)
      net.stop(one);
    net.stop(hub);
  }

  node_network net;
  node_network::running_node hub;
  std::vector<node_network::running_node> all;
};

// What the hub holds against anyone for reading slowly.
double worst_score(star& s) {
  double worst = 0;
  for (const auto& peer :
       s.net.get<scores_snapshot>(s.hub.actor, inspect_scores{}).peers)
    worst = std::min(worst, peer.score.slow_peer);
  return worst;
}

} // namespace

TEST_CASE("burst: when 12 publish 1 MB each at once, all of it arrives "
          "everywhere, and nobody reads slowly") {
  constexpr std::size_t publishers = 12;
  star s{19};
  CHECK(s.burst(publishers, sanitized ? 100'000 : 1'000'000)
        == publishers * 20);
  CHECK(worst_score(s) == 0);
  s.stop();
}

// For the figures: minutes on a small machine.
TEST_CASE("burst: when 16 and 32 publish 1 MB each", "[.large]") {
  const auto publishers = GENERATE(std::size_t{16}, std::size_t{32});
  const std::size_t leaves = publishers == 16 ? 23 : 39;
  star s{leaves};
  const auto begin = std::chrono::steady_clock::now();
  const auto got = s.burst(publishers, 1'000'000);
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - begin;
  std::cout << publishers << " publishers, " << leaves + 1 << " nodes: " << got
            << " of " << publishers * (leaves + 1) << " in " << took.count()
            << " s, worst score " << worst_score(s) << ", dropped "
            << s.net.get<node_snapshot>(s.hub.actor, inspect_node{}).dropped
            << '\n';
  CHECK(got == publishers * (leaves + 1));
  s.stop();
}
