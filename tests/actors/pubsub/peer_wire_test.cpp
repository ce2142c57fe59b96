// A peer behind real sockets: one that reads slowly, and handshakes.
#include "tests/support/node_network.hpp"
#include "tests/support/wire_peer.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// A node that does not sign, subscribed to "t", and one peer on the wire.
struct wire_fixture {
  explicit wire_fixture(const node_config& c = config())
      : node{net.start(c)}, peer{9, node.addresses.at(0)} {
    net.subscribe(node, "t");
  }

  static node_config config() {
    auto result = node_network::config(1);
    result.policy = gossip::signing_policy::strict_no_sign;
    result.max_rpc_size = std::size_t{64} * 1024;
    return result;
  }

  // Into the node's mesh of "t".
  void join() {
    // The node has said hello on its stream.
    peer.until([&] {
      return !peer.opened_by_node().empty()
             && !peer.heard(peer.opened_by_node()[0]).empty();
    });
    const auto stream = peer.open();
    proto::control graft;
    graft.grafts = {"t"};
    peer.say(stream, {{.topic = "t"}}, graft);
    peer.until([&] { return peer.session().buffered(stream) == 0; });
    net.await(node, "t", 1);
  }

  node_network net;
  node_network::running_node node;
  wire_peer peer;
};

} // namespace

TEST_CASE("peer: a reader that stands still gets no more than its queue, and "
          "slows nobody") {
  auto small = wire_fixture::config();
  small.send_queue_messages = 4;
  wire_fixture f{small};
  f.join();
  auto config = wire_fixture::config();
  config.identity =
      libp2p::private_key::ed25519_from_seed(std::array<std::uint8_t, 32>{7});
  const auto reader = f.net.start(config);
  tell(f.net.self().ptr(), reader.actor, subscribe_topic{"t", f.net.inbox()});
  f.net.connect(reader, f.node);
  f.net.await(f.node, "t", 2);
  // The wire peer reads nothing from here on.
  constexpr std::size_t all = 40;
  const std::string text(40'000, 'x');
  for (std::size_t i = 0; i < all; ++i) {
    f.net.publish(f.node, "t", std::to_string(i) + text);
    // Once here, once at the other node.
    f.net.next_message();
    f.net.next_message();
  }
  const auto dropped =
      f.net.get<node_snapshot>(f.node.actor, inspect_node{}).dropped;
  CHECK(dropped > 0);
  CHECK(dropped <= all - small.send_queue_messages);
  // What was not dropped it can still have.
  f.peer.until([&] { return f.peer.heard().messages.size() + dropped >= all; });
  f.net.stop(reader);
  f.net.stop(f.node);
}

TEST_CASE("peer: what was dropped while it did not read is told by IHAVE when "
          "it has read the rest, and given when it asks") {
  constexpr std::size_t all = 40;
  auto config = wire_fixture::config();
  config.send_queue_messages = 4;
  // It is not to pass meanwhile.
  config.params.gossip.history_length = 100;
  wire_fixture f{config};
  f.join();
  const std::string text(40'000, 'x');
  for (std::size_t i = 0; i < all; ++i) {
    f.net.publish(f.node, "t", std::to_string(i) + text);
    f.net.next_message();
  }
  const auto& heard = f.peer.heard();
  // In the mesh it is told of nothing else.
  f.peer.until(
      [&] { return heard.messages.size() + heard.ihave.size() == all; });
  CHECK(heard.messages.size() < all);
  const auto told = heard.ihave;
  proto::control want;
  want.iwant = told;
  f.peer.say(f.peer.open(), {}, want);
  f.peer.until([&] { return heard.messages.size() == all; });
  CHECK(f.net.get<node_snapshot>(f.node.actor, inspect_node{}).dropped
        == told.size());
  f.net.stop(f.node);
}

TEST_CASE("peer: a handshake that stands still is given up") {
  node_network net;
  auto config = node_network::config(1);
  config.session.handshake_timeout = 50ms;
  const auto node = net.start(config);
  auto fd = start_connect(endpoint::of(node.addresses.at(0)).value());
  REQUIRE(fd);
  pollfd poll{fd->get(), POLLIN, 0};
  std::array<std::uint8_t, 256> buffer;
  io_result got{io_status::would_block, 0, 0};
  while (got.status == io_status::would_block
         || got.status == io_status::done) {
    REQUIRE(::poll(&poll, 1, 20'000) == 1);
    got = read_some(fd->get(), buffer);
  }
  CHECK(got.status == io_status::end);
  net.stop(node);
}

TEST_CASE("peer: bytes that are no handshake end the connection") {
  node_network net;
  const auto node = net.start(1);
  auto fd = start_connect(endpoint::of(node.addresses.at(0)).value());
  REQUIRE(fd);
  pollfd writable{fd->get(), POLLOUT, 0};
  REQUIRE(::poll(&writable, 1, 20'000) == 1);
  const bytes noise(4096, 0xee);
  REQUIRE(write_some(fd->get(), noise).status == io_status::done);
  pollfd poll{fd->get(), POLLIN, 0};
  std::array<std::uint8_t, 256> buffer;
  io_result got{io_status::would_block, 0, 0};
  while (got.status == io_status::would_block
         || got.status == io_status::done) {
    REQUIRE(::poll(&poll, 1, 20'000) == 1);
    got = read_some(fd->get(), buffer);
  }
  CHECK(got.status != io_status::done);
  net.stop(node);
}
