#pragma once

#include "libp2p/base/keyed_hash.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <array>
#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::libp2p {

class public_key;

/// Why a text or bytes are no peer id.
enum class peer_id_error {
  /// Not base58btc, nor a CIDv1 in a known multibase.
  bad_encoding,
  /// A CIDv1 whose codec is not libp2p-key (0x72).
  wrong_codec,
  /// The multihash is truncated, too long, or neither identity nor SHA2-256.
  bad_multihash,
};

std::string to_string(peer_id_error code);

/// Identifies a peer: the multihash of its public key's protobuf. Keys of up to
/// 42 bytes (Ed25519, secp256k1) are inlined as an identity multihash, others
/// hashed with SHA2-256 (libp2p/specs, peer-ids/). A small value without
/// allocations; the default-constructed one is empty and no peer's.
class peer_id {
public:
  /// Two bytes of header and at most 42 of inlined key.
  static constexpr std::size_t max_size = 44;

  peer_id() = default;

  /// The id of the peer that holds `key`.
  static peer_id of(const public_key& key);

  /// From the binary multihash, as `from` carries it in a message.
  static expected<peer_id, peer_id_error> from_bytes(bytes_view multihash);

  /// From text: base58btc (`12D3Koo…`, `Qm…`) or CIDv1 (`bafz…` and other
  /// multibases).
  static expected<peer_id, peer_id_error> from_text(std::string_view text);

  /// The binary multihash.
  bytes_view view() const noexcept { return {data_.data(), size_}; }

  /// The usual text form: base58btc of the multihash.
  std::string to_base58() const;

  /// The CIDv1 text form: base32, codec libp2p-key.
  std::string to_cid() const;

  /// The last characters of the base58 form, for logs.
  std::string short_text() const;

  /// The key, where the id inlines it.
  std::optional<public_key> inlined_key() const;

  bool empty() const noexcept { return size_ == 0; }

  friend bool operator==(const peer_id& a, const peer_id& b) noexcept {
    return as_text(a.view()) == as_text(b.view());
  }

  friend std::strong_ordering operator<=>(const peer_id& a,
                                          const peer_id& b) noexcept {
    return as_text(a.view()) <=> as_text(b.view());
  }

private:
  // Unused bytes stay zero.
  std::array<std::uint8_t, max_size> data_{};
  std::uint8_t size_ = 0;
};

/// The base58 form.
std::string to_string(const peer_id& id);

} // namespace grapevine::libp2p

template <>
struct std::hash<grapevine::libp2p::peer_id> {
  // Not noexcept, though nothing throws: for a hash that is, libstdc++'s maps
  // keep no hash codes, and hash the ids again that a search comes across.
  std::size_t operator()(const grapevine::libp2p::peer_id& id) const {
    return grapevine::libp2p::keyed_hash(grapevine::as_text(id.view()));
  }
};
