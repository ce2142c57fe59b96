#include "gossip/message/message.hpp"
#include "proto/varint.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

/// Whether `part` lies within `whole`.
bool inside(bytes_view part, bytes_view whole) {
  return part.data() >= whole.data()
         && part.data() + part.size() <= whole.data() + whole.size();
}

} // namespace

TEST_CASE("message: owns what it was copied from", "[gossip][message]") {
  const auto author = sender(7);
  message_ptr msg;
  {
    const wire_message wire{message_bytes("topic", "some data", author)};
    msg = message::copy_of(wire.view, message_id{"id"});
  }
  CHECK(msg->topic() == "topic");
  CHECK(as_text(msg->data()) == "some data");
  CHECK(msg->author() == author);
  CHECK(msg->id().raw() == "id");
  CHECK(msg->fields().seqno->size() == 8);
  CHECK_FALSE(msg->fields().signature);
  CHECK(msg->fields().canonical);
  for (const auto part : {msg->encoded(), *msg->fields().from, msg->data(),
                          *msg->fields().seqno, as_bytes(msg->topic())})
    CHECK(inside(part, msg->frame()));
}

TEST_CASE("message: its frame is an RPC with it alone", "[gossip][message]") {
  const auto msg = message_named("id", "topic", std::string(300, 'x'));
  const auto length = read_varint(msg->frame());
  REQUIRE(length.value == msg->frame().size() - length.size);
  const auto rpc =
      proto::decode_rpc(bytes_view{msg->frame()}.subspan(length.size), {});
  REQUIRE(rpc);
  REQUIRE(rpc->messages.size() == 1);
  CHECK(equal(rpc->messages[0].encoded, msg->encoded()));
}

TEST_CASE("message: the received bytes are kept as they were",
          "[gossip][message]") {
  // Topic before data, and an unknown field.
  const std::string_view unusual = "\x22\x01t\x12\x01"
                                   "d\x3a\x01u";
  const wire_message wire{to_bytes(as_bytes(unusual))};
  const auto msg = message::copy_of(wire.view, message_id{"id"});
  CHECK(as_text(msg->encoded()) == unusual);
  CHECK_FALSE(msg->fields().canonical);
  CHECK(msg->topic() == "t");
}

TEST_CASE("message: one with neither fields nor author", "[gossip][message]") {
  const wire_message wire{{}};
  const auto msg = message::copy_of(wire.view, message_id{"id"});
  CHECK(msg->topic().empty());
  CHECK(msg->data().empty());
  CHECK(msg->author().empty());
  CHECK(msg->encoded().empty());
  CHECK(msg->frame() == bytes{2, 0x12, 0});
}

TEST_CASE("message: an author that is no peer id", "[gossip][message]") {
  proto::message_view fields;
  fields.from = as_bytes("nobody");
  const wire_message wire{encoded_message(fields)};
  CHECK(message::copy_of(wire.view, message_id{"id"})->author().empty());
}

TEST_CASE("message: a shared frame keeps the message alive",
          "[gossip][message]") {
  auto msg = message_named("id");
  const std::weak_ptr<const message> watch = msg;
  auto frame = shared_frame(msg);
  CHECK(frame.get() == &msg->frame());
  msg.reset();
  CHECK_FALSE(watch.expired());
  frame.reset();
  CHECK(watch.expired());
}

TEST_CASE("message: takes a frame over", "[gossip][message]") {
  const auto encoded = message_bytes("t", "data");
  bytes frame;
  proto::append_message_header(frame, encoded.size());
  const auto header = frame.size();
  append(frame, encoded);
  const auto* where = frame.data();
  const auto msg =
      message::from_frame(std::move(frame), header, default_message_id);
  REQUIRE(msg);
  CHECK(msg->frame().data() == where);
  CHECK(msg->topic() == "t");
  CHECK(msg->id().raw() == default_message_id(msg->fields()));
  CHECK_FALSE(message::from_frame({0x0a, 0x05}, 0, default_message_id));
}
