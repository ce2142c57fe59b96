#include "tests/attack/attack_cost.hpp"
#include "tests/attack/wire_attack.hpp"

#include <array>
#include <memory>

// Peers that make the node keep what they never take, or never finish.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

// Peers that move bytes only when they are told to.
using mute_peers = std::vector<std::unique_ptr<attacker>>;

void connect(mute_peers& peers, const wire_attack& f, std::size_t count) {
  while (peers.size() < count)
    peers.push_back(
        std::make_unique<attacker>(static_cast<std::uint8_t>(20 + peers.size()),
                                   f.node.addresses.at(0), "/meshsub/1.2.0"));
}

// Moves a peer's bytes until all that it said is with the kernel.
void flush(attacker& peer) {
  peer.wire.until([&] { return peer.wire.flushed(peer.out); });
}

// Asks the node again and again.
template <class Condition>
void await(wire_attack& f, const Condition& holds) {
  const auto end = std::chrono::steady_clock::now() + node_network::patience;
  while (!holds(f.inspect()))
    REQUIRE(std::chrono::steady_clock::now() < end);
}

// Another node, which behaves, in the attacked one's mesh.
struct honest_node {
  explicit honest_node(wire_attack& to) : f{to} {
    auto config = wire_attack::config();
    config.identity =
        libp2p::private_key::ed25519_from_seed(std::array<std::uint8_t, 32>{7});
    node = f.net.start(config);
    tell(f.net.self().ptr(), node.actor, subscribe_topic{"t", f.net.inbox()});
    f.net.connect(node, f.node);
    f.net.await(f.node, "t", 1);
    f.net.await(node, "t", 1);
  }

  // Publishes at one of both, and takes both copies.
  void exchange(const node_network::running_node& at, std::string_view text) {
    f.net.publish(at, "t", text);
    for (int copy = 0; copy < 2; ++copy)
      CHECK(to_string(f.net.next_message().msg->data()) == text);
  }

  wire_attack& f;
  node_network::running_node node;
};

} // namespace

TEST_CASE("attack: peers that ask by IWANT and never read hold no more than "
          "the node's budget, and are disconnected") {
  constexpr std::size_t attackers = 12;
  constexpr std::size_t each = 10;
  constexpr std::size_t size = 100'000;
  auto config = wire_attack::config();
  config.max_queued_bytes = 4 * mib;
  config.session.write_timeout = 3s;
  wire_attack f{config};
  honest_node honest{f};
  mute_peers peers;
  connect(peers, f, attackers);
  std::size_t most = 0;
  for (std::size_t i = 0; i < attackers; ++i) {
    std::vector<std::string> ids;
    for (std::size_t n = 0; n < each; ++n) {
      const auto text =
          std::to_string(i) + ' ' + std::to_string(n) + std::string(size, 'x');
      honest.exchange(f.node, text);
      ids.emplace_back(plain_message(text)->id().raw());
    }
    peers[i]->iwant(std::move(ids));
    flush(*peers[i]);
    most = std::max(most, f.inspect().queued_bytes);
  }
  // 12 MB were asked for. What one asks for at once may exceed it.
  INFO("most that waited: " << most);
  CHECK(most > mib);
  CHECK(most <= *config.max_queued_bytes + each * (size + 100));
  await(f, [](const node_snapshot& now) {
    return now.queued_bytes == 0 && now.peers.size() == 1;
  });
  honest.exchange(honest.node, "still here");
  f.net.stop(honest.node);
  f.stop();
}

TEST_CASE("attack: RPCs that are never finished are given up, and hold no more "
          "than the node's budget") {
  constexpr std::size_t attackers = 20;
  auto config = wire_attack::config();
  config.max_unfinished_bytes = 8 * mib;
  config.rpc_timeout = 3s;
  wire_attack f{config};
  honest_node honest{f};
  mute_peers peers;
  connect(peers, f, attackers);
  bytes begun;
  append_varint(begun, mib);
  begun.resize(900 * kib);
  std::size_t most = 0;
  int exchanged = 0;
  for (auto& one : peers) {
    one->wire.send_raw(one->out, begun);
    // The node may hold back or give up.
    for (int turn = 0; turn < 50 && !one->wire.flushed(one->out); ++turn) {
      const auto soon = std::chrono::steady_clock::now() + 5ms;
      one->wire.until([&] { return std::chrono::steady_clock::now() > soon; });
    }
    most = std::max(most, f.inspect().unfinished_bytes);
    const auto text = std::to_string(++exchanged);
    honest.exchange(honest.node, "from there " + text);
    honest.exchange(f.node, text + std::string(200 * kib, 'y'));
  }
  INFO("most that was kept: " << most);
  CHECK(most > mib);
  // A read of each, for which its buffer may have doubled.
  CHECK(most <= *config.max_unfinished_bytes + attackers * 256 * kib);
  for (auto& one : peers)
    one->wire.until(
        [&] { return one->wire.ended() || one->wire.was_reset(one->out); });
  await(f, [](const node_snapshot& now) { return now.unfinished_bytes == 0; });
  f.net.stop(honest.node);
  f.stop();
}

TEST_CASE("attack: an RPC that is not finished in time ends its stream, and is "
          "misbehaviour") {
  auto config = wire_attack::config();
  config.rpc_timeout = 200ms;
  wire_attack f{config};
  auto& peer = f.connect(9);
  // One whole, and the length of another.
  peer.send(plain_message("whole"));
  peer.wire.send_raw(peer.out, bytes{100});
  f.until([&] { return peer.wire.was_reset(peer.out); });
  CHECK_FALSE(peer.wire.ended());
  CHECK(f.score(peer).behaviour < 0);
  CHECK(f.next_text() == "whole");
  f.stop();
}

TEST_CASE("attack: a large RPC arrives though others have used up the room for "
          "unfinished ones") {
  constexpr std::size_t attackers = 10;
  auto config = wire_attack::config();
  config.max_unfinished_bytes = 4 * mib;
  wire_attack f{config};
  honest_node honest{f};
  mute_peers peers;
  connect(peers, f, attackers);
  bytes begun;
  append_varint(begun, mib);
  begun.resize(500 * kib);
  for (auto& one : peers) {
    one->wire.send_raw(one->out, begun);
    const auto soon = std::chrono::steady_clock::now() + 20ms;
    one->wire.until([&] {
      return one->wire.flushed(one->out)
             || std::chrono::steady_clock::now() > soon;
    });
  }
  honest.exchange(honest.node, std::string(900 * kib, 'y'));
  f.net.stop(honest.node);
  f.stop();
}

TEST_CASE("attack: RPCs that are never finished cost no more than finished "
          "ones") {
  constexpr std::size_t peers = 20;
  const auto run = [](std::size_t sent) {
    auto config = wire_attack::config();
    config.rpc_timeout = 300ms;
    wire_attack f{config};
    mute_peers all;
    connect(all, f, peers);
    // A large message of a topic that nobody has.
    const auto msg = plain_message(std::string(900 * kib, 'x'), "nobody's");
    const auto part = bytes_view{msg->frame()};
    for (auto& one : all) {
      one->wire.send_raw(one->out, part.first(part.size() - 1 + sent));
      flush(*one);
      // Answered when all of that was read.
      one->wire.ping();
    }
    // Given up, or nothing is left to wait for.
    if (sent == 0)
      for (auto& one : all)
        one->wire.until([&] { return one->wire.was_reset(one->out); });
    await(f,
          [](const node_snapshot& now) { return now.unfinished_bytes == 0; });
    f.stop();
  };
  const auto cost = compare_cost(
      "20 RPCs of 900 KiB, never finished", [&] { run(0); }, [&] { run(1); });
  CHECK(cost.factor() <= 3);
}
