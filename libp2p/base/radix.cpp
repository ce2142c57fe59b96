#include "libp2p/base/radix.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

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

/// A number as digits of 32 bits, the highest first and not 0.
using limbs = std::vector<std::uint32_t>;

/// Of big-endian bytes, the first of which is not 0.
limbs limbs_of(bytes_view data) {
  limbs number((data.size() + 3) / 4);
  for (std::size_t i = 0; i < data.size(); ++i) {
    auto& limb = number[number.size() - 1 - (data.size() - 1 - i) / 4];
    limb = limb << 8 | data[i];
  }
  return number;
}

/// Divides the number by the largest power of `base` that a limb holds. Returns
/// the remainder and the power's exponent.
std::pair<std::uint32_t, unsigned> divide_by_power(limbs& number,
                                                   std::uint32_t base) {
  std::uint32_t power = base;
  unsigned exponent = 1;
  for (; power <= 0xffff'ffff / base; power *= base)
    ++exponent;
  std::uint64_t rest = 0;
  for (auto& limb : number) {
    rest = rest << 32 | limb;
    limb = static_cast<std::uint32_t>(rest / power);
    rest %= power;
  }
  number.erase(number.begin(), std::find_if(number.begin(), number.end(),
                                            [](auto limb) { return limb; }));
  return {static_cast<std::uint32_t>(rest), exponent};
}

} // namespace

std::string encode_radix(const digit_alphabet& alphabet, bytes_view data) {
  const auto zeros = static_cast<std::size_t>(
      std::find_if(data.begin(), data.end(), [](auto byte) { return byte; })
      - data.begin());
  const auto base = static_cast<std::uint32_t>(alphabet.size());
  auto number = limbs_of(data.subspan(zeros));
  std::string text;
  // As many digits at once as a limb holds: peers are logged by such texts.
  while (!number.empty()) {
    auto [rest, left] = divide_by_power(number, base);
    for (; left > 0 && (rest > 0 || !number.empty()); --left, rest /= base)
      text.push_back(alphabet.digit(rest % base));
  }
  text.append(zeros, alphabet.digit(0));
  std::reverse(text.begin(), text.end());
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
