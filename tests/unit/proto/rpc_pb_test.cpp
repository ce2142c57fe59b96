// The codec against the generated protobuf code, both ways, on random RPCs.

#include "proto/rpc.hpp"
#include "proto/rpc.pb.h"
#include "proto/varint.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>
#include <google/protobuf/stubs/logging.h>

#include <random>
#include <string>

using namespace grapevine;
using namespace grapevine::test;

namespace {

/// Draws RPCs with every field now present and now absent.
class generator {
public:
  explicit generator(unsigned seed) : random_{seed} {}

  std::size_t below(std::size_t bound) { return random_() % bound; }
  bool flip() { return below(2) == 0; }

  std::string text(std::size_t longest = 12) {
    std::string out(below(longest + 1), '\0');
    for (char& c : out)
      c = static_cast<char>(below(128));
    return out;
  }

  pb::Message message() {
    pb::Message msg;
    if (flip())
      msg.set_from(text(40));
    if (flip())
      msg.set_data(text(300));
    if (flip())
      msg.set_seqno(text(8));
    if (flip())
      msg.set_topic(text());
    if (flip())
      msg.set_signature(text(70));
    if (flip())
      msg.set_key(text(40));
    return msg;
  }

  pb::RPC rpc() {
    pb::RPC out;
    for (auto n = below(4); n > 0; --n) {
      auto& change = *out.add_subscriptions();
      if (flip())
        change.set_subscribe(flip());
      if (flip())
        change.set_topicid(text());
      if (flip())
        change.set_requestspartial(flip());
      if (flip())
        change.set_supportssendingpartial(flip());
    }
    for (auto n = below(4); n > 0; --n)
      *out.add_publish() = message();
    if (flip())
      control(*out.mutable_control());
    if (flip())
      partial(*out.mutable_partial());
    if (below(8) == 0)
      out.mutable_testextension();
    return out;
  }

private:
  void control(pb::ControlMessage& ctrl) {
    for (auto n = below(3); n > 0; --n) {
      auto& have = *ctrl.add_ihave();
      if (flip())
        have.set_topicid(text());
      for (auto ids = below(4); ids > 0; --ids)
        have.add_messageids(text());
    }
    for (auto n = below(3); n > 0; --n)
      for (auto& want = *ctrl.add_iwant(); want.messageids_size() < 3;)
        want.add_messageids(text());
    for (auto n = below(3); n > 0; --n)
      ctrl.add_graft()->set_topicid(text());
    for (auto n = below(3); n > 0; --n)
      prune(*ctrl.add_prune());
    for (auto n = below(3); n > 0; --n)
      ctrl.add_idontwant()->add_messageids(text());
    if (flip()) {
      auto& ext = *ctrl.mutable_extensions();
      if (flip())
        ext.set_partialmessages(flip());
      if (flip())
        ext.set_testextension(flip());
    }
  }

  void partial(pb::PartialMessagesExtension& part) {
    if (flip())
      part.set_topicid(text());
    if (flip())
      part.set_groupid(text());
    if (flip())
      part.set_partialmessage(text(300));
    if (flip())
      part.set_partsmetadata(text());
  }

  void prune(pb::ControlPrune& pruned) {
    if (flip())
      pruned.set_topicid(text());
    if (flip())
      pruned.set_backoff(below(100'000));
    for (auto n = below(3); n > 0; --n) {
      auto& peer = *pruned.add_peers();
      if (flip())
        peer.set_peerid(text());
      if (flip())
        peer.set_signedpeerrecord(text());
    }
  }

  std::mt19937 random_;
};

bool same(const std::optional<bytes_view>& field, bool present,
          const std::string& value) {
  return field ? present && as_text(*field) == value : !present;
}

void check_same(const proto::message_view& got, const pb::Message& expected) {
  CHECK(same(got.from, expected.has_from(), expected.from()));
  CHECK(same(got.data, expected.has_data(), expected.data()));
  CHECK(same(got.seqno, expected.has_seqno(), expected.seqno()));
  CHECK(got.has_topic == expected.has_topic());
  CHECK(got.topic == expected.topic());
  CHECK(same(got.signature, expected.has_signature(), expected.signature()));
  CHECK(same(got.key, expected.has_key(), expected.key()));
}

std::vector<std::string> ids_of(const auto& entries) {
  std::vector<std::string> ids;
  for (const auto& entry : entries)
    ids.insert(ids.end(), entry.messageids().begin(), entry.messageids().end());
  return ids;
}

void check_same(const proto::prune& got, const pb::ControlPrune& expected) {
  CHECK(got.topic == expected.topicid());
  CHECK(got.backoff.has_value() == expected.has_backoff());
  if (got.backoff)
    CHECK(static_cast<std::uint64_t>(got.backoff->count())
          == expected.backoff());
  REQUIRE(static_cast<int>(got.peers.size()) == expected.peers_size());
  for (int i = 0; i < expected.peers_size(); ++i) {
    const auto& peer = got.peers[static_cast<std::size_t>(i)];
    CHECK(peer.id == expected.peers(i).peerid());
    CHECK(peer.signed_record == expected.peers(i).signedpeerrecord());
  }
}

void check_same(const proto::control& got, const pb::ControlMessage& expected) {
  REQUIRE(static_cast<int>(got.ihaves.size()) == expected.ihave_size());
  for (int i = 0; i < expected.ihave_size(); ++i) {
    const auto& have = got.ihaves[static_cast<std::size_t>(i)];
    CHECK(have.topic == expected.ihave(i).topicid());
    CHECK(std::equal(have.ids.begin(), have.ids.end(),
                     expected.ihave(i).messageids().begin(),
                     expected.ihave(i).messageids().end()));
  }
  CHECK(got.iwant == ids_of(expected.iwant()));
  CHECK(got.idontwant == ids_of(expected.idontwant()));
  REQUIRE(static_cast<int>(got.grafts.size()) == expected.graft_size());
  for (int i = 0; i < expected.graft_size(); ++i)
    CHECK(got.grafts[static_cast<std::size_t>(i)]
          == expected.graft(i).topicid());
  REQUIRE(static_cast<int>(got.prunes.size()) == expected.prune_size());
  for (int i = 0; i < expected.prune_size(); ++i)
    check_same(got.prunes[static_cast<std::size_t>(i)], expected.prune(i));
  REQUIRE(got.ext.has_value() == expected.has_extensions());
  if (got.ext) {
    CHECK(got.ext->partial_messages == expected.extensions().partialmessages());
    CHECK(got.ext->test_extension == expected.extensions().testextension());
  }
}

void check_same(const proto::partial_view& got,
                const pb::PartialMessagesExtension& expected) {
  CHECK(got.topic == expected.topicid());
  CHECK(as_text(got.group) == expected.groupid());
  CHECK(same(got.parts, expected.has_partialmessage(),
             expected.partialmessage()));
  CHECK(same(got.metadata, expected.has_partsmetadata(),
             expected.partsmetadata()));
}

void check_same(const proto::rpc& got, const pb::RPC& expected) {
  REQUIRE(static_cast<int>(got.subscriptions.size())
          == expected.subscriptions_size());
  for (int i = 0; i < expected.subscriptions_size(); ++i) {
    const auto& change = got.subscriptions[static_cast<std::size_t>(i)];
    const auto& other = expected.subscriptions(i);
    CHECK(change.topic == other.topicid());
    CHECK(change.subscribe == other.subscribe());
    CHECK(change.requests_partial == other.requestspartial());
    CHECK(change.supports_partial == other.supportssendingpartial());
  }
  REQUIRE(static_cast<int>(got.messages.size()) == expected.publish_size());
  for (int i = 0; i < expected.publish_size(); ++i)
    check_same(got.messages[static_cast<std::size_t>(i)], expected.publish(i));
  check_same(got.control, expected.control());
  REQUIRE(got.partial.has_value() == expected.has_partial());
  if (got.partial)
    check_same(*got.partial, expected.partial());
  CHECK(got.test_extension == expected.has_testextension());
}

} // namespace

TEST_CASE("the schemas' names leave an application's own ones alone", "[rpc]") {
  CHECK(pb::RPC::descriptor()->file()->name() == "grapevine/proto/rpc.proto");
}

TEST_CASE("rpc: what protobuf writes is read the same", "[proto][rpc]") {
  generator random{1};
  for (int round = 0; round < 500; ++round) {
    const auto expected = random.rpc();
    const auto encoded = expected.SerializeAsString();
    const auto got = proto::decode_rpc(as_bytes(encoded), {});
    REQUIRE(got);
    check_same(*got, expected);
    for (const auto& msg : got->messages)
      CHECK(msg.canonical);
  }
}

TEST_CASE("rpc: two RPCs one after another merge as in protobuf",
          "[proto][rpc]") {
  generator random{2};
  for (int round = 0; round < 300; ++round) {
    const auto encoded =
        random.rpc().SerializeAsString() + random.rpc().SerializeAsString();
    pb::RPC expected;
    REQUIRE(expected.ParseFromString(encoded));
    const auto got = proto::decode_rpc(as_bytes(encoded), {});
    REQUIRE(got);
    check_same(*got, expected);
  }
}

TEST_CASE("rpc: two messages one after another merge as in protobuf",
          "[proto][rpc]") {
  generator random{3};
  for (int round = 0; round < 300; ++round) {
    const auto encoded = random.message().SerializeAsString()
                         + random.message().SerializeAsString();
    pb::Message expected;
    REQUIRE(expected.ParseFromString(encoded));
    const auto got = proto::decode_message(as_bytes(encoded));
    REQUIRE(got);
    check_same(*got, expected);
    if (got->canonical)
      CHECK(expected.SerializeAsString() == encoded);
  }
}

TEST_CASE("rpc: bytes damaged at random are refused or read as in protobuf",
          "[proto][rpc]") {
  // Topics that are no UTF-8 are not worth a word here.
  const google::protobuf::LogSilencer silence;
  generator random{4};
  std::size_t read = 0;
  for (int round = 0; round < 3000; ++round) {
    auto encoded = random.rpc().SerializeAsString();
    if (encoded.empty())
      continue;
    for (auto n = 1 + random.below(3); n > 0; --n)
      encoded[random.below(encoded.size())] =
          static_cast<char>(random.below(256));
    const auto got = proto::decode_rpc(as_bytes(encoded), {});
    pb::RPC expected;
    // protobuf takes a known field of a wrong wire type for an unknown one, so
    // it reads more than this codec, but never less.
    if (!got)
      continue;
    INFO(to_hex(as_bytes(encoded)));
    REQUIRE(expected.ParseFromString(encoded));
    check_same(*got, expected);
    ++read;
  }
  CHECK(read > 500);
}

TEST_CASE("rpc: what is written protobuf reads the same", "[proto][rpc]") {
  generator random{5};
  for (int round = 0; round < 500; ++round) {
    const auto source = random.rpc().SerializeAsString();
    const auto sent = proto::decode_rpc(as_bytes(source), {}).value();
    std::vector<bytes> frames;
    REQUIRE(
        proto::encode_frames(sent.subscriptions, sent.control, 1 << 20, frames)
        == 0);
    for (const auto& msg : sent.messages) {
      bytes frame;
      proto::append_message_header(frame, proto::encoded_size(msg));
      proto::append_message(frame, msg);
      frames.push_back(frame);
    }
    if (sent.partial)
      frames.push_back(proto::encode_partial(*sent.partial, 1 << 20).value());
    if (sent.test_extension)
      frames.push_back(proto::encode_test_extension());
    std::string joined;
    for (const auto& frame : frames) {
      const auto length = read_varint(frame);
      REQUIRE(length.value == frame.size() - length.size);
      joined += as_text(bytes_view{frame}.subspan(length.size));
    }
    pb::RPC received;
    REQUIRE(received.ParseFromString(joined));
    auto expected = sent;
    // IHAVEs without ids are not sent.
    std::erase_if(expected.control.ihaves,
                  [](const proto::ihave& have) { return have.ids.empty(); });
    check_same(expected, received);
  }
}
