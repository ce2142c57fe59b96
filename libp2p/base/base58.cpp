#include "libp2p/base/base58.hpp"

#include "libp2p/base/radix.hpp"

namespace grapevine::libp2p {

namespace {

constexpr detail::digit_alphabet base58btc{
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", false};

} // namespace

std::string encode_base58(bytes_view data) {
  return detail::encode_radix(base58btc, data);
}

std::optional<bytes> decode_base58(std::string_view text) {
  if (text.size() > max_base58_size)
    return std::nullopt;
  return detail::decode_radix(base58btc, text);
}

} // namespace grapevine::libp2p
