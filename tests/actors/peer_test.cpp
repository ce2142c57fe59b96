#include "tests/support/node_network.hpp"
#include "tests/support/wire_peer.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

std::string text_of(const message_delivered& msg) {
  return to_string(msg.msg->data());
}

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

  static bytes message(std::string_view text) {
    const auto msg =
        gossip::build_message({"t", as_bytes(text), std::nullopt, std::nullopt},
                              nullptr, gossip::default_message_id);
    return msg->frame();
  }

  // Into the node's mesh of "t".
  void join() {
    hello();
    const auto stream = peer.open();
    proto::control graft;
    graft.grafts = {"t"};
    peer.say(stream, {{.topic = "t"}}, graft);
    peer.until([&] { return peer.session().buffered(stream) == 0; });
    net.await(node, "t", 1);
  }

  // Waits until the node has opened its `count`th stream and said hello on it.
  libp2p::stream_id hello(std::size_t count = 1) {
    peer.until([&] {
      return peer.opened_by_node().size() >= count
             && !peer.heard(peer.opened_by_node()[count - 1]).empty();
    });
    return peer.opened_by_node()[count - 1];
  }

  node_network net;
  node_network::running_node node;
  wire_peer peer;
};

} // namespace

TEST_CASE("peer: a hello with all subscriptions is the first on each stream") {
  wire_fixture f;
  const auto first = f.hello();
  CHECK(f.peer.heard(first).at(0).topic == "t");
  f.peer.session().reset_stream(first);
  const auto second = f.hello(2);
  CHECK(f.peer.heard(second).at(0).topic == "t");
  f.net.stop(f.node);
}

TEST_CASE("peer: one that closes our stream again and again is disconnected") {
  wire_fixture f;
  f.net.watch(f.node);
  for (std::size_t i = 1; i <= 5; ++i)
    f.peer.session().reset_stream(f.hello(i));
  f.peer.until([&] { return f.peer.ended(); });
  CHECK(f.net.next_event(node_event::kind::disconnected).peer == f.peer.id());
  f.net.stop(f.node);
}

TEST_CASE("peer: an older inbound stream is read until it ends") {
  wire_fixture f;
  const auto older = f.peer.open();
  const auto newer = f.peer.open();
  const auto send = [&](libp2p::stream_id stream, std::string_view text) {
    f.peer.send_raw(stream, wire_fixture::message(text));
    f.peer.until([&] { return f.peer.session().buffered(stream) == 0; });
    CHECK(text_of(f.net.next_message()) == text);
  };
  send(newer, "on the newer");
  send(older, "on the older");
  f.peer.session().close_stream(older);
  send(newer, "on the only one");
  CHECK_FALSE(f.peer.was_reset(older));
  f.net.stop(f.node);
}

TEST_CASE("peer: what arrives on our own stream is not read") {
  wire_fixture f;
  const auto ours = f.hello();
  f.peer.send_raw(ours, wire_fixture::message("on the wrong stream"));
  f.peer.until([&] { return f.peer.session().buffered(ours) == 0; });
  const auto theirs = f.peer.open();
  f.peer.send_raw(theirs, wire_fixture::message("on the right one"));
  f.peer.until([&] { return f.peer.session().buffered(theirs) == 0; });
  CHECK(text_of(f.net.next_message()) == "on the right one");
  f.net.stop(f.node);
}

TEST_CASE("peer: what is no RPC ends its stream, not the connection") {
  const auto bad = GENERATE(as<bytes>{},
                            // A field that is longer than the RPC.
                            bytes{3, 0x12, 0x7f, 0x00},
                            // A length above the limit of 64 KiB.
                            bytes{0xff, 0xff, 0x7f},
                            // A length that is no varint.
                            bytes{0x80, 0x00});
  wire_fixture f;
  const auto stream = f.peer.open();
  f.peer.send_raw(stream, bad);
  f.peer.until([&] { return f.peer.was_reset(stream); });
  CHECK_FALSE(f.peer.ended());
  const auto again = f.peer.open();
  f.peer.send_raw(again, wire_fixture::message("fine"));
  f.peer.until([&] { return f.peer.session().buffered(again) == 0; });
  CHECK(text_of(f.net.next_message()) == "fine");
  f.net.stop(f.node);
}

TEST_CASE("peer: a reader that stands still gets no more than its queue, and "
          "slows nobody") {
  wire_fixture f;
  f.join();
  auto config = wire_fixture::config();
  config.identity =
      libp2p::private_key::ed25519_from_seed(std::array<std::uint8_t, 32>{7});
  const auto reader = f.net.start(config);
  tell(f.net.self().ptr(), reader.actor, subscribe_topic{"t", f.net.inbox()});
  f.net.connect(reader, f.node);
  f.net.await(f.node, "t", 2);
  // The wire peer reads nothing from here on. 40 MB are more than all buffers
  // between it and the node hold.
  const std::string text(40'000, 'x');
  for (int i = 0; i < 1000; ++i) {
    f.net.publish(f.node, "t", std::to_string(i) + text);
    // Once here, once at the other node.
    f.net.next_message();
    f.net.next_message();
  }
  f.net.stop(reader);
  f.net.stop(f.node);
}

TEST_CASE("peer: as many messages wait for a slow reader as is configured") {
  constexpr int all = 40;
  const auto most = GENERATE(4, 40);
  auto config = wire_fixture::config();
  config.send_queue_messages = static_cast<std::size_t>(most);
  wire_fixture f{config};
  f.join();
  // It reads nothing meanwhile: its window takes a few of these.
  const std::string text(40'000, 'x');
  for (int i = 0; i < all; ++i) {
    f.net.publish(f.node, "t", std::to_string(i) + text);
    f.net.next_message();
  }
  // What finds room again comes after all that waited.
  const auto& heard = f.peer.heard().messages;
  for (int i = 0; heard.empty() || heard.back().size() > 40'000; ++i) {
    f.net.publish(f.node, "t", "last " + std::to_string(i));
    const auto soon = std::chrono::steady_clock::now() + 50ms;
    f.peer.until([&] { return std::chrono::steady_clock::now() > soon; });
  }
  const auto large = std::ranges::count_if(
      heard, [](const auto& one) { return one.size() > 40'000; });
  CHECK(large >= most);
  CHECK((large == all) == (most == all));
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

TEST_CASE("peer: one that reads nothing for long is disconnected, though its "
          "socket takes what little is sent") {
  auto config = wire_fixture::config();
  config.session.write_timeout = 300ms;
  wire_fixture f{config};
  f.net.watch(f.node);
  f.join();
  // Its window takes a few of these.
  const std::string text(40'000, 'x');
  for (int i = 0; i < 20; ++i)
    f.net.publish(f.node, "t", std::to_string(i) + text);
  CHECK(f.net.next_event(node_event::kind::disconnected).peer == f.peer.id());
  CHECK(f.net.get<node_snapshot>(f.node.actor, inspect_node{}).queued_bytes
        == 0);
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
