#include "libp2p/base/multibase.hpp"

#include "libp2p/base/base58.hpp"
#include "libp2p/base/radix.hpp"

#include <stdexcept>

namespace grapevine::libp2p {

namespace {

using detail::digit_alphabet;

constexpr digit_alphabet hexadecimal{"0123456789abcdef", true};
constexpr digit_alphabet rfc4648_base32{"abcdefghijklmnopqrstuvwxyz234567",
                                        true};
constexpr digit_alphabet base36_digits{"0123456789abcdefghijklmnopqrstuvwxyz",
                                       true};
constexpr digit_alphabet rfc4648_url{
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false};

/// RFC 4648: `width` bits per letter, the last letter filled with zeros.
std::string encode_bits(const digit_alphabet& alphabet, unsigned width,
                        bytes_view data) {
  const unsigned mask = (1u << width) - 1;
  std::string text;
  unsigned buffer = 0;
  unsigned held = 0;
  for (const auto byte : data) {
    buffer = (buffer << 8) | byte;
    for (held += 8; held >= width; held -= width)
      text.push_back(alphabet.digit((buffer >> (held - width)) & mask));
  }
  if (held > 0)
    text.push_back(alphabet.digit((buffer << (width - held)) & mask));
  return text;
}

std::optional<bytes> decode_bits(const digit_alphabet& alphabet, unsigned width,
                                 std::string_view text) {
  bytes data;
  unsigned buffer = 0;
  unsigned held = 0;
  for (const char letter : text) {
    const int value = alphabet.value(letter);
    if (value < 0)
      return std::nullopt;
    buffer = (buffer << width) | static_cast<unsigned>(value);
    held += width;
    if (held >= 8) {
      held -= 8;
      data.push_back(static_cast<std::uint8_t>(buffer >> held));
    }
  }
  // What is left over is the filling: less than a letter, and zero. Otherwise
  // one value would have several texts.
  const bool canonical = held < width && (buffer & ((1u << held) - 1)) == 0;
  return canonical ? std::optional{std::move(data)} : std::nullopt;
}

std::string encode_body(multibase base, bytes_view data) {
  switch (base) {
  case multibase::base16:
    return encode_bits(hexadecimal, 4, data);
  case multibase::base32:
    return encode_bits(rfc4648_base32, 5, data);
  case multibase::base36:
    return detail::encode_radix(base36_digits, data);
  case multibase::base58btc:
    return encode_base58(data);
  case multibase::base64url:
    return encode_bits(rfc4648_url, 6, data);
  }
  throw std::invalid_argument{"not a multibase"};
}

} // namespace

std::string encode_multibase(multibase base, bytes_view data) {
  return static_cast<char>(base) + encode_body(base, data);
}

std::optional<bytes> decode_multibase(std::string_view text) {
  if (text.empty() || text.size() > max_multibase_size)
    return std::nullopt;
  const auto body = text.substr(1);
  switch (text.front()) {
  case 'f':
  case 'F':
    return decode_bits(hexadecimal, 4, body);
  case 'b':
  case 'B':
    return decode_bits(rfc4648_base32, 5, body);
  case 'k':
  case 'K':
    return detail::decode_radix(base36_digits, body);
  case 'z':
    return decode_base58(body);
  case 'u':
    return decode_bits(rfc4648_url, 6, body);
  default:
    return std::nullopt;
  }
}

} // namespace grapevine::libp2p
