#pragma once

#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace grapevine::libp2p {

namespace detail {
class library_key;
} // namespace detail

/// The key types of libp2p, with their numbers on the wire
/// (libp2p/specs, peer-ids/).
enum class key_type { rsa = 0, ed25519 = 1, secp256k1 = 2, ecdsa = 3 };

std::string to_string(key_type type);

/// Why a key could not be read or made.
enum class key_error {
  /// Not the protobuf of a key.
  malformed,
  /// A key type this node does not know.
  unknown_type,
  /// The key's data are not a valid key of its type, or it is too large or
  /// too small (RSA: 2048 to 8192 bits).
  bad_key,
};

std::string to_string(key_error code);

/// A public key: checks signatures. Cheap to copy: an Ed25519 key is held in
/// place, without any allocation; the others share their state. May be used by
/// several threads at once.
class public_key {
public:
  /// From the PublicKey protobuf, in any encoding that protobuf permits.
  static expected<public_key, key_error> from_protobuf(bytes_view encoded);

  /// From the type and the `Data` of the protobuf: Ed25519 32 bytes, secp256k1
  /// 33 bytes compressed, ECDSA (a named curve of at least 224 bits) and RSA a
  /// DER SubjectPublicKeyInfo in its canonical form, which is the only one that
  /// is accepted: a key has one peer id.
  static expected<public_key, key_error> from_raw(key_type type,
                                                  bytes_view raw);

  key_type type() const noexcept;

  /// The `Data` of the protobuf; valid as long as this object.
  bytes_view raw() const noexcept;

  /// The PublicKey protobuf in its canonical form, which peer ids hash.
  bytes to_protobuf() const;

  /// Whether `signature` over `message` was made with this key. Ed25519 by
  /// libsodium, secp256k1 (DER, SHA-256) by libsecp256k1, ECDSA (the same) and
  /// RSA (PKCS#1 v1.5, SHA-256) by OpenSSL.
  bool verify(bytes_view message, bytes_view signature) const;

  friend bool operator==(const public_key& a, const public_key& b) noexcept;

private:
  explicit public_key(std::span<const std::uint8_t, 32> ed25519) noexcept;
  public_key(key_type type,
             std::shared_ptr<const detail::library_key> key) noexcept;

  key_type type_;
  std::array<std::uint8_t, 32> ed25519_{};
  // Null for Ed25519.
  std::shared_ptr<const detail::library_key> library_;
};

/// A private key: signs. Its secret is wiped when the last copy goes.
class private_key {
public:
  /// The Ed25519 key of a 32-byte seed.
  static private_key ed25519_from_seed(std::span<const std::uint8_t, 32> seed);

  /// A new key from the operating system's random numbers. Ed25519, secp256k1,
  /// ECDSA (P-256) or RSA (2048 bits).
  static private_key generate(key_type type = key_type::ed25519);

  /// From the PrivateKey protobuf: Ed25519 as 64 bytes (seed, public key) or as
  /// the deprecated 96 (the public key twice), secp256k1 as 32 bytes, ECDSA as
  /// a DER ECPrivateKey, RSA as a DER RSAPrivateKey (PKCS#1). The public half
  /// must belong to the private one.
  static expected<private_key, key_error> from_protobuf(bytes_view encoded);

  /// The PrivateKey protobuf. Secret: wipe it after use.
  bytes to_protobuf() const;

  const public_key& public_part() const noexcept;

  /// A signature over `message`, in the key type's libp2p form.
  bytes sign(bytes_view message) const;

private:
  struct state;
  explicit private_key(std::shared_ptr<const state> s) noexcept;
  std::shared_ptr<const state> state_;
};

} // namespace grapevine::libp2p
