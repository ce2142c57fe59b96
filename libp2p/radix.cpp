#include "libp2p/radix.hpp"

#include <algorithm>

namespace grapevine::libp2p::detail {

namespace {

/// Computes `number = number * factor + carry` for a number that is held as
/// little-endian digits of base `base`.
template <class Digits>
void multiply_add(Digits& number, unsigned base, unsigned factor,
                  unsigned carry) {
  for (auto& digit : number) {
    carry += static_cast<unsigned>(digit) * factor;
    digit = static_cast<std::uint8_t>(carry % base);
    carry /= base;
  }
  for (; carry > 0; carry /= base)
    number.push_back(static_cast<std::uint8_t>(carry % base));
}

} // namespace

std::string encode_radix(const digit_alphabet& alphabet, bytes_view data) {
  const auto significant =
      std::find_if(data.begin(), data.end(), [](auto byte) { return byte; });
  const auto base = static_cast<unsigned>(alphabet.size());
  bytes digits;
  for (auto it = significant; it != data.end(); ++it)
    multiply_add(digits, base, 256, *it);
  std::string text(static_cast<std::size_t>(significant - data.begin()),
                   alphabet.digit(0));
  for (auto it = digits.rbegin(); it != digits.rend(); ++it)
    text.push_back(alphabet.digit(*it));
  return text;
}

std::optional<bytes> decode_radix(const digit_alphabet& alphabet,
                                  std::string_view text) {
  const auto zeros =
      std::min(text.find_first_not_of(alphabet.digit(0)), text.size());
  const auto base = static_cast<unsigned>(alphabet.size());
  bytes number;
  for (const char letter : text.substr(zeros)) {
    const int value = alphabet.value(letter);
    if (value < 0)
      return std::nullopt;
    multiply_add(number, 256, base, static_cast<unsigned>(value));
  }
  number.insert(number.end(), zeros, 0);
  std::reverse(number.begin(), number.end());
  return number;
}

} // namespace grapevine::libp2p::detail
