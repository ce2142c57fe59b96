#pragma once

#include "libp2p/identity/openssl_codec.hpp"

namespace grapevine::libp2p::detail {

/// The key of a compressed point of 33 bytes; null if it is not one.
evp_pkey decode_secp256k1_public(bytes_view point);

/// The compressed point; empty on failure.
bytes encode_secp256k1_public(const EVP_PKEY* key);

/// The key of a 32-byte big-endian number; null if it is not within the group's
/// order.
evp_pkey decode_secp256k1_private(bytes_view scalar);

/// The private number in 32 bytes.
std::optional<secret_bytes> encode_secp256k1_private(const EVP_PKEY* key);

/// The same DER signature with the smaller of the two possible `s` (BIP 62);
/// some implementations accept no other.
bytes with_low_s(bytes_view signature);

} // namespace grapevine::libp2p::detail
