#include "actors/rpc_inbox.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/messages.hpp"
#include "tests/support/node_network.hpp"

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

  node_config config = node_network::config(1);
  gossip::byte_budget unfinished{1024 * 1024};
  rpc_inbox inbox{config, numbered_peer(2), &unfinished};
  gossip::extension_state extensions{{}};
  gossip::gossip_budget budget{{}, start};
};

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
