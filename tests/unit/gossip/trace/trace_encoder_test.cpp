#include "gossip/trace/trace_encoder.hpp"
#include "proto/trace.pb.h"
#include "proto/varint.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using nlohmann::json;
using type = pb::TraceEvent;

const trace_event::wall_time noon{1'700'000'000'123'456'789ns};

const libp2p::peer_id self = sender(1);
const libp2p::peer_id other = sender(2);

std::string raw(const libp2p::peer_id& id) {
  return to_string(id.view());
}

std::string encoded(trace::event what, trace_format format) {
  std::string out;
  trace_encoder{self, format}.append({noon, std::move(what)}, out);
  return out;
}

/// The event as protobuf's own code reads it back.
pb::TraceEvent as_protobuf(trace::event what) {
  const auto out = encoded(std::move(what), trace_format::protobuf);
  const auto length = read_varint(as_bytes(out));
  REQUIRE(length.value == out.size() - length.size);
  pb::TraceEvent result;
  REQUIRE(result.ParseFromString(out.substr(length.size)));
  CHECK(result.peerid() == raw(self));
  CHECK(result.timestamp() == noon.time_since_epoch().count());
  return result;
}

json as_json(trace::event what) {
  const auto out = encoded(std::move(what), trace_format::json);
  REQUIRE(out.ends_with('\n'));
  REQUIRE(out.find('\n') == out.size() - 1);
  return json::parse(out);
}

/// With something of everything.
trace::rpc_meta full_meta() {
  trace::rpc_meta meta;
  meta.messages = {{"m1", "t1"}, {"m2", "t2"}};
  meta.subscriptions = {{"t1", true}, {"t2", false}};
  meta.control.ihaves = {{"t1", {"h1", "h2"}}};
  meta.control.iwant = {"w1", "w2"};
  meta.control.grafts = {"t3"};
  meta.control.prunes = {{"t4", {{"px", "record"}}, 60s}};
  meta.control.idontwant = {"d1"};
  return meta;
}

void check_full(const pb::TraceEvent::RPCMeta& meta) {
  REQUIRE(meta.messages_size() == 2);
  CHECK(meta.messages(1).messageid() == "m2");
  CHECK(meta.messages(1).topic() == "t2");
  REQUIRE(meta.subscription_size() == 2);
  CHECK(meta.subscription(0).subscribe());
  CHECK_FALSE(meta.subscription(1).subscribe());
  CHECK(meta.subscription(1).topic() == "t2");
  const auto& ctrl = meta.control();
  REQUIRE(ctrl.ihave_size() == 1);
  CHECK(ctrl.ihave(0).topic() == "t1");
  REQUIRE(ctrl.ihave(0).messageids_size() == 2);
  CHECK(ctrl.ihave(0).messageids(1) == "h2");
  REQUIRE(ctrl.iwant_size() == 1);
  CHECK(ctrl.iwant(0).messageids(1) == "w2");
  REQUIRE(ctrl.graft_size() == 1);
  CHECK(ctrl.graft(0).topic() == "t3");
  REQUIRE(ctrl.prune_size() == 1);
  CHECK(ctrl.prune(0).topic() == "t4");
  CHECK(ctrl.prune(0).peers(0) == "px");
  REQUIRE(ctrl.idontwant_size() == 1);
  CHECK(ctrl.idontwant(0).messageids(0) == "d1");
}

} // namespace

// -- protobuf -----------------------------------------------------------------

TEST_CASE("trace: protobuf, byte for byte as go writes it",
          "[gossip][trace_encoder]") {
  std::string out;
  trace_encoder encoder{{}, trace_format::protobuf};
  encoder.append({trace_event::wall_time{5ns}, trace::left{"abc"}}, out);
  // Length; type 10; an empty peer; time 5; field 14 with field 2.
  CHECK(to_hex(as_bytes(out))
        == "0d080a12001805720512036162"
           "63");
}

TEST_CASE("trace: protobuf, what happens to messages",
          "[gossip][trace_encoder]") {
  const auto published = as_protobuf(trace::published{message_id{"i"}, "t"});
  CHECK(published.type() == type::PUBLISH_MESSAGE);
  CHECK(published.publishmessage().messageid() == "i");
  CHECK(published.publishmessage().topic() == "t");

  const auto rejected =
      as_protobuf(trace::rejected{message_id{"i"}, other, "why", "t"});
  CHECK(rejected.type() == type::REJECT_MESSAGE);
  CHECK(rejected.rejectmessage().messageid() == "i");
  CHECK(rejected.rejectmessage().receivedfrom() == raw(other));
  CHECK(rejected.rejectmessage().reason() == "why");
  CHECK(rejected.rejectmessage().topic() == "t");

  const auto duplicate =
      as_protobuf(trace::duplicate{message_id{"i"}, other, "t"});
  CHECK(duplicate.type() == type::DUPLICATE_MESSAGE);
  CHECK(duplicate.duplicatemessage().messageid() == "i");
  CHECK(duplicate.duplicatemessage().receivedfrom() == raw(other));
  CHECK(duplicate.duplicatemessage().topic() == "t");

  const auto delivered =
      as_protobuf(trace::delivered{message_id{"i"}, "t", other});
  CHECK(delivered.type() == type::DELIVER_MESSAGE);
  CHECK(delivered.delivermessage().messageid() == "i");
  CHECK(delivered.delivermessage().receivedfrom() == raw(other));
  CHECK(delivered.delivermessage().topic() == "t");
}

TEST_CASE("trace: protobuf, streams and meshes", "[gossip][trace_encoder]") {
  const auto opened = as_protobuf(trace::stream_opened{other, "/p"});
  CHECK(opened.type() == type::ON_NEW_OUTBOUND_STREAM);
  CHECK(opened.onnewoutboundstream().peerid() == raw(other));
  CHECK(opened.onnewoutboundstream().proto() == "/p");

  const auto closed = as_protobuf(trace::stream_closed{other});
  CHECK(closed.type() == type::ON_CLOSED_OUTBOUND_STREAM);
  CHECK(closed.onclosedoutboundstream().peerid() == raw(other));

  const auto joined = as_protobuf(trace::joined{"t"});
  CHECK(joined.type() == type::JOIN);
  CHECK(joined.join().topic() == "t");

  const auto left = as_protobuf(trace::left{"t"});
  CHECK(left.type() == type::LEAVE);
  CHECK(left.leave().topic() == "t");

  const auto grafted = as_protobuf(trace::grafted{other, "t"});
  CHECK(grafted.type() == type::GRAFT);
  CHECK(grafted.graft().peerid() == raw(other));
  CHECK(grafted.graft().topic() == "t");

  const auto pruned = as_protobuf(trace::pruned{other, "t"});
  CHECK(pruned.type() == type::PRUNE);
  CHECK(pruned.prune().peerid() == raw(other));
  CHECK(pruned.prune().topic() == "t");
}

TEST_CASE("trace: protobuf, RPCs with all that they carry",
          "[gossip][trace_encoder]") {
  const auto received = as_protobuf(trace::rpc_received{other, full_meta()});
  CHECK(received.type() == type::RECV_RPC);
  CHECK(received.recvrpc().receivedfrom() == raw(other));
  check_full(received.recvrpc().meta());

  const auto sent = as_protobuf(trace::rpc_sent{other, full_meta()});
  CHECK(sent.type() == type::SEND_RPC);
  CHECK(sent.sendrpc().sendto() == raw(other));
  check_full(sent.sendrpc().meta());

  const auto dropped = as_protobuf(trace::rpc_dropped{other, full_meta()});
  CHECK(dropped.type() == type::DROP_RPC);
  CHECK(dropped.droprpc().sendto() == raw(other));
  check_full(dropped.droprpc().meta());

  // As go: no control where an RPC has none.
  CHECK_FALSE(
      as_protobuf(trace::rpc_sent{other, {}}).sendrpc().meta().has_control());
}

TEST_CASE("trace: an encoder forgets the event before",
          "[gossip][trace_encoder]") {
  std::string out;
  trace_encoder encoder{self, trace_format::protobuf};
  encoder.append({noon, trace::rpc_sent{other, full_meta()}}, out);
  out.clear();
  encoder.append({noon, trace::left{"t"}}, out);
  CHECK(out == encoded(trace::left{"t"}, trace_format::protobuf));
}

// -- JSON ---------------------------------------------------------------------

TEST_CASE("trace: JSON, character for character as go writes it",
          "[gossip][trace_encoder]") {
  std::string out;
  trace_encoder encoder{self, trace_format::json};
  encoder.append({noon, trace::rejected{message_id{"\xff\xfe"}, self,
                                        "validation failed", "topic"}},
                 out);
  const std::string id = "EiABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ==";
  CHECK(out
        == R"({"type":1,"peerID":")" + id
               + R"(","timestamp":1700000000123456789,"rejectMessage":)"
               + R"({"messageID":"//4=","receivedFrom":")" + id
               + R"(","reason":"validation failed","topic":"topic"}})" + "\n");
}

TEST_CASE("trace: JSON, an RPC with all that it carries",
          "[gossip][trace_encoder]") {
  const auto event = as_json(trace::rpc_received{other, full_meta()});
  CHECK(event["type"] == 6);
  CHECK(event["recvRPC"]["meta"] == json::parse(R"({
    "messages": [{"messageID": "bTE=", "topic": "t1"},
                 {"messageID": "bTI=", "topic": "t2"}],
    "subscription": [{"subscribe": true, "topic": "t1"},
                     {"subscribe": false, "topic": "t2"}],
    "control": {
      "ihave": [{"topic": "t1", "messageIDs": ["aDE=", "aDI="]}],
      "iwant": [{"messageIDs": ["dzE=", "dzI="]}],
      "graft": [{"topic": "t3"}],
      "prune": [{"topic": "t4", "peers": ["cHg="]}],
      "idontwant": [{"messageIDs": ["ZDE="]}]}})"));
}

TEST_CASE("trace: JSON stays valid whatever a topic's name is",
          "[gossip][trace_encoder]") {
  const auto event = as_json(trace::joined{"a\xff\"\n\x01"});
  CHECK(event["join"]["topic"] == "a\xef\xbf\xbd\"\n\x01");
}
