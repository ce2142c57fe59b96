#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace grapevine::app {

struct character {
  char32_t code = 0;
  /// In bytes.
  std::size_t size = 0;
};

/// The first character of `text`, which is not empty; nothing if it is no UTF-8
/// (RFC 3629): cut off, longer than need be, a surrogate, or too large.
std::optional<character> first_character(std::string_view text);

bool is_utf8(std::string_view text);

} // namespace grapevine::app
