#include "tests/support/node_network.hpp"
#include "tests/support/sanitized.hpp"

#include <chrono>
#include <vector>

// Messages of many MiB, through one node.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t mib = 1 << 20;

// A relay with several publishers and one subscriber: this test.
struct large_relay {
  static constexpr std::size_t publishers = 8;

  explicit large_relay(std::size_t bytes_each) : size{bytes_each} {
    relay = start(1);
    far = start(2);
    net.connect(far, relay);
    net.get<changed>(relay.actor, relay_topic{"t"});
    // This test takes what comes between two rounds of publishing.
    delivery_options all;
    all.max_bytes = 100 * size;
    net.get<changed>(far.actor, subscribe_topic{"t", net.inbox(), false, all});
    for (std::size_t i = 0; i < publishers; ++i) {
      sources.push_back(start(static_cast<std::uint8_t>(3 + i)));
      net.connect(sources.back(), relay);
    }
    for (const auto& one : sources)
      net.await(one, "t", 1);
    net.await(relay, "t", 1);
  }

  node_network::running_node start(std::uint8_t number) {
    auto config = node_network::config(number);
    config.max_rpc_size = size + mib;
    return net.start(config);
  }

  // All publish at once, so many times, each time when all but the last round
  // have arrived; how many messages arrive.
  std::size_t publish(std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) {
      for (const auto& one : sources)
        tell(net.self().ptr(), one.actor,
             publish_message{"t", bytes(size, static_cast<std::uint8_t>(i))});
      take(i * publishers);
    }
    take(times * publishers);
    return arrived;
  }

  // Until so many have arrived, or none comes.
  void take(std::size_t count) {
    for (bool more = true; more && arrived < count;)
      net.self()->receive([&](message_delivered&) { ++arrived; },
                          [&](publish_receipt&) {},
                          caf::after(20s) >> [&] { more = false; });
  }

  std::size_t size;
  node_network net;
  node_network::running_node relay;
  node_network::running_node far;
  std::vector<node_network::running_node> sources;
  std::size_t arrived = 0;
};

} // namespace

TEST_CASE("large: messages of 4, 10 and 32 MiB of eight publishers at once all "
          "arrive, and no stream is reset") {
  const auto size = GENERATE(4 * mib, 10 * mib, 32 * mib);
  // Of each size as many bytes.
  const std::size_t times = sanitized ? 1 : 64 * mib / size;
  CAPTURE(size, times);
  large_relay f{size};
  CHECK(f.publish(times) == times * large_relay::publishers);
  CHECK(f.net.get<node_snapshot>(f.relay.actor, inspect_node{}).cache.throttled
        == 0);
  const auto scores =
      f.net.get<scores_snapshot>(f.relay.actor, inspect_scores{});
  for (const auto& peer : scores.peers)
    CHECK(peer.score.behaviour == 0);
}
