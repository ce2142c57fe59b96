#pragma once

#include "libp2p/base/secret.hpp"
#include "libp2p/identity/keys.hpp"
#include "proto/bytes.hpp"

#include <openssl/evp.h>

#include <memory>
#include <optional>

namespace grapevine::libp2p::detail {

struct evp_pkey_free {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};

using evp_pkey = std::unique_ptr<EVP_PKEY, evp_pkey_free>;

/// A secp256k1, ECDSA or RSA key, public or private, in OpenSSL's hands.
/// OpenSSL wipes the private numbers when it frees them. May be used by several
/// threads at once.
class openssl_key {
public:
  using pointer = std::shared_ptr<const openssl_key>;

  /// The public key of the protobuf's `Data`; null where it is not one, is not
  /// canonically encoded, or exceeds the limits.
  static pointer read_public(key_type type, bytes_view raw);

  /// The private key of the protobuf's `Data`; null as above.
  static pointer read_private(key_type type, bytes_view raw);

  /// A new private key. Throws std::runtime_error when OpenSSL cannot.
  static pointer generate(key_type type);

  /// `Data` of the PublicKey protobuf.
  bytes_view public_raw() const noexcept { return public_raw_; }

  /// `Data` of the PrivateKey protobuf. Only for private keys.
  secret_bytes private_raw() const;

  bool verify(bytes_view message, bytes_view signature) const;

  /// Only for private keys.
  bytes sign(bytes_view message) const;

  /// Takes `key` over if it keeps the limits of its type; use the functions
  /// above.
  static pointer adopt(key_type type, evp_pkey key);

private:
  openssl_key(key_type type, evp_pkey key, bytes public_raw);

  key_type type_;
  evp_pkey key_;
  bytes public_raw_;
};

} // namespace grapevine::libp2p::detail
