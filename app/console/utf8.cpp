#include "app/console/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace grapevine::app {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

// Most texts are ASCII, of which eight are looked at together.
std::size_t ascii_words(std::string_view text) {
  std::size_t size = 0;
  for (std::uint64_t word = 0; size + sizeof(word) <= text.size();
       size += sizeof(word)) {
    std::memcpy(&word, text.data() + size, sizeof(word));
    if ((word & 0x8080'8080'8080'8080) != 0)
      break;
  }
  return size;
}

} // namespace

std::optional<character> first_character(std::string_view text) {
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

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    text.remove_prefix(ascii_words(text));
    // Behind a word that is not all ASCII, the next ones seldom are.
    for (int i = 0; i < 8 && !text.empty(); ++i) {
      const auto next = first_character(text);
      if (!next)
        return false;
      text.remove_prefix(next->size);
    }
  }
  return true;
}

} // namespace grapevine::app
