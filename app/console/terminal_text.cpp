#include "app/console/terminal_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fmt/format.h>
#include <optional>

namespace grapevine::app {

namespace {

struct character {
  char32_t code = 0;
  std::size_t size = 0;
};

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

/// The first character of `text`; nothing if it is no UTF-8 (RFC 3629): cut
/// off, longer than need be, a surrogate, or too large.
std::optional<character> first_of(std::string_view text) {
  const auto lead = byte_at(text, 0);
  if (lead < 0x80)
    return character{lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size)
    return std::nullopt;
  auto code = static_cast<char32_t>(lead & (0x7f >> size));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte_at(text, i) & 0xc0) != 0x80)
      return std::nullopt;
    code = (code << 6) | (byte_at(text, i) & 0x3fU);
  }
  const bool too_long =
      (size == 3 && code < 0x800) || (size == 4 && code < 0x1'0000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (too_long || surrogate || code > 0x10'ffff)
    return std::nullopt;
  return character{code, size};
}

/// Controls, and what Unicode has for the direction of writing and for lines.
bool is_harmful(char32_t code) {
  const auto within = [code](char32_t first, char32_t last) {
    return code >= first && code <= last;
  };
  return (code < 0x20 && code != '\t') || within(0x7f, 0x9f) || code == 0x061c
         || within(0x200e, 0x200f) || within(0x2028, 0x202e)
         || within(0x2066, 0x2069);
}

bool is_plain(char c) {
  return c >= ' ' && c <= '~';
}

} // namespace

std::string for_terminal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    // Most texts are nothing else.
    const auto plain = static_cast<std::size_t>(
        std::ranges::find_if_not(text, is_plain) - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty())
      break;
    const auto next = first_of(text);
    const auto size = next ? next->size : 1;
    if (!next || next->code < 0x20)
      out += next && next->code == '\t'
                 ? "\t"
                 : fmt::format("\\x{:02x}", byte_at(text, 0));
    else if (is_harmful(next->code))
      // As JSON has it: within an object there are no others to be escaped.
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(next->code));
    else
      out += text.substr(0, size);
    text.remove_prefix(size);
  }
  return out;
}

} // namespace grapevine::app
