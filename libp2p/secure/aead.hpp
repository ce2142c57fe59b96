#pragma once

#include "proto/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct evp_cipher_ctx_st;

namespace grapevine::libp2p {

/// The ciphers of records.
enum class aead_kind { aes_128_gcm, aes_256_gcm, chacha20_poly1305 };

/// Bytes of a cipher's key.
constexpr std::size_t aead_key_size(aead_kind kind) noexcept {
  return kind == aead_kind::aes_128_gcm ? 16 : 32;
}

/// Authenticated encryption under one key, by OpenSSL: what records of every
/// secure channel are made of. Which nonce is next is the caller's to know. The
/// key stays scheduled, and is wiped when it goes. Movable.
class aead {
public:
  static constexpr std::size_t tag_size = 16;
  static constexpr std::size_t nonce_size = 12;
  using nonce = std::array<std::uint8_t, nonce_size>;

  /// `key` is of `aead_key_size` bytes; std::invalid_argument otherwise.
  aead(aead_kind kind, bytes_view key);

  /// Encrypts all but the last `tag_size` bytes of `text`, which has as many at
  /// least, in their place and writes the tag there; authenticates
  /// `associated`, too. False when OpenSSL cannot.
  bool seal(const nonce& number, bytes_view associated,
            std::span<std::uint8_t> text);

  /// Decrypts `ciphertext`, which ends with its tag, to `out`, which has room
  /// for it without the tag and may be its own place. False when it does not
  /// authenticate; what is at `out` then is unspecified.
  bool open(const nonce& number, bytes_view associated, bytes_view ciphertext,
            std::uint8_t* out);

private:
  bool begin(bool encrypting, const nonce& number, bytes_view associated);

  // The context wipes the key when it is freed.
  struct context_deleter {
    void operator()(evp_cipher_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_cipher_ctx_st, context_deleter> context_;
};

} // namespace grapevine::libp2p
