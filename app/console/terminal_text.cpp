#include "app/console/terminal_text.hpp"

#include "app/console/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fmt/format.h>

namespace grapevine::app {

namespace {

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
    const auto next = first_character(text);
    const auto size = next ? next->size : 1;
    if (!next || next->code < 0x20)
      out += next && next->code == '\t'
                 ? "\t"
                 : fmt::format("\\x{:02x}", static_cast<std::uint8_t>(text[0]));
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
