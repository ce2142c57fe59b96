#include "tests/bench/broker_protocol.hpp"

#include <charconv>
#include <stdexcept>

namespace grapevine::bench {

namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using kind = broker_packet::kind;

constexpr auto line_end = "\r\n"sv;

[[noreturn]] void refuse(std::string_view what) {
  throw std::runtime_error{"the broker says " + std::string{what}};
}

std::string_view text_of(bytes_view data) {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

/// The number that ends a line: of `MSG SUBJECT SID SIZE`.
std::size_t last_number(std::string_view line) {
  const auto word = line.substr(line.rfind(' ') + 1);
  std::size_t result = 0;
  const auto* end = word.data() + word.size();
  if (std::from_chars(word.data(), end, result).ptr != end || word.empty())
    refuse(line);
  return result;
}

std::optional<broker_packet> next_of_nats(bytes_view in) {
  const auto text = text_of(in);
  const auto end = text.find(line_end);
  if (end == std::string_view::npos)
    return std::nullopt;
  const auto line = text.substr(0, end);
  const auto size = end + line_end.size();
  if (line.starts_with("-ERR"))
    refuse(line);
  if (line == "PONG")
    return broker_packet{kind::ready, {}, size};
  if (line == "PING")
    return broker_packet{kind::ping, {}, size};
  if (!line.starts_with("MSG "))
    return broker_packet{kind::other, {}, size};
  const auto length = last_number(line);
  if (in.size() < size + length + line_end.size())
    return std::nullopt;
  return broker_packet{kind::message, in.subspan(size, length),
                       size + length + line_end.size()};
}

/// MQTT: a length of up to four bytes, seven bits each, the lowest first.
std::string length_of(std::size_t size) {
  std::string result;
  do {
    const auto more = size >= 0x80 ? 0x80 : 0;
    result += static_cast<char>((size & 0x7F) | static_cast<std::size_t>(more));
    size >>= 7;
  } while (size > 0);
  return result;
}

/// MQTT: a text with its length in two bytes.
std::string field(std::string_view text) {
  std::string result;
  result += static_cast<char>(text.size() >> 8);
  result += static_cast<char>(text.size() & 0xFF);
  return result.append(text);
}

std::string mqtt_packet(std::uint8_t type, std::string_view body) {
  return static_cast<char>(type) + length_of(body.size()).append(body);
}

std::string mqtt_hello(std::string_view name,
                       std::optional<std::string_view> topic) {
  // Level 4, a clean session, and no keepalive.
  auto result =
      mqtt_packet(0x10, field("MQTT") + "\x04\x02\x00\x00"s + field(name));
  if (topic)
    result += mqtt_packet(0x82, "\x00\x01"s + field(*topic) + '\0');
  return result + mqtt_packet(0xC0, {});
}

/// The data of a PUBLISH with QoS 0: what follows its topic.
bytes_view mqtt_data(bytes_view body) {
  if (body.size() < 2)
    refuse("a malformed PUBLISH");
  const auto topic = (std::size_t{body[0]} << 8) + body[1];
  if (body.size() < 2 + topic)
    refuse("a malformed PUBLISH");
  return body.subspan(2 + topic);
}

kind mqtt_kind(std::uint8_t type, bytes_view body) {
  switch (type >> 4) {
  case 2: // CONNACK
    if (body.size() != 2 || body[1] != 0)
      refuse("that it takes no connection");
    return kind::other;
  case 9: // SUBACK
    if (body.size() != 3 || body[2] > 2)
      refuse("that it takes no subscription");
    return kind::other;
  case 3:
    return kind::message;
  case 13: // PINGRESP
    return kind::ready;
  default:
    return kind::other;
  }
}

std::optional<broker_packet> next_of_mqtt(bytes_view in) {
  std::size_t length = 0;
  std::size_t at = 1;
  for (unsigned shift = 0;; shift += 7, ++at) {
    if (shift > 21)
      refuse("a malformed length");
    if (at >= in.size())
      return std::nullopt;
    length |= (std::size_t{in[at]} & 0x7F) << shift;
    if ((in[at] & 0x80) == 0)
      break;
  }
  const auto size = at + 1 + length;
  if (in.size() < size)
    return std::nullopt;
  const auto body = in.subspan(at + 1, length);
  const auto what = mqtt_kind(in[0], body);
  return broker_packet{what, what == kind::message ? mqtt_data(body) : body,
                       size};
}

} // namespace

std::string broker_hello(broker_kind broker, std::string_view name,
                         std::optional<std::string_view> topic) {
  if (broker == broker_kind::mosquitto)
    return mqtt_hello(name, topic);
  auto result = R"(CONNECT {"verbose":false,"pedantic":false,"echo":false,)"
                R"("tls_required":true,"name":")"
                + std::string{name} + "\"}\r\n";
  if (topic)
    result += "SUB " + std::string{*topic} + " 1\r\n";
  return result + "PING\r\n";
}

std::string broker_message_head(broker_kind broker, std::string_view topic,
                                std::size_t size) {
  if (broker == broker_kind::nats)
    return "PUB " + std::string{topic} + ' ' + std::to_string(size) + "\r\n";
  return '\x30' + length_of(2 + topic.size() + size) + field(topic);
}

std::string_view broker_message_tail(broker_kind broker) noexcept {
  return broker == broker_kind::nats ? line_end : ""sv;
}

std::string_view broker_pong(broker_kind broker) noexcept {
  return broker == broker_kind::nats ? "PONG\r\n"sv : ""sv;
}

std::optional<broker_packet> next_packet(broker_kind broker, bytes_view in) {
  if (in.empty())
    return std::nullopt;
  return broker == broker_kind::nats ? next_of_nats(in) : next_of_mqtt(in);
}

} // namespace grapevine::bench
