#pragma once

#include "libp2p/identity/keys.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <array>

namespace grapevine::libp2p::detail {

// PublicKey and PrivateKey of proto/identity.proto have the same two fields.
// They are read and written by hand: peer ids need one exact encoding, the hot
// path needs it without allocations, and a private key must not stay behind in
// a message object that nobody wipes.

/// The fields of a key's protobuf; `data` points into what was parsed.
struct key_fields {
  key_type type;
  bytes_view data;
};

/// Reads a PublicKey or PrivateKey protobuf. As other implementations do, takes
/// fields in any order (the last one counts), unknown fields and long varints;
/// both fields must be there.
expected<key_fields, key_error> parse_key_fields(bytes_view encoded);

/// Appends the deterministic encoding (libp2p/specs, peer-ids/, Keys).
void append_key_fields(bytes& out, key_type type, bytes_view data);

/// What the deterministic encoding of an Ed25519 public key begins with; its 32
/// bytes follow.
inline constexpr std::array<std::uint8_t, 4> ed25519_public_header{0x08, 0x01,
                                                                   0x12, 0x20};

} // namespace grapevine::libp2p::detail
