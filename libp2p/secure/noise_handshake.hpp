#pragma once

#include "libp2p/secure/noise_cipher.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace grapevine::libp2p {

/// Which end of a Noise handshake this is: the dialer initiates.
enum class noise_role { initiator, responder };

/// An X25519 key pair; the secret half is wiped when it goes.
struct x25519_keypair {
  secret32 secret;
  std::array<std::uint8_t, 32> shared{};

  /// The pair of the secret scalar `seed` (clamped as RFC 7748 says).
  static x25519_keypair from_seed(std::span<const std::uint8_t, 32> seed);
};

/// The SymmetricState of the Noise specification, 5.2, for
/// Noise_XX_25519_ChaChaPoly_SHA256: chaining key, transcript hash, cipher.
class noise_symmetric_state {
public:
  noise_symmetric_state();

  void mix_hash(bytes_view data);

  /// Derives the next chaining key and cipher from a shared secret.
  void mix_key(std::span<const std::uint8_t, 32> input);

  /// Appends `plaintext`, encrypted once there is a key, to `out`.
  expected<void, noise_error> encrypt_and_hash(bytes_view plaintext,
                                               bytes& out);

  /// Appends the plaintext of `ciphertext` to `out`.
  expected<void, noise_error> decrypt_and_hash(bytes_view ciphertext,
                                               bytes& out);

  /// The two transport ciphers: initiator to responder, and back.
  std::pair<noise_cipher, noise_cipher> split() const;

  /// The transcript hash.
  std::span<const std::uint8_t, 32> hash() const noexcept { return hash_; }

  /// By how much encryption lengthens a plaintext now: 0 or 16.
  std::size_t overhead() const noexcept;

private:
  secret32 chaining_key_;
  std::array<std::uint8_t, 32> hash_{};
  std::optional<noise_cipher> cipher_;
};

/// The HandshakeState of the Noise specification, 5.3, for the pattern XX:
/// three messages without framing, whose payloads are the caller's.
///
///     -> e                     message 1
///     <- e, ee, s, es          message 2
///     -> s, se                 message 3
class noise_xx {
public:
  /// `fixed` must outlive this object; `ephemeral` is for this handshake alone.
  noise_xx(noise_role role, const x25519_keypair& fixed,
           x25519_keypair ephemeral, bytes_view prologue = {});

  /// Appends our next message with `payload` to `out`. Out of turn:
  /// `malformed`.
  expected<void, noise_error> write(bytes_view payload, bytes& out);

  /// Reads the other side's next message and appends its payload to `payload`.
  expected<void, noise_error> read(bytes_view message, bytes& payload);

  /// Whether all three messages went through.
  bool done() const noexcept { return step_ == 3; }

  /// Whether the next message is ours to write.
  bool our_turn() const noexcept;

  /// The other side's static key; all zero before it was read.
  std::span<const std::uint8_t, 32> remote_static() const noexcept {
    return remote_static_;
  }

  /// The transcript hash: the channel binding once done.
  std::span<const std::uint8_t, 32> hash() const noexcept {
    return symmetric_.hash();
  }

  /// First the cipher for sending, then the one for receiving. Only when done.
  std::pair<noise_cipher, noise_cipher> split() const;

private:
  using point = std::array<std::uint8_t, 32>;

  expected<void, noise_error> write_tokens(bytes& out);
  expected<bytes_view, noise_error> read_tokens(bytes_view in);
  void write_ephemeral(bytes& out);
  expected<void, noise_error> write_static(bytes& out);
  expected<bytes_view, noise_error> read_ephemeral(bytes_view in);
  expected<bytes_view, noise_error> read_static(bytes_view in);
  expected<void, noise_error> mix_exchange(const secret32& ours,
                                           const point& theirs);
  expected<void, noise_error> mix_ee();
  expected<void, noise_error> mix_es();
  expected<void, noise_error> mix_se();

  noise_role role_;
  const x25519_keypair* fixed_;
  x25519_keypair ephemeral_;
  point remote_ephemeral_{};
  point remote_static_{};
  noise_symmetric_state symmetric_;
  int step_ = 0;
};

} // namespace grapevine::libp2p
