#include "app/console/json_text.hpp"

#include "app/console/utf8.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace grapevine::app {

namespace {

constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
constexpr std::uint64_t tops = 0x8080'8080'8080'8080;

bool is_plain(char c) {
  return static_cast<std::uint8_t>(c) >= 0x20 && c != '"' && c != '\\';
}

// Of eight bytes at once. What it takes for one that is not plain stands behind
// one that truly is not.
bool all_plain(std::uint64_t word) {
  const auto zero_in = [](std::uint64_t w) { return (w - ones) & ~w & tops; };
  const auto controls = (word - ones * 0x20) & ~word & tops;
  return (controls | zero_in(word ^ (ones * '"'))
          | zero_in(word ^ (ones * '\\')))
         == 0;
}

std::size_t plain_size(std::string_view text) {
  std::size_t size = 0;
  for (std::uint64_t word = 0; size + sizeof(word) <= text.size();
       size += sizeof(word)) {
    std::memcpy(&word, text.data() + size, sizeof(word));
    if (!all_plain(word))
      break;
  }
  while (size < text.size() && is_plain(text[size]))
    ++size;
  return size;
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto code = static_cast<std::uint8_t>(c);
  switch (c) {
  case '"':
    out += "\\\"";
    return;
  case '\\':
    out += "\\\\";
    return;
  case '\b':
    out += "\\b";
    return;
  case '\f':
    out += "\\f";
    return;
  case '\n':
    out += "\\n";
    return;
  case '\r':
    out += "\\r";
    return;
  case '\t':
    out += "\\t";
    return;
  default:
    out += "\\u00";
    out += digits[code >> 4];
    out += digits[code & 0xf];
  }
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
  if (!is_utf8(text)) {
    using json = nlohmann::json;
    out += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
    return;
  }
  out += '"';
  while (!text.empty()) {
    const auto plain = plain_size(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty())
      break;
    append_escaped(out, text.front());
    text.remove_prefix(1);
  }
  out += '"';
}

} // namespace grapevine::app
