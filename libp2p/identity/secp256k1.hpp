#pragma once

#include "libp2p/identity/library_key.hpp"

namespace grapevine::libp2p::detail {

// Keys in libsecp256k1's hands. Their signatures are DER, over SHA-256: signing
// takes the nonce of RFC 6979 and the smaller of the two possible `s` (BIP 62;
// some implementations accept no other), and either `s` verifies, as in go.

/// The key of a compressed point of 33 bytes; null if it is not one.
library_key::pointer read_secp256k1_public(bytes_view point);

/// The key of a 32-byte big-endian number; null if it is not within the group's
/// order.
library_key::pointer read_secp256k1_private(bytes_view scalar);

/// A new private key. Throws std::runtime_error without random numbers.
library_key::pointer generate_secp256k1();

} // namespace grapevine::libp2p::detail
