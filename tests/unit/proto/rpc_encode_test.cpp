#include "proto/rpc.hpp"
#include "proto/varint.hpp"

#include <catch2/catch.hpp>

#include <numeric>
#include <string>

using namespace grapevine;
using namespace grapevine::proto;

namespace {

rpc decode_frame(const bytes& frame) {
  const auto length = read_varint(frame);
  REQUIRE(length.size > 0);
  REQUIRE(length.value == frame.size() - length.size);
  return decode_rpc(bytes_view{frame}.subspan(length.size), {}).value();
}

struct result {
  std::vector<rpc> rpcs;
  std::vector<std::size_t> sizes;
  std::size_t dropped = 0;
};

result encode(const std::vector<subscription>& subscriptions,
              const control& ctrl, std::size_t max_size = 1 << 20) {
  std::vector<bytes> frames;
  result r;
  r.dropped = encode_frames(subscriptions, ctrl, max_size, frames);
  for (const auto& frame : frames) {
    CHECK(frame.size() <= std::min(max_size, control_frame_size));
    r.sizes.push_back(frame.size());
    r.rpcs.push_back(decode_frame(frame));
  }
  return r;
}

std::vector<std::string> numbered_ids(std::size_t count, std::size_t size) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < count; ++i) {
    auto id = std::to_string(i);
    id.resize(size, '.');
    ids.push_back(id);
  }
  return ids;
}

} // namespace

TEST_CASE("rpc: nothing to say is no frame", "[proto][rpc]") {
  control ctrl;
  ctrl.ihaves.push_back({"t", {}});
  CHECK(encode({}, ctrl).rpcs.empty());
}

TEST_CASE("rpc: all kinds of control go into one frame", "[proto][rpc]") {
  control ctrl;
  ctrl.ihaves.push_back({"t", {"1", "2"}});
  ctrl.iwant = {"3"};
  ctrl.grafts = {"g", "h"};
  ctrl.prunes.push_back({"p", {{"peer", "record"}, {"other", ""}}, {}});
  ctrl.prunes.back().backoff = std::chrono::seconds{60};
  ctrl.prunes.push_back({"q", {}, {}});
  ctrl.idontwant = {"4"};
  ctrl.ext = extensions{true, true};
  const auto r =
      encode({{"t", true, false, false}, {"u", false, true, true}}, ctrl);
  REQUIRE(r.rpcs.size() == 1);
  CHECK(r.dropped == 0);
  const auto& got = r.rpcs[0];
  REQUIRE(got.subscriptions.size() == 2);
  CHECK(got.subscriptions[0].topic == "t");
  CHECK(got.subscriptions[0].subscribe);
  CHECK_FALSE(got.subscriptions[1].subscribe);
  CHECK(got.subscriptions[1].requests_partial);
  CHECK(got.subscriptions[1].supports_partial);
  CHECK(got.control.ihaves.at(0).topic == "t");
  CHECK(got.control.ihaves.at(0).ids == ctrl.ihaves[0].ids);
  CHECK(got.control.iwant == ctrl.iwant);
  CHECK(got.control.grafts == ctrl.grafts);
  CHECK(got.control.idontwant == ctrl.idontwant);
  REQUIRE(got.control.prunes.size() == 2);
  CHECK(got.control.prunes[0].backoff == std::chrono::seconds{60});
  CHECK(got.control.prunes[0].peers.at(0).signed_record == "record");
  CHECK(got.control.prunes[0].peers.at(1).id == "other");
  CHECK_FALSE(got.control.prunes[1].backoff);
  CHECK(got.control.ext.value().partial_messages);
  CHECK(got.control.ext.value().test_extension);
}

TEST_CASE("rpc: a hello of many topics", "[proto][rpc]") {
  std::vector<subscription> topics;
  for (const auto& name : numbered_ids(1000, 30))
    topics.push_back({name, true, false, false});
  control ctrl;
  ctrl.ext.emplace();
  ctrl.grafts = {topics.back().topic};
  const auto r = encode(topics, ctrl);
  REQUIRE(r.rpcs.size() == 10);
  std::size_t next = 0;
  for (const auto& part : r.rpcs) {
    CHECK(part.subscriptions.size() == subscriptions_per_frame);
    for (const auto& change : part.subscriptions)
      CHECK(change.topic == topics[next++].topic);
  }
  // Extensions are said first and once; the GRAFT after its topic.
  CHECK(r.rpcs.front().control.ext);
  for (std::size_t i = 1; i < r.rpcs.size(); ++i)
    CHECK_FALSE(r.rpcs[i].control.ext);
  CHECK(r.rpcs.back().control.grafts.size() == 1);
}

TEST_CASE("rpc: ids are split over frames, none lost", "[proto][rpc]") {
  const auto ids = numbered_ids(5000, 46);
  control ctrl;
  ctrl.ihaves.push_back({"topic", ids});
  ctrl.iwant = ids;
  ctrl.idontwant = ids;
  const auto max_size = GENERATE(as<std::size_t>{}, 100, 1000, 1 << 20);
  const auto r = encode({}, ctrl, max_size);
  CHECK(r.dropped == 0);
  control got;
  for (const auto& part : r.rpcs) {
    for (const auto& have : part.control.ihaves) {
      CHECK(have.topic == "topic");
      got.ihaves.resize(1);
      got.ihaves[0].ids.insert(got.ihaves[0].ids.end(), have.ids.begin(),
                               have.ids.end());
    }
    got.iwant.insert(got.iwant.end(), part.control.iwant.begin(),
                     part.control.iwant.end());
    got.idontwant.insert(got.idontwant.end(), part.control.idontwant.begin(),
                         part.control.idontwant.end());
  }
  CHECK(got.ihaves.at(0).ids == ids);
  CHECK(got.iwant == ids);
  CHECK(got.idontwant == ids);
  // All frames but the last are as full as they can be; those with IDONTWANT,
  // which come first, have their own bound.
  for (std::size_t i = 0; i + 1 < r.sizes.size(); ++i)
    CHECK((r.sizes[i] + 60 > std::min(max_size, control_frame_size)
           || r.rpcs[i].control.idontwant.size() == idontwant_per_frame));
}

TEST_CASE(
    "rpc: at most ten ids of IDONTWANT are in one frame, others accept no "
    "more",
    "[proto][rpc]") {
  control ctrl;
  ctrl.idontwant = numbered_ids(25, 46);
  const auto r = encode({}, ctrl, 1 << 20);
  REQUIRE(r.rpcs.size() == 3);
  CHECK(r.rpcs[0].control.idontwant.size() == 10);
  CHECK(r.rpcs[1].control.idontwant.size() == 10);
  CHECK(r.rpcs[2].control.idontwant.size() == 5);
}

TEST_CASE("rpc: a frame may be filled to the byte", "[proto][rpc]") {
  // Every size around the one where lengths grow a byte.
  for (std::size_t size = 100; size < 140; ++size) {
    control ctrl;
    ctrl.grafts = {std::string(size, 't')};
    std::vector<bytes> frames;
    CHECK(encode_frames({}, ctrl, 1000, frames) == 0);
    const std::size_t exact = frames.at(0).size();
    frames.clear();
    CHECK(encode_frames({}, ctrl, exact, frames) == 0);
    CHECK(frames.size() == 1);
    frames.clear();
    CHECK(encode_frames({}, ctrl, exact - 1, frames) == 1);
    CHECK(frames.empty());
  }
}

TEST_CASE("rpc: what cannot fit is dropped alone, and counted",
          "[proto][rpc]") {
  const std::string huge(200, 'x');
  control ctrl;
  ctrl.ihaves.push_back({huge, {"1", "2"}});
  ctrl.ihaves.push_back({"t", {"1", huge, "2"}});
  ctrl.iwant = {huge, "3"};
  ctrl.grafts = {huge, "g"};
  ctrl.prunes.push_back({huge, {}, {}});
  const auto r = encode({{huge, true, false, false}}, ctrl, 100);
  CHECK(r.dropped == 7);
  REQUIRE(r.rpcs.size() == 1);
  CHECK(r.rpcs[0].control.grafts == std::vector<std::string>{"g"});
  CHECK(r.rpcs[0].control.ihaves.at(0).ids
        == std::vector<std::string>{"1", "2"});
  CHECK(r.rpcs[0].control.iwant == std::vector<std::string>{"3"});
}

TEST_CASE("rpc: of a large PRUNE the last peers are left out", "[proto][rpc]") {
  control ctrl;
  ctrl.grafts = {"before"};
  ctrl.prunes.push_back({"t", {}, std::chrono::seconds{60}});
  for (int i = 0; i < 16; ++i)
    ctrl.prunes.back().peers.push_back(
        {"peer" + std::to_string(i), std::string(2000, 'r')});
  const auto r = encode({}, ctrl);
  CHECK(r.dropped == 0);
  const auto& p = r.rpcs.back().control.prunes.at(0);
  CHECK(p.peers.size() == 8);
  CHECK(p.peers.back().id == "peer7");
  CHECK(p.backoff == std::chrono::seconds{60});
}

TEST_CASE("rpc: the header of a message's frame", "[proto][rpc]") {
  for (const unsigned size :
       {0u, 1u, 122u, 123u, 124u, 125u, 126u, 127u, 128u, 16000u, 16379u,
        16380u, 16381u, 16384u, 1u << 20}) {
    message_view fields;
    const bytes data(size, 'd');
    fields.data = data;
    bytes frame;
    append_message_header(frame, encoded_size(fields));
    CHECK(frame.size() == message_header_size(encoded_size(fields)));
    append_message(frame, fields);
    const auto r = decode_frame(frame);
    REQUIRE(r.messages.size() == 1);
    CHECK(r.messages[0].data->size() == size);
  }
}

TEST_CASE("rpc: a partial message is a frame of its own", "[proto][rpc]") {
  const std::string parts = "parts";
  const std::string group = "group";
  partial_view partial{"t", as_bytes(group), {}, {}};
  SECTION("with parts") {
    partial.parts = as_bytes(parts);
  }
  SECTION("with metadata") {
    partial.metadata = as_bytes(parts);
  }
  SECTION("with both") {
    partial.parts = partial.metadata = as_bytes(parts);
  }
  SECTION("with empty ones") {
    partial.parts = partial.metadata = bytes_view{};
  }
  SECTION("with neither") {}
  const auto frame = encode_partial(partial, 100).value();
  const auto r = decode_frame(frame);
  REQUIRE(r.partial);
  CHECK(r.partial->topic == "t");
  CHECK(as_text(r.partial->group) == group);
  CHECK(r.partial->parts.has_value() == partial.parts.has_value());
  CHECK(r.partial->metadata.has_value() == partial.metadata.has_value());
  if (partial.parts)
    CHECK(equal(*r.partial->parts, *partial.parts));
  if (partial.metadata)
    CHECK(equal(*r.partial->metadata, *partial.metadata));
  CHECK(r.messages.empty());
  CHECK(r.control.empty());
}

TEST_CASE("rpc: a partial message that does not fit is none", "[proto][rpc]") {
  for (const unsigned size : {0u, 100u, 118u, 119u, 120u, 16'370u, 16'384u}) {
    const bytes parts(size, 'p');
    const partial_view partial{"t", {}, parts, {}};
    const auto frame = encode_partial(partial, 1 << 20).value();
    CHECK(encode_partial(partial, frame.size()));
    CHECK_FALSE(encode_partial(partial, frame.size() - 1));
  }
}

TEST_CASE("rpc: as many parts fit as there is room", "[proto][rpc]") {
  const std::string name(20, 'x');
  for (const std::size_t max : {100u, 127u, 130u, 16'384u, 20'000u, 1u << 20}) {
    partial_view partial{name, as_bytes(name), {}, as_bytes(name)};
    const auto room = room_for_parts(partial, max);
    REQUIRE(room > 0);
    const bytes parts(room, 'p');
    partial.parts = parts;
    CHECK(encode_partial(partial, max).has_value());
    // Little of the frame is left unused.
    CHECK(encode_partial(partial, max).value().size() + 4 > max);
  }
  CHECK(room_for_parts({name, as_bytes(name), {}, {}}, 30) == 0);
}

TEST_CASE("rpc: the test extension's frame", "[proto][rpc]") {
  const auto r = decode_frame(encode_test_extension());
  CHECK(r.test_extension);
  CHECK(r.control.empty());
  CHECK_FALSE(r.partial);
}
