#include "actors/rpc_inbox.hpp"
#include "proto/varint.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/messages.hpp"
#include "tests/support/node_network.hpp"
#include "tests/support/recording_sink.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

constexpr libp2p::time_point start{1h};

// An inbox with the defaults, and the budget of its peer.
struct inbox_fixture {
  // What becomes of the RPCs in `data`; a test failure if they are malformed.
  std::vector<inbound_rpc> feed(bytes_view data,
                                libp2p::time_point now = start) {
    std::vector<inbound_rpc> rpcs;
    REQUIRE(inbox.feed(data, now, budget, extensions, rpcs));
    return rpcs;
  }

  std::vector<inbound_rpc> feed(const proto::control& control) {
    std::vector<bytes> frames;
    proto::encode_frames({}, control, 1024 * 1024, frames);
    REQUIRE(frames.size() == 1);
    return feed(frames[0]);
  }

  // Why `data` are refused.
  inbox_error refused(bytes_view data) {
    std::vector<inbound_rpc> rpcs;
    return error_of(inbox.feed(data, start, budget, extensions, rpcs));
  }

  node_config config = node_network::config(1);
  gossip::byte_budget unfinished{1024 * 1024};
  rpc_inbox inbox{config, numbered_peer(2), &unfinished};
  gossip::extension_state extensions{{}};
  gossip::gossip_budget budget{{}, start};
};

bytes frame_of(const proto::control& control) {
  std::vector<bytes> frames;
  proto::encode_frames({}, control, 1024 * 1024, frames);
  REQUIRE(frames.size() == 1);
  return frames[0];
}

bytes partial_frame(std::size_t size) {
  const bytes group{1, 2};
  const bytes parts(size, 7);
  return proto::encode_partial({"t", group, bytes_view{parts}, {}}, size + 100)
      .value();
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

TEST_CASE("rpc inbox: IHAVE beyond the budget is left out") {
  inbox_fixture f;
  proto::control have;
  have.ihaves.push_back({"t", {"id"}});
  for (int i = 0; i < 10; ++i)
    CHECK(f.feed(have).at(0).control.ihaves.size() == 1);
  CHECK(f.feed(have).at(0).control.ihaves.empty());
}

TEST_CASE("rpc inbox: IWANT beyond the budget is cut") {
  inbox_fixture f;
  proto::control want;
  want.iwant.assign(1'000, "id");
  std::size_t heeded = 0;
  for (int i = 0; i < 12; ++i)
    heeded += f.feed(want).at(0).iwant.size();
  CHECK(heeded == 10'000);
}

TEST_CASE("rpc inbox: of an IDONTWANT ten ids are kept, of so many RPCs per "
          "heartbeat (1.2)") {
  inbox_fixture f;
  proto::control unwanted;
  unwanted.idontwant.assign(10, "id");
  for (int i = 0; i < 1'000; ++i)
    CHECK(f.feed(unwanted).at(0).idontwant.size() == 10);
  CHECK(f.feed(unwanted).at(0).idontwant.empty());
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

TEST_CASE("rpc inbox: an RPC is owed from its first byte to its last") {
  inbox_fixture f;
  const auto msg = message_named("id", "t", std::string(20'000, 'x'));
  const bytes_view frame{msg->frame()};
  const auto never = libp2p::time_point::max();
  CHECK(f.inbox.owed().due(30s) == never);
  // Of its length alone the first byte.
  f.feed(frame.first(1), start);
  CHECK(f.inbox.owed().due(30s) == start + 30s);
  f.feed(frame.subspan(1, 10'000), start + 5s);
  CHECK(f.inbox.owed().due(30s) == start + 30s);
  SECTION("and what follows it is owed anew") {
    bytes rest = to_bytes(frame.subspan(10'001));
    append(rest, frame.first(100));
    CHECK(f.feed(rest, start + 9s).size() == 1);
    CHECK(f.inbox.owed().due(30s) == start + 39s);
  }
  SECTION("or nothing is") {
    CHECK(f.feed(frame.subspan(10'001), start + 9s).size() == 1);
    CHECK(f.inbox.owed().due(30s) == never);
  }
  SECTION("without the time in which we do not read") {
    f.inbox.excuse(true, start + 6s);
    f.inbox.excuse(false, start + 16s);
    CHECK(f.inbox.owed().due(30s) == start + 40s);
  }
}

TEST_CASE("rpc inbox: what is kept of a large RPC counts until it is whole") {
  inbox_fixture f;
  const auto msg = message_named("id", "t", std::string(200'000, 'x'));
  const bytes_view frame{msg->frame()};
  f.feed(frame.first(1'000));
  f.inbox.settle(start);
  CHECK(f.unfinished.used() == 0);
  f.feed(frame.subspan(1'000, 99'000));
  f.inbox.settle(start);
  // As a whole, so that it can end whatever others begin.
  CHECK(f.unfinished.used() > 200'000);
  CHECK(f.unfinished.used() <= frame.size());
  SECTION("or its stream is gone") {
    f.inbox = rpc_inbox{f.config, numbered_peer(2), &f.unfinished};
  }
  SECTION("then nothing counts") {
    f.feed(frame.subspan(100'000));
    f.inbox.settle(start);
  }
  CHECK(f.unfinished.used() == 0);
}

TEST_CASE("rpc inbox: a large RPC that finds no room waits, small ones do not, "
          "and it has its time from when there is some") {
  inbox_fixture f;
  const auto large = message_named("large", "t", std::string(200'000, 'x'));
  const auto small = message_named("small", "t", std::string(60'000, 'x'));
  const bytes_view frame{large->frame()};
  f.unfinished.add(f.unfinished.max());
  f.feed(bytes_view{small->frame()}.first(50'000));
  f.inbox.settle(start);
  CHECK_FALSE(f.inbox.waits_for_room());
  f.feed(bytes_view{small->frame()}.subspan(50'000));
  f.feed(frame.first(100'000), start + 1s);
  f.inbox.settle(start + 1s);
  CHECK(f.inbox.waits_for_room());
  CHECK(f.inbox.owed().due(1s) == start + 2s);
  f.inbox.settle(start + 3s);
  CHECK(f.inbox.waits_for_room());
  f.unfinished.subtract(f.unfinished.max());
  f.inbox.settle(start + 4s);
  CHECK_FALSE(f.inbox.waits_for_room());
  CHECK(f.inbox.has_room());
  CHECK(f.inbox.owed().due(1s) == start + 5s);
  // It keeps its room, whatever comes.
  f.unfinished.add(f.unfinished.max());
  f.inbox.settle(start + 5s);
  CHECK_FALSE(f.inbox.waits_for_room());
  CHECK(f.feed(frame.subspan(100'000)).size() == 1);
  CHECK_FALSE(f.inbox.has_room());
}

TEST_CASE("rpc inbox: a large RPC keeps its time if it has room at once") {
  inbox_fixture f;
  const auto large = message_named("large", "t", std::string(200'000, 'x'));
  const bytes_view frame{large->frame()};
  // More than half is used, not all.
  f.unfinished.add(f.unfinished.max() * 3 / 4);
  f.feed(frame.first(50'000), start);
  f.inbox.settle(start);
  CHECK_FALSE(f.inbox.has_room());
  f.feed(frame.subspan(50'000, 50'000), start + 1s);
  f.inbox.settle(start + 1s);
  CHECK(f.inbox.has_room());
  CHECK_FALSE(f.inbox.waits_for_room());
  CHECK(f.inbox.owed().due(10s) == start + 10s);
  f.inbox.settle(start + 2s);
  CHECK(f.inbox.owed().due(10s) == start + 10s);
}

TEST_CASE("rpc inbox: without a budget every RPC has room") {
  inbox_fixture f;
  f.inbox = rpc_inbox{f.config, numbered_peer(2), nullptr};
  const auto large = message_named("large", "t", std::string(200'000, 'x'));
  f.feed(bytes_view{large->frame()}.first(100'000));
  f.inbox.settle(start);
  CHECK(f.inbox.has_room());
  CHECK_FALSE(f.inbox.waits_for_room());
}

TEST_CASE("rpc inbox: one that waits for room no longer does when it is whole "
          "all the same") {
  inbox_fixture f;
  const auto large = message_named("large", "t", std::string(200'000, 'x'));
  const bytes_view frame{large->frame()};
  f.unfinished.add(f.unfinished.max());
  f.feed(frame.first(100'000));
  f.inbox.settle(start);
  REQUIRE(f.inbox.waits_for_room());
  // What waits counts as what it is.
  CHECK(f.unfinished.used() < f.unfinished.max() + 110'000);
  CHECK(f.unfinished.used() > f.unfinished.max() + 90'000);
  CHECK(f.feed(frame.subspan(100'000)).size() == 1);
  CHECK_FALSE(f.inbox.waits_for_room());
  f.inbox.settle(start);
  CHECK(f.unfinished.used() == f.unfinished.max());
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

TEST_CASE("rpc inbox: partial messages beyond the budget are left out, by "
          "number and by bytes (1.3)") {
  inbox_fixture f;
  SECTION("by number") {
    const auto frame = partial_frame(10);
    for (int i = 0; i < 1'000; ++i)
      REQUIRE(f.feed(frame).at(0).partial.has_value());
    CHECK_FALSE(f.feed(frame).at(0).partial.has_value());
    // Anew in the next heartbeat.
    std::vector<inbound_rpc> rpcs;
    REQUIRE(f.inbox.feed(frame, start + 1s, f.budget, f.extensions, rpcs));
    CHECK(rpcs.at(0).partial.has_value());
  }
  SECTION("by bytes") {
    const auto frame = partial_frame(1'000'000);
    for (int i = 0; i < 16; ++i)
      REQUIRE(f.feed(frame).at(0).partial.has_value());
    CHECK_FALSE(f.feed(frame).at(0).partial.has_value());
  }
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
