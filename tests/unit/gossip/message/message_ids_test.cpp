#include "gossip/message/message_ids.hpp"
#include "gossip/message/signing.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

std::string id_in(const message_ids& ids, std::string_view topic) {
  const wire_message wire{message_bytes(topic, "data", sender(1))};
  return std::string{ids.of(wire.view).raw()};
}

std::string default_id(std::string_view topic) {
  const wire_message wire{message_bytes(topic, "data", sender(1))};
  return default_message_id(wire.view);
}

message_id_function always(std::string id) {
  return [id = std::move(id)](const proto::message_view&) { return id; };
}

} // namespace

TEST_CASE("message_ids: author and number by default",
          "[gossip][message_ids]") {
  const message_ids ids;
  CHECK(id_in(ids, "t") == default_id("t"));
}

TEST_CASE("message_ids: the digest of the data without an author",
          "[gossip][message_ids]") {
  const wire_message wire{message_bytes("t", "data")};
  REQUIRE_FALSE(wire.view.from);
  CHECK(message_ids{}.of(wire.view).raw() == default_message_id(wire.view));
  CHECK(message_ids{always("own id")}.of(wire.view).raw() == "own id");
}

TEST_CASE("message_ids: a topic may have its own function",
          "[gossip][message_ids]") {
  const message_ids ids{always("common"),
                        {{"own", always("own id")}, {"empty", nullptr}}};
  CHECK(id_in(ids, "own") == "own id");
  CHECK(id_in(ids, "t") == "common");
  CHECK(id_in(ids, "") == "common");
  CHECK(id_in(ids, "empty") == default_id("empty"));
}

TEST_CASE("message_ids: an empty common function is the default one",
          "[gossip][message_ids]") {
  CHECK(id_in(message_ids{nullptr}, "t") == default_id("t"));
}

TEST_CASE("message_ids: own messages are named by their topic's function",
          "[gossip][message_ids]") {
  const message_ids ids{default_message_id, {{"own", always("own id")}}};
  message_fields fields;
  fields.topic = "own";
  fields.data = as_bytes("data");
  CHECK(build_message(fields, nullptr, ids)->id().raw() == "own id");
}
