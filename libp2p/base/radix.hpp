#pragma once

#include "proto/bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::libp2p::detail {

/// The digits of a positional text encoding, and which value each letter has.
class digit_alphabet {
public:
  /// `digits` in the order of their values; letters of the other case count as
  /// the same digit when `any_case`.
  constexpr explicit digit_alphabet(std::string_view digits, bool any_case)
      : digits_{digits} {
    values_.fill(-1);
    for (std::size_t i = 0; i < digits.size(); ++i) {
      const auto value = static_cast<std::int8_t>(i);
      values_[index(digits[i])] = value;
      if (any_case)
        values_[index(other_case(digits[i]))] = value;
    }
  }

  constexpr std::size_t size() const noexcept { return digits_.size(); }

  constexpr char digit(std::size_t value) const noexcept {
    return digits_[value];
  }

  /// The value of `letter`, or -1.
  constexpr int value(char letter) const noexcept {
    return values_[index(letter)];
  }

private:
  static constexpr std::size_t index(char letter) {
    return static_cast<unsigned char>(letter);
  }

  static constexpr char other_case(char letter) {
    if (letter >= 'a' && letter <= 'z')
      return static_cast<char>(letter - 'a' + 'A');
    if (letter >= 'A' && letter <= 'Z')
      return static_cast<char>(letter - 'A' + 'a');
    return letter;
  }

  std::string_view digits_;
  std::array<std::int8_t, 256> values_{};
};

/// `data` as one big-endian number in the alphabet's base; a leading zero byte
/// becomes a leading zero digit. Takes quadratic time.
std::string encode_radix(const digit_alphabet& alphabet, bytes_view data);

/// The reverse of `encode_radix`; nothing where a letter is no digit. Takes
/// quadratic time: the caller bounds the length.
std::optional<bytes> decode_radix(const digit_alphabet& alphabet,
                                  std::string_view text);

} // namespace grapevine::libp2p::detail
