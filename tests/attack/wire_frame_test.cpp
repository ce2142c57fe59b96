#include "tests/attack/raw_connection.hpp"
#include "tests/attack/wire_attack.hpp"

// Malformed and oversize input at every level ends that stream or connection,
// and nothing else.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;
using libp2p::yamux_flag;
using libp2p::yamux_header;
using libp2p::yamux_type;

namespace {

constexpr std::size_t max_rpc = std::size_t{64} * 1024;

node_config small_rpc_config() {
  auto result = wire_attack::config();
  result.max_rpc_size = max_rpc;
  return result;
}

// Two honest peers, whose messages go on whatever others do.
struct frame_fixture : wire_attack {
  frame_fixture()
      : wire_attack{small_rpc_config()}, sender{join(20)}, reader{join(21)} {}

  raw_connection raw() { return raw_connection{node.addresses.at(0)}; }

  void check_undisturbed() {
    const auto text = "undisturbed " + std::to_string(++number);
    sender.send(plain_message(text));
    CHECK(next_text() == text);
    until([&] { return reader.heard().copies_of(text) == 1; });
    const auto found = inspect();
    CHECK(found.peers.size() >= 2);
    CHECK(score(sender).score > 0);
    CHECK(score(reader).score >= 0);
  }

  attacker& sender;
  attacker& reader;
  int number = 0;
};

bytes frame_of_size(std::size_t size) {
  bytes result;
  append_varint(result, size);
  result.resize(result.size() + size, 0x12);
  return result;
}

} // namespace

TEST_CASE("attack: RPCs that are none end their stream") {
  frame_fixture f;
  auto& peer = f.join(9);
  const std::vector<bytes> bad{
      // Larger than the limit, announced alone or sent in full.
      bytes{0x81, 0x80, 0x04},
      frame_of_size(max_rpc + 1),
      bytes(10, 0xff),
      // A length that is not the shortest, one that never ends.
      bytes{0x80, 0x00},
      bytes(64, 0x80),
      // A message that is longer than its RPC.
      bytes{3, 0x12, 0x7f, 0x00},
      // Wire types that the schema does not have; a group.
      bytes{2, 0x10, 0x01},
      bytes{2, 0x0b, 0x0c},
      // Garbage of the largest size.
      frame_of_size(max_rpc),
  };
  // Connections are given up by a peer that closes five streams of ours, not
  // for those of theirs.
  for (std::size_t i = 0; i < bad.size(); ++i) {
    INFO("case " << i);
    peer.wire.send_raw(peer.out, bad[i]);
    f.until([&] { return peer.wire.was_reset(peer.out); });
    REQUIRE_FALSE(peer.wire.ended());
    peer.out = peer.wire.open("/meshsub/1.2.0");
    f.check_undisturbed();
  }
  peer.send(plain_message("and fine at last"));
  CHECK(f.next_text() == "and fine at last");
  f.stop();
}

TEST_CASE("attack: RPCs with more entries than can be meant end their stream") {
  const auto rpc = GENERATE(bytes(20'000, 0x0a), bytes(20'000, 0x12));
  frame_fixture f;
  auto& peer = f.join(9);
  // Fields 1 or 2, all of them empty.
  bytes entries;
  for (const auto tag : rpc) {
    entries.push_back(tag);
    entries.push_back(0);
  }
  peer.send(entries);
  f.until([&] { return peer.wire.was_reset(peer.out); });
  CHECK_FALSE(peer.wire.ended());
  f.check_undisturbed();
  f.stop();
}

TEST_CASE("attack: empty frames and empty RPC fields are nothing") {
  frame_fixture f;
  auto& peer = f.join(9);
  peer.wire.send_raw(peer.out, bytes(100'000, 0x00));
  // An empty control, an empty message, an empty subscription.
  for (int i = 0; i < 1000; ++i)
    peer.send(bytes{0x1a, 0x00, 0x12, 0x00, 0x0a, 0x00});
  peer.send(plain_message("behind them"));
  CHECK(f.next_text() == "behind them");
  CHECK(f.score(peer).score >= 0);
  f.stop();
}

TEST_CASE("attack: what is not the protocol ends the connection") {
  frame_fixture f;
  SECTION("noise instead of multistream") {
    auto raw = f.raw();
    raw.write(bytes(4096, 0xee));
    CHECK(raw.closed());
  }
  SECTION("a multistream message without end") {
    auto raw = f.raw();
    raw.write(bytes(100'000, 0xff));
    CHECK(raw.closed());
  }
  SECTION("proposals without end") {
    auto raw = f.raw();
    bytes proposals;
    const std::string header = "/multistream/1.0.0\n";
    const std::string unknown = "/unknown\n";
    for (const auto* text : {&header, &unknown}) {
      proposals.push_back(static_cast<std::uint8_t>(text->size()));
      append(proposals, as_bytes(*text));
    }
    for (int i = 0; i < 1000; ++i) {
      proposals.push_back(static_cast<std::uint8_t>(unknown.size()));
      append(proposals, as_bytes(unknown));
    }
    raw.write(proposals);
    CHECK(raw.closed());
  }
  SECTION("a Noise record that is not authentic") {
    auto raw = f.raw();
    raw.shake_hands();
    bytes record{0x00, 0x40};
    record.resize(2 + 0x40, 0x5a);
    raw.write(record);
    CHECK(raw.closed());
  }
  SECTION("a yamux frame of another version") {
    auto raw = f.raw();
    raw.shake_hands();
    raw.say(bytes(12, 0x07));
    CHECK(raw.closed());
  }
  SECTION("a yamux frame of an unknown type") {
    auto raw = f.raw();
    raw.shake_hands();
    bytes header(12, 0x00);
    header[1] = 9;
    raw.say(header);
    CHECK(raw.closed());
  }
  SECTION("more data than the window allows") {
    auto raw = f.raw();
    raw.shake_hands();
    raw.frame({yamux_type::data, yamux_flag::syn, 1, 0xffff'ffff});
    CHECK(raw.closed());
  }
  f.check_undisturbed();
  f.stop();
}

TEST_CASE("attack: a stream whose negotiation is none is reset alone") {
  frame_fixture f;
  auto raw = f.raw();
  raw.shake_hands();
  raw.frame({yamux_type::data, yamux_flag::syn, 1, 64}, bytes(64, 0xff));
  CHECK(raw.was_reset(1));
  raw.frame({yamux_type::data, yamux_flag::syn, 3, 4},
            bytes{3, 'a', 'b', '\n'});
  CHECK(raw.was_reset(3));
  f.check_undisturbed();
  f.stop();
}

TEST_CASE("attack: streams without end are reset, the connection lives") {
  frame_fixture f;
  auto raw = f.raw();
  raw.shake_hands();
  // 32 negotiations may be under way.
  for (std::uint32_t i = 0; i < 100; ++i)
    raw.frame({yamux_type::window_update, yamux_flag::syn, 2 * i + 1, 0});
  CHECK(raw.was_reset(199));
  f.check_undisturbed();
  f.stop();
}

TEST_CASE("attack: extensions announced again cost score") {
  wire_attack f;
  auto& peer = f.connect(9, "/meshsub/1.3.0");
  proto::control ctrl;
  ctrl.ext = proto::extensions{.partial_messages = true};
  peer.say(ctrl);
  f.settle(peer);
  CHECK(f.score(peer).behaviour == 0);
  peer.say(ctrl);
  f.settle(peer);
  const auto score = f.score(peer).behaviour;
  INFO("score " << score);
  // (10 - 2)^2 * -2.
  CHECK(score < -100);
  f.stop();
}

TEST_CASE("attack: unknown fields are tolerated at every level") {
  wire_attack f;
  auto& peer = f.connect(9, "/meshsub/1.3.0");
  const auto unknown = field(5000, bytes(100, 0xff));
  auto rpc = unknown;
  // In the control, in an extension nobody knows, in a message.
  append(rpc, field(3, unknown));
  append(rpc, field(3, field(6, unknown)));
  append(rpc, field(6492435, bytes{}));
  auto msg = to_bytes(plain_message("tolerated")->encoded());
  append(msg, unknown);
  append(rpc, field(2, msg));
  peer.send(rpc);
  CHECK(f.next_text() == "tolerated");
  f.settle(peer);
  CHECK(f.score(peer).score >= 0);
  CHECK_FALSE(peer.wire.was_reset(peer.out));
  f.stop();
}
