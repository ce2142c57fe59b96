#pragma once

#include "libp2p/base/secret.hpp"
#include "libp2p/identity/keys.hpp"
#include "proto/bytes.hpp"

#include <memory>

namespace grapevine::libp2p::detail {

/// A key of any type but Ed25519, public or private, in the form that its
/// library wants it in. Never changed after it is made, so it may be used by
/// several threads at once; a private one wipes its secret when it goes.
class library_key {
public:
  using pointer = std::shared_ptr<const library_key>;

  /// The public key of the protobuf's `Data`; null where it is not one, is not
  /// canonically encoded, or exceeds the limits.
  static pointer read_public(key_type type, bytes_view raw);

  /// The private key of the protobuf's `Data`; null as above.
  static pointer read_private(key_type type, bytes_view raw);

  /// A new private key. Throws std::runtime_error when its library cannot.
  static pointer generate(key_type type);

  library_key() = default;
  library_key(const library_key&) = delete;
  library_key& operator=(const library_key&) = delete;
  virtual ~library_key() = default;

  /// `Data` of the PublicKey protobuf.
  virtual bytes_view public_raw() const noexcept = 0;

  /// `Data` of the PrivateKey protobuf. Only for private keys.
  virtual secret_bytes private_raw() const = 0;

  virtual bool verify(bytes_view message, bytes_view signature) const = 0;

  /// Only for private keys.
  virtual bytes sign(bytes_view message) const = 0;
};

} // namespace grapevine::libp2p::detail
