#include "tests/bench/broker_protocol.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace grapevine;
using namespace grapevine::bench;
using namespace std::string_literals;
using kind = broker_packet::kind;

namespace {

bytes_view view(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// What a broker sends to its subscribers of what is published to it.
std::string delivered(broker_kind broker, const std::string& data) {
  if (broker == broker_kind::nats)
    return "MSG t 1 " + std::to_string(data.size()) + "\r\n" + data + "\r\n";
  return broker_message_head(broker, "t", data.size()) + data;
}

} // namespace

TEST_CASE("a message is found when it is whole, and not before",
          "[broker_protocol]") {
  for (const auto broker : {broker_kind::nats, broker_kind::mosquitto})
    for (const std::size_t size : {0U, 5U, 126U, 1'024U, 20'000U}) {
      const std::string data(size, '\r');
      const auto one = delivered(broker, data);
      for (std::size_t part = 0; part < one.size(); part += 1 + part / 8)
        REQUIRE_FALSE(next_packet(broker, view(one.substr(0, part))));
      const auto two = one + one;
      const auto packet = next_packet(broker, view(two));
      REQUIRE(packet);
      CHECK(packet->what == kind::message);
      CHECK(packet->size == one.size());
      CHECK(as_text(packet->data) == data);
    }
}

TEST_CASE("a broker answers when all was done", "[broker_protocol]") {
  CHECK(next_packet(broker_kind::nats, view("PONG\r\n"))->what == kind::ready);
  CHECK(next_packet(broker_kind::nats, view("PING\r\n"))->what == kind::ping);
  CHECK(next_packet(broker_kind::nats, view("INFO {}\r\n"))->what
        == kind::other);
  const auto mqtt = broker_kind::mosquitto;
  CHECK(next_packet(mqtt, view("\xD0\x00"s))->what == kind::ready);
  CHECK(next_packet(mqtt, view("\x20\x02\x00\x00"s))->what == kind::other);
  CHECK(next_packet(mqtt, view("\x90\x03\x00\x01\x00"s))->what == kind::other);
}

TEST_CASE("what a broker refuses is an error", "[broker_protocol]") {
  CHECK_THROWS_AS(next_packet(broker_kind::nats, view("-ERR 'no'\r\n")),
                  std::runtime_error);
  CHECK_THROWS_AS(next_packet(broker_kind::nats, view("MSG t 1 x\r\n")),
                  std::runtime_error);
  const auto mqtt = broker_kind::mosquitto;
  CHECK_THROWS_AS(next_packet(mqtt, view("\x20\x02\x00\x05"s)),
                  std::runtime_error);
  CHECK_THROWS_AS(next_packet(mqtt, view("\x90\x03\x00\x01\x80"s)),
                  std::runtime_error);
  CHECK_THROWS_AS(next_packet(mqtt, view("\x30\x01\x00"s)), std::runtime_error);
  CHECK_THROWS_AS(next_packet(mqtt, view("\x30\xFF\xFF\xFF\xFF\x01"s)),
                  std::runtime_error);
}

TEST_CASE("a peer says who it is, what it wants, and asks for an answer",
          "[broker_protocol]") {
  const auto nats = broker_hello(broker_kind::nats, "n", "t");
  CHECK(nats.starts_with("CONNECT {"));
  CHECK(nats.ends_with("\"name\":\"n\"}\r\nSUB t 1\r\nPING\r\n"));
  CHECK(broker_hello(broker_kind::mosquitto, "n", "t")
        == "\x10\x0D\x00\x04MQTT\x04\x02\x00\x00\x00\x01n"
           "\x82\x06\x00\x01\x00\x01t\x00\xC0\x00"s);
  CHECK(broker_hello(broker_kind::mosquitto, "n", std::nullopt)
        == "\x10\x0D\x00\x04MQTT\x04\x02\x00\x00\x00\x01n\xC0\x00"s);
}

TEST_CASE("a message goes out with its length", "[broker_protocol]") {
  CHECK(broker_message_head(broker_kind::nats, "t", 1024) == "PUB t 1024\r\n");
  // 1027 bytes follow: three for the topic.
  CHECK(broker_message_head(broker_kind::mosquitto, "t", 1024)
        == "\x30\x83\x08\x00\x01t"s);
}
