#include "app/console/message_text.hpp"
#include "gossip/message/signing.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace grapevine::app {
namespace {

using nlohmann::json;

message_delivered delivered(std::string_view data, bool sign) {
  const auto key = libp2p::private_key::generate();
  const gossip::message_signer signer{key};
  gossip::message_fields fields{"news", as_bytes(data), {}, {}};
  if (sign)
    fields.seqno = 0x0102;
  const auto when = std::chrono::system_clock::from_time_t(1'700'000'000)
                    + std::chrono::milliseconds{7};
  return {gossip::build_message(fields, sign ? &signer : nullptr,
                                gossip::default_message_id),
          {},
          when};
}

TEST_CASE("message text: base64 and hexadecimal", "[app]") {
  CHECK(to_base64({}).empty());
  CHECK(to_base64(as_bytes("f")) == "Zg==");
  CHECK(to_base64(as_bytes("foobar")) == "Zm9vYmFy");
  CHECK(to_hex({}).empty());
  CHECK(to_hex(as_bytes("\x01\xab")) == "01ab");
}

TEST_CASE("message text: times are in UTC with milliseconds", "[app]") {
  using namespace std::chrono;
  CHECK(to_rfc3339(system_clock::time_point{}) == "1970-01-01T00:00:00.000Z");
  CHECK(to_rfc3339(system_clock::time_point{milliseconds{-1}})
        == "1969-12-31T23:59:59.999Z");
  CHECK(to_rfc3339(delivered("", false).received)
        == "2023-11-14T22:13:20.007Z");
}

TEST_CASE("message text: a signed message as JSON", "[app]") {
  const auto message = delivered("h\xc3\xa9llo\n", true);
  const auto line = to_json(message);
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.starts_with("{\"topic\":\"news\",\"from\":\""));
  const auto read = json::parse(line);
  CHECK(read.at("topic") == "news");
  CHECK(read.at("from") == message.msg->author().to_base58());
  CHECK(read.at("seqno") == "0000000000000102");
  CHECK(read.at("id") == to_hex(as_bytes(message.msg->id().raw())));
  CHECK(read.at("data") == to_base64(message.msg->data()));
  CHECK(read.at("text") == "h\xc3\xa9llo\n");
  CHECK(read.at("received") == "2023-11-14T22:13:20.007Z");
}

TEST_CASE("message text: JSON is as the library writes it", "[app]") {
  for (const auto* data : {"h\xc3\xa9llo \"\\\n", "\xff", ""}) {
    for (const bool sign : {true, false}) {
      const auto line = to_json(delivered(data, sign));
      CHECK(nlohmann::ordered_json::parse(line).dump() == line);
    }
  }
}

TEST_CASE("message text: without author, and not UTF-8", "[app]") {
  const auto read = json::parse(to_json(delivered("\xff\x00"
                                                  "a",
                                                  false)));
  CHECK(read.at("from").is_null());
  CHECK(read.at("seqno").is_null());
  CHECK_FALSE(read.contains("text"));
}

} // namespace
} // namespace grapevine::app
