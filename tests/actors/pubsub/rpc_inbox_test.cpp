// What the inbox makes of the RPCs of a stream.
#include "proto/varint.hpp"
#include "tests/support/inbox_fixture.hpp"
#include "tests/support/messages.hpp"
#include "tests/support/recording_sink.hpp"

using namespace grapevine;
using namespace grapevine::test;

namespace {

bytes frame_of(const proto::control& control) {
  std::vector<bytes> frames;
  proto::encode_frames({}, control, 1024 * 1024, frames);
  REQUIRE(frames.size() == 1);
  return frames[0];
}

} // namespace

TEST_CASE("rpc inbox: a message without a topic is left out") {
  inbox_fixture f;
  proto::message_view msg;
  const bytes data{1, 2, 3};
  msg.data = data;
  bytes frame;
  proto::append_message_header(frame, proto::encoded_size(msg));
  proto::append_message(frame, msg);
  const auto without = f.feed(frame);
  REQUIRE(without.size() == 1);
  CHECK(without[0].msgs.empty());
  msg.topic = "t";
  msg.has_topic = true;
  frame.clear();
  proto::append_message_header(frame, proto::encoded_size(msg));
  proto::append_message(frame, msg);
  const auto with = f.feed(frame);
  REQUIRE(with.size() == 1);
  REQUIRE(with[0].msgs.size() == 1);
  CHECK(with[0].msgs[0]->topic() == "t");
}

TEST_CASE("rpc inbox: what comes as messages alone is passed on together") {
  inbox_fixture f;
  std::vector<bytes> joining;
  proto::control graft;
  graft.grafts = {"t"};
  proto::encode_frames({}, graft, 1024, joining);
  bytes data;
  for (const auto* name : {"a", "b"})
    append(data, message_named(name, "t", name)->frame());
  append(data, joining.at(0));
  for (const auto* name : {"c", "d", "e"})
    append(data, message_named(name, "t", name)->frame());
  const auto data_of = [](const inbound_rpc& rpc) {
    std::string all;
    for (const auto& msg : rpc.msgs)
      all += as_text(msg->data());
    return all;
  };
  SECTION("in the order in which it came") {
    const auto rpcs = f.feed(data);
    REQUIRE(rpcs.size() == 3);
    CHECK(data_of(rpcs[0]) == "ab");
    CHECK(rpcs[1].control.grafts.size() == 1);
    CHECK(data_of(rpcs[2]) == "cde");
  }
  SECTION("but one by one if lots are drawn for each RPC") {
    f.config.gater.emplace();
    const auto rpcs = f.feed(data);
    REQUIRE(rpcs.size() == 6);
    CHECK(data_of(rpcs[0]) == "a");
    CHECK(data_of(rpcs[5]) == "e");
  }
}

TEST_CASE("rpc inbox: messages are named by the function of the node") {
  inbox_fixture f;
  f.config.message_ids =
      gossip::message_ids{[](const proto::message_view& msg) {
        return "named after " + to_string(msg.data.value_or(bytes_view{}));
      }};
  const auto sent = message_named("whatever", "t", "its data");
  const auto rpcs = f.feed(sent->frame());
  REQUIRE(rpcs.at(0).msgs.size() == 1);
  CHECK(rpcs[0].msgs[0]->id().raw() == "named after its data");
}

TEST_CASE("rpc inbox: an RPC that the inspector refuses is dropped") {
  inbox_fixture f;
  f.config.inspect_rpc = [](const libp2p::peer_id& from,
                            const proto::rpc& rpc) {
    return from == numbered_peer(2) && rpc.control.grafts.empty();
  };
  proto::control graft;
  graft.grafts.push_back("t");
  CHECK(f.feed(graft).empty());
  proto::control want;
  want.iwant.push_back("id");
  CHECK(f.feed(want).size() == 1);
}

TEST_CASE("rpc inbox: subscriptions are filtered, and an RPC with too many is "
          "dropped") {
  inbox_fixture f;
  f.config.filter = gossip::subscription_filter::from({{"a"}, {}, 2}).value();
  const auto say = [&](const std::vector<proto::subscription>& changes) {
    std::vector<bytes> frames;
    proto::encode_frames(changes, {}, 1024 * 1024, frames);
    return f.feed(frames.at(0));
  };
  const auto two = say({{.topic = "a"}, {.topic = "b"}});
  REQUIRE(two.size() == 1);
  REQUIRE(two[0].subscriptions.size() == 1);
  CHECK(two[0].subscriptions[0].topic == "a");
  CHECK(say({{.topic = "a"}, {.topic = "b"}, {.topic = "c"}}).empty());
}

TEST_CASE("rpc inbox: it is told apart why a stream must be reset") {
  inbox_fixture f;
  // A length above the limit, one that is no varint, a field that is longer
  // than its RPC.
  CHECK(f.refused(bytes{0xff, 0xff, 0xff, 0x7f}) == inbox_error::too_large);
  CHECK(inbox_fixture{}.refused(bytes{0x80, 0x00}) == inbox_error::malformed);
  CHECK(inbox_fixture{}.refused(bytes{3, 0x12, 0x7f, 0x00})
        == inbox_error::malformed);
  // More GRAFTs than can be meant, each without a topic.
  bytes grafts;
  for (std::size_t i = 0; i <= proto::rpc_limits{}.control_entries; ++i)
    append(grafts, bytes{0x1a, 0});
  bytes rpc{0x1a};
  append_varint(rpc, grafts.size());
  append(rpc, grafts);
  bytes frame;
  append_varint(frame, rpc.size());
  append(frame, rpc);
  CHECK(inbox_fixture{}.refused(frame) == inbox_error::too_many_entries);
}

TEST_CASE("rpc inbox: why a stream was reset reads well in a log") {
  CHECK(to_string(inbox_error::too_large) == "an RPC larger than the limit");
  CHECK(to_string(inbox_error::malformed) == "a malformed RPC");
  CHECK(to_string(inbox_error::too_many_entries)
        == "an RPC with too many entries");
}

TEST_CASE("rpc inbox: a partial message outlives the bytes that it came in "
          "(1.3)") {
  inbox_fixture f;
  auto frame = partial_frame(300);
  const auto rpcs = f.feed(frame);
  std::ranges::fill(frame, std::uint8_t{0});
  REQUIRE(rpcs.size() == 1);
  REQUIRE(rpcs[0].partial);
  CHECK(rpcs[0].partial->topic == "t");
  CHECK(to_bytes(rpcs[0].partial->parts.value()) == bytes(300, 7));
  CHECK(f.feed(message_named("a", "t", "a")->frame()).at(0).frame == nullptr);
}

TEST_CASE("rpc inbox: parts of an RPC that others care for are not left with "
          "the mesh") {
  inbox_fixture f;
  proto::control all;
  all.grafts = {"t"};
  all.iwant = {"wanted"};
  all.idontwant = {"unwanted"};
  const auto rpcs = f.feed(all);
  REQUIRE(rpcs.size() == 1);
  CHECK(rpcs[0].iwant == std::vector<std::string>{"wanted"});
  CHECK(rpcs[0].idontwant == std::vector<std::string>{"unwanted"});
  CHECK(rpcs[0].control.grafts == std::vector<std::string>{"t"});
  CHECK(rpcs[0].control.iwant.empty());
  CHECK(rpcs[0].control.idontwant.empty());
  CHECK(rpcs[0].mesh_entries() == 1);
}

TEST_CASE("rpc inbox: whatever is more than messages is passed on by itself, "
          "before and behind messages") {
  inbox_fixture f;
  f.extensions = gossip::extension_state{{true, true}};
  f.extensions.open_outbound(gossip::version::v1_3);
  f.extensions.open_inbound(gossip::version::v1_3, 0);
  const auto msg = to_bytes(bytes_view{message_named("m", "t", "m")->frame()});
  proto::control ext;
  ext.ext = proto::extensions{true, true};
  // The first RPC settles the extensions, whatever it says.
  const bool announces = GENERATE(false, true);
  bytes data;
  if (announces)
    append(data, frame_of(ext));
  std::vector<bytes> others;
  SECTION("subscriptions") {
    proto::encode_frames({{.topic = "t"}}, {}, 1024, others);
  }
  SECTION("control") {
    proto::control graft;
    graft.grafts = {"t"};
    others.push_back(frame_of(graft));
  }
  SECTION("IDONTWANT") {
    proto::control unwanted;
    unwanted.idontwant = {"id"};
    others.push_back(frame_of(unwanted));
  }
  SECTION("a partial message") {
    others.push_back(partial_frame(10));
  }
  SECTION("the test extension's message") {
    if (announces)
      others.push_back(proto::encode_test_extension());
  }
  SECTION("a second announcement") {
    if (announces)
      others.push_back(frame_of(ext));
  }
  append(data, msg);
  append(data, msg);
  for (const auto& other : others)
    append(data, other);
  append(data, msg);
  append(data, msg);
  const auto rpcs = f.feed(data);
  std::vector<std::size_t> sizes;
  for (const auto& rpc : rpcs)
    sizes.push_back(rpc.msgs.size());
  // What settles them is told by itself, too.
  std::vector<std::size_t> expected =
      announces ? std::vector<std::size_t>{0} : std::vector<std::size_t>{1};
  if (others.empty())
    expected.push_back(announces ? 4 : 3);
  else if (announces)
    expected.insert(expected.end(), {2, 0, 2});
  else
    expected.insert(expected.end(), {1, 0, 2});
  CHECK(sizes == expected);
  CHECK(rpcs.at(0).news.settled);
}

TEST_CASE("rpc inbox: the RPCs of one stream say nothing of another one's "
          "extensions (1.3)") {
  inbox_fixture f;
  f.extensions = gossip::extension_state{{true, false}};
  f.extensions.open_outbound(gossip::version::v1_3);
  f.extensions.open_inbound(gossip::version::v1_3, 7);
  proto::control ext;
  ext.ext = proto::extensions{true, false};
  CHECK_FALSE(f.feed(ext).at(0).news.settled);
  f.inbox = rpc_inbox{f.config, numbered_peer(2), nullptr, nullptr, 7};
  CHECK(f.inbox.stream() == 7);
  CHECK(f.feed(ext).at(0).news.settled);
  CHECK(f.feed(ext).at(0).news.misbehaved);
}

TEST_CASE("rpc inbox: an RPC is traced as it came, unless it was refused") {
  inbox_fixture f;
  auto sink = std::make_shared<recording_sink>();
  gossip::trace_batch trace{sink};
  f.inbox = rpc_inbox{f.config, numbered_peer(2), nullptr, &trace};
  f.config.inspect_rpc = [](const libp2p::peer_id&, const proto::rpc& rpc) {
    return rpc.control.grafts.empty();
  };
  proto::control graft;
  graft.grafts = {"t"};
  f.feed(graft);
  bytes data;
  for (const auto* name : {"a", "b"})
    append(data, message_named(name, "t", name)->frame());
  f.feed(data);
  trace.flush();
  const auto received = sink->of<gossip::trace::rpc_received>();
  REQUIRE(received.size() == 2);
  CHECK(received[0].from == numbered_peer(2));
  CHECK(received[0].meta.messages.size() == 1);
}
