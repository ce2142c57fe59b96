#pragma once

#include "proto/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace grapevine::libp2p {

/// Text encodings that name themselves by their first letter
/// (multiformats/multibase). The enumerator's value is that letter.
enum class multibase : char {
  base16 = 'f',
  base32 = 'b',
  base36 = 'k',
  base58btc = 'z',
  base64url = 'u',
};

/// Longest text that `decode_multibase` reads.
inline constexpr std::size_t max_multibase_size = 256;

/// `data` in `base`, lower-case where the base has one case, without padding,
/// with the base's letter in front.
std::string encode_multibase(multibase base, bytes_view data);

/// The bytes of a text in one of the bases above, or in the upper-case form of
/// base16, base32 or base36 (`F`, `B`, `K`). Base16, base32 and base36 may mix
/// cases. Nothing where the text is malformed, has padding, bits that belong to
/// no byte, or more letters than `max_multibase_size`.
std::optional<bytes> decode_multibase(std::string_view text);

} // namespace grapevine::libp2p
