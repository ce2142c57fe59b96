#pragma once

#include "proto/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace grapevine::libp2p {

/// Longest text that `decode_base58` reads: decoding takes quadratic time.
inline constexpr std::size_t max_base58_size = 256;

/// `data` in Bitcoin's base58 (base58btc): no 0, O, I or l.
std::string encode_base58(bytes_view data);

/// The bytes of a base58btc text; nothing where it has another letter or is
/// longer than `max_base58_size`. The empty text has no bytes.
std::optional<bytes> decode_base58(std::string_view text);

} // namespace grapevine::libp2p
