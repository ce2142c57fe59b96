#pragma once

#include "proto/bytes.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace grapevine::test {

/// The value of one hexadecimal digit in either case.
inline unsigned hex_digit(char letter) {
  if (letter >= '0' && letter <= '9')
    return static_cast<unsigned>(letter - '0');
  if (letter >= 'a' && letter <= 'f')
    return static_cast<unsigned>(letter - 'a') + 10;
  if (letter >= 'A' && letter <= 'F')
    return static_cast<unsigned>(letter - 'A') + 10;
  throw std::invalid_argument{"not a hexadecimal digit"};
}

/// The bytes of a hexadecimal text without separators.
inline bytes from_hex(std::string_view text) {
  bytes out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(hex_digit(text[i]) * 16
                                            + hex_digit(text[i + 1])));
  if (text.size() % 2 != 0)
    throw std::invalid_argument{"an odd number of hexadecimal digits"};
  return out;
}

/// `data` in lower-case hexadecimal.
inline std::string to_hex(bytes_view data) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const auto byte : data) {
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 0xfu]);
  }
  return out;
}

} // namespace grapevine::test
