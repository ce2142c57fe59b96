#pragma once

#include "libp2p/base/secret.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

struct evp_cipher_ctx_st;

namespace grapevine::libp2p {

/// What can go wrong in Noise, in the handshake and after. Each of them ends
/// the connection.
enum class noise_error {
  /// A handshake message is shorter than its keys and tags, or out of turn.
  malformed,
  /// A message is longer than the format (65535 bytes) or the limit allows.
  too_large,
  /// A ciphertext did not authenticate: tampered with, or another key.
  bad_tag,
  /// The other side's X25519 key is of low order: the shared secret would be
  /// all zero.
  bad_exchange,
  /// The libp2p payload is no protobuf, or its identity key is missing, of an
  /// unknown type or invalid.
  bad_payload,
  /// The identity key did not sign the Noise static key.
  bad_signature,
  /// The other side proved an identity other than the expected one.
  wrong_peer,
  /// Both sides named stream muxers, and none in common.
  no_common_muxer,
  /// 2^64 - 1 records were sent under one key: no nonce is left.
  nonce_exhausted,
};

std::string to_string(noise_error code);

/// One direction of an encrypted connection: ChaCha20-Poly1305 with a counter
/// as nonce (Noise specification, 5.1; libp2p/specs, noise/, "Wire Format").
/// Movable; its key is wiped when it goes.
class noise_cipher {
public:
  static constexpr std::size_t tag_size = 16;
  static constexpr std::size_t header_size = 2;
  /// Longest record on the wire, without its header.
  static constexpr std::size_t max_record = 65535;
  /// Most plaintext in one record.
  static constexpr std::size_t max_plaintext = max_record - tag_size;

  /// `nonce` is the number of the first record; other than 0 only in tests.
  explicit noise_cipher(std::span<const std::uint8_t, 32> key,
                        std::uint64_t nonce = 0);
  /// Encrypts the concatenation of `parts`, at most `max_plaintext` bytes, as
  /// one record and appends it, with its length header, to `out`. The parts
  /// must not lie in `out`. Nothing is allocated but `out`'s growth. On error
  /// (too_large, nonce_exhausted) `out` is as before.
  expected<void, noise_error> encrypt(std::span<const bytes_view> parts,
                                      bytes& out);

  /// The same with one part.
  expected<void, noise_error> encrypt(bytes_view plaintext, bytes& out);

  /// Decrypts one record (without its length header) into `scratch`, which only
  /// ever grows, so that it is allocated once and reused. The result is a view
  /// of its front. `record` must not lie in `scratch`.
  expected<bytes_view, noise_error> decrypt(bytes_view record, bytes& scratch);

  /// Decrypts one record (without its length header) in its own place; the
  /// result is its front. On error the content is unspecified.
  expected<std::span<std::uint8_t>, noise_error>
  decrypt_in_place(std::span<std::uint8_t> record);

  /// Encrypts all but the last `tag_size` bytes of `text` in their place and
  /// writes the tag there; authenticates `associated` too. Noise's
  /// EncryptWithAd.
  expected<void, noise_error> seal(bytes_view associated,
                                   std::span<std::uint8_t> text);

  /// Decrypts `ciphertext`, which ends with its tag, to `out`, which has room
  /// for it without the tag and may be its own place. Noise's DecryptWithAd.
  expected<void, noise_error> open(bytes_view associated, bytes_view ciphertext,
                                   std::uint8_t* out);

  /// How many records went through so far: the next nonce.
  std::uint64_t nonce() const noexcept { return nonce_; }

private:
  /// Sets the nonce of the next record; the key stays scheduled.
  expected<void, noise_error> begin(bool encrypting, bytes_view associated);

  // The context wipes the key when it is freed.
  struct context_deleter {
    void operator()(evp_cipher_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_cipher_ctx_st, context_deleter> context_;
  std::uint64_t nonce_ = 0;
};

/// Cuts a byte stream into records of a two-byte big-endian length and so many
/// bytes. A record that lies whole in a chunk is not copied; of others at most
/// one is held.
class noise_record_reader {
public:
  /// `max_record`: a longer one stops the reader with `too_large`.
  explicit noise_record_reader(
      std::size_t max_record = noise_cipher::max_record);

  /// The next record, without its header, taken from the front of `chunk`
  /// (which is shortened by what was used); nothing when `chunk` is used up. To
  /// be called until it gives nothing. The view, into `chunk` or into the
  /// reader, is valid until the next call.
  expected<std::optional<bytes_view>, noise_error> next(bytes_view& chunk);

  /// Bytes held of an incomplete record.
  std::size_t buffered() const noexcept { return fill_; }

  /// Gives back the memory of past records; for connections that fall idle.
  void shrink();

private:
  std::size_t wanted() const noexcept;

  std::size_t max_record_;
  // The incomplete record with its header; its size is a high-water mark.
  bytes held_;
  std::size_t fill_ = 0;
};

} // namespace grapevine::libp2p
