#include "app/console/message_text.hpp"

#include <nlohmann/json.hpp>
#include <sodium.h>

#include <fmt/chrono.h>

namespace grapevine::app {

namespace {

using json = nlohmann::ordered_json;

// A topic, too, comes from strangers.
std::string dumped(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool is_utf8(std::string_view text) {
  try {
    static_cast<void>(json(text).dump());
    return true;
  } catch (const json::type_error&) {
    return false;
  }
}

} // namespace

std::string to_hex(bytes_view data) {
  // The function writes a zero behind the digits.
  std::string text(data.size() * 2 + 1, '\0');
  ::sodium_bin2hex(text.data(), text.size(), data.data(), data.size());
  text.pop_back();
  return text;
}

std::string to_base64(bytes_view data) {
  constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_ENCODED_LEN(data.size(), variant), '\0');
  ::sodium_bin2base64(text.data(), text.size(), data.data(), data.size(),
                      variant);
  text.pop_back();
  return text;
}

std::optional<bytes> from_base64(std::string_view text) {
  bytes data(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  if (::sodium_base642bin(data.data(), data.size(), text.data(), text.size(),
                          nullptr, &size, nullptr,
                          sodium_base64_VARIANT_ORIGINAL)
      != 0)
    return std::nullopt;
  data.resize(size);
  return data;
}

std::string to_rfc3339(std::chrono::system_clock::time_point when) {
  using namespace std::chrono;
  const auto whole = floor<seconds>(when);
  const auto rest = duration_cast<milliseconds>(when - whole);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(system_clock::to_time_t(whole)), rest.count());
}

std::string to_json(const message_delivered& delivered) {
  const auto& msg = *delivered.msg;
  const auto seqno = msg.fields().seqno;
  json line;
  line["topic"] = msg.topic();
  line["from"] = msg.author().empty() ? json{} : json(to_string(msg.author()));
  line["seqno"] = seqno ? json(to_hex(*seqno)) : json{};
  line["id"] = to_hex(as_bytes(msg.id().raw()));
  line["data"] = to_base64(msg.data());
  if (const auto text = as_text(msg.data()); is_utf8(text))
    line["text"] = text;
  line["received"] = to_rfc3339(delivered.received);
  return dumped(line);
}

} // namespace grapevine::app
