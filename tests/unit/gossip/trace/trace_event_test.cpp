#include "gossip/limits.hpp"
#include "gossip/trace/trace_event.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

std::string data_of(const proto::message_view& msg) {
  return to_string(*msg.data);
}

} // namespace

TEST_CASE("trace: what a frame with a message carries",
          "[gossip][trace_event]") {
  const auto msg = message_named("id", "topic", "data");
  const auto meta = trace::meta_of_frame(msg->frame(), message_ids{data_of});
  REQUIRE(meta.messages.size() == 1);
  CHECK(meta.messages[0].id == "data");
  CHECK(meta.messages[0].topic == "topic");
  CHECK(meta.subscriptions.empty());
  CHECK(meta.control.empty());
}

TEST_CASE("trace: what a frame with subscriptions and control carries",
          "[gossip][trace_event]") {
  proto::control ctrl;
  ctrl.grafts = {"graft"};
  ctrl.idontwant = {"unwanted"};
  std::vector<bytes> frames;
  proto::encode_frames({{"topic", false}}, ctrl, limits::rpc_size, frames);
  REQUIRE(frames.size() == 1);
  const auto meta = trace::meta_of_frame(frames[0], message_ids{data_of});
  CHECK(meta.messages.empty());
  REQUIRE(meta.subscriptions.size() == 1);
  CHECK(meta.subscriptions[0].topic == "topic");
  CHECK(meta.control.grafts == ctrl.grafts);
  CHECK(meta.control.idontwant == ctrl.idontwant);
}

TEST_CASE("trace: what is no frame carries nothing", "[gossip][trace_event]") {
  CHECK(trace::meta_of_frame({}, message_ids{data_of}).messages.empty());
  const bytes broken{2, 0x12, 5};
  CHECK(trace::meta_of_frame(broken, message_ids{data_of}).messages.empty());
}

TEST_CASE("trace: what would have been sent", "[gossip][trace_event]") {
  const auto msg = message_named("id", "topic", "data");
  const auto meta = trace::meta_of(*msg);
  REQUIRE(meta.messages.size() == 1);
  CHECK(meta.messages[0].id == "id");
  CHECK(meta.messages[0].topic == "topic");
  proto::control ctrl;
  ctrl.iwant = {"a", "b"};
  CHECK(trace::meta_of(ctrl).control.iwant == ctrl.iwant);
}

TEST_CASE("trace: rejections have go's words", "[gossip][trace_event]") {
  using trace::reason_text;
  CHECK(reason_text(reject_reason::missing_signature) == "missing signature");
  CHECK(reason_text(reject_reason::bad_signature) == "invalid signature");
  CHECK(reason_text(reject_reason::bad_key) == "invalid signature");
  CHECK(reason_text(reject_reason::unexpected_author)
        == "unexpected auth info");
  CHECK(reason_text(reject_reason::unexpected_signature)
        == "unexpected signature");
  CHECK(reason_text(reject_reason::validator) == "validation failed");
  CHECK(reason_text(reject_reason::rejected_before) == "validation failed");
}

TEST_CASE("trace: an event's footprint covers what it holds",
          "[gossip][trace_event]") {
  const std::string big(1000, 'x');
  CHECK(trace::footprint(trace::joined{""}) >= sizeof(trace_event));
  CHECK(trace::footprint(trace::joined{big}) > 1000);
  CHECK(trace::footprint(trace::rejected{message_id{big}, {}, big, big})
        > 3000);
  CHECK(trace::footprint(trace::stream_opened{{}, big}) > 1000);
  trace::rpc_meta meta;
  meta.messages = {{big, big}};
  meta.subscriptions = {{big}};
  meta.control.ihaves = {{big, {big, big}}};
  meta.control.iwant = {big};
  meta.control.grafts = {big};
  meta.control.prunes = {{big, {{big, big}}, {}}};
  meta.control.idontwant = {big};
  CHECK(trace::footprint(trace::rpc_sent{{}, meta}) > 12'000);
}
