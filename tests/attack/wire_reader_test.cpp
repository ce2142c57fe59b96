#include "tests/attack/wire_attack.hpp"

#include <set>

// Peers that read slowly, or ask for much.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

TEST_CASE("attack: a peer that stops reading delays nobody, its queue is "
          "bounded, and its score falls") {
  constexpr std::size_t count = 1'500;
  constexpr std::size_t most = 20 * count;
  constexpr std::size_t size = 20'000;
  auto config = wire_attack::config();
  // It answers no pings either; on a slow machine it would be given up for
  // that.
  config.session.ping_interval = 10min;
  // For the same reason; and small RPCs, so that 8 MiB may wait for it.
  config.session.write_timeout = 10min;
  config.max_rpc_size = std::size_t{64} * 1024;
  wire_attack f{config};
  auto& fast = f.join(9);
  // Of its own accord, it moves no bytes.
  attacker slow{10, f.node.addresses.at(0), "/meshsub/1.2.0"};
  slow.subscribe("t");
  slow.wire.until([&] { return slow.heard().grafted("t"); });
  std::chrono::nanoseconds longest{0};
  double least = 0;
  std::size_t sent = 0;
  // A burst is nobody's fault: on a fast machine it takes more to be behind for
  // longer than that.
  while (sent < count || (least >= -5 && sent < most)) {
    const auto begin = std::chrono::steady_clock::now();
    f.publish(std::to_string(++sent) + ' ' + std::string(size, 'x'));
    f.until([&] { return fast.heard().messages.size() == sent; });
    longest = std::max(longest, std::chrono::steady_clock::now() - begin);
    if (sent % 100 == 0)
      least = std::min(least, f.score(slow).slow_peer);
  }
  const auto longest_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(longest).count();
  INFO("longest delay of the fast reader: " << longest_ms << " ms");
  CHECK(longest < 10s);
  INFO("lowest score of the slow reader: " << least);
  CHECK(least < -5);
  CHECK(f.score(fast).slow_peer == 0);
  CHECK(f.in_mesh(fast));
  // What waited for it is a part of the 30 MB: 8 MiB of queue, and what the
  // kernel holds for both ends.
  slow.wire.until([&] {
    constexpr std::size_t ping_size = 32;
    const auto before = slow.wire.events.data_size;
    slow.wire.ping();
    return slow.wire.events.data_size == before + ping_size;
  });
  const auto got = slow.heard().messages.size();
  INFO("messages that the slow reader got in the end: " << got);
  CHECK(got >= 8 * 1024 * 1024 / (size + 100));
  CHECK(got < sent);
  f.stop();
}

TEST_CASE("attack: 1,000 messages of 20 kB asked for by IWANT all arrive, in "
          "RPCs below the limit") {
  constexpr std::size_t count = 1000;
  auto config = wire_attack::config(100ms);
  config.params.flood_publish = false;
  // It is not to pass meanwhile.
  config.params.gossip.history_gossip = 200;
  config.max_rpc_size = std::size_t{64} * 1024;
  wire_attack f{config};
  auto& peer = f.linger(9);
  for (std::size_t i = 0; i < count; ++i)
    f.publish(std::to_string(i) + ' ' + std::string(20'000, 'x'));
  // All of them in one IHAVE, though not in one RPC of it.
  std::set<std::string> known;
  f.until([&] {
    known.insert(peer.heard().ihave.begin(), peer.heard().ihave.end());
    return known.size() == count;
  });
  CHECK(peer.heard().messages.empty());
  peer.iwant({known.begin(), known.end()});
  f.until([&] { return peer.heard().messages.size() >= count; });
  f.settle(peer);
  CHECK(peer.heard().messages.size() == count);
  const auto& got = peer.heard().messages;
  CHECK(std::set<std::string>(got.begin(), got.end()).size() == count);
  CHECK(peer.heard().largest <= config.max_rpc_size);
  f.stop();
}
