#pragma once

#include "libp2p/secure/record_reader.hpp"
#include "libp2p/secure/secure_channel.hpp"
#include "libp2p/secure/tls_cipher.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace grapevine::libp2p {

/// A connection after its TLS 1.3 handshake. Records are encrypted and
/// decrypted here and not in OpenSSL's connection object, which copies each
/// twice and keeps tens of KiB for each connection: gathered where they leave,
/// opened where they came in, as Noise's are.
class tls_channel final : public secure_channel {
public:
  /// Records without data that the other side may send in a row: empty ones,
  /// new keys, session tickets. go: 16; OpenSSL and rustls: 32.
  static constexpr std::size_t max_useless_records = 16;

  /// New keys that the other side may take at once, and records after which it
  /// may take another one: each costs as much as fifty records.
  static constexpr std::uint64_t max_key_updates = 16;
  static constexpr std::uint64_t records_per_update = 1024;

  /// Records under one key, after which this side takes a new one: AES-GCM
  /// loses its safety margin at 2^24.5 (RFC 8446, 5.5).
  static constexpr std::uint64_t max_records = std::uint64_t{1} << 24;

  /// `key_records`: other than `max_records` only in tests.
  tls_channel(tls_cipher send, tls_cipher receive,
              std::uint64_t key_records = max_records);

  std::size_t max_plaintext() const noexcept override {
    return tls_cipher::max_plaintext;
  }
  expected<void, secure_error> encrypt(std::span<const bytes_view> parts,
                                       bytes& out) override;
  expected<std::optional<bytes_view>, secure_error>
  next(bytes_view& chunk, std::span<std::uint8_t> writable) override;
  void finish(bytes& out) override;
  void shrink() override;

private:
  std::optional<tls_plaintext> open(bytes_view record,
                                    std::span<std::uint8_t> writable);
  expected<void, secure_error> on_control(const tls_plaintext& what);
  expected<void, secure_error> on_alert(bytes_view content);
  expected<void, secure_error> on_handshake(bytes_view content);
  bool take_header(bytes_view& content);
  expected<void, secure_error> on_key_update(bytes_view body);
  bool send_key_update(bytes& out);

  tls_cipher send_;
  tls_cipher receive_;
  const std::uint64_t key_records_;
  record_reader reader_{tls_cipher::header_size, tls_cipher::max_record};
  /// Plaintext of the record at hand, unless decrypted in its place.
  bytes scratch_;
  /// The largest record since memory was last given back.
  std::size_t largest_ = 0;
  std::size_t useless_ = 0;
  /// Of the other side, since the beginning.
  std::uint64_t records_ = 0;
  std::uint64_t key_updates_ = 0;
  /// The header of a handshake message that is not over, how much of it is
  /// there, and how much of its body is still to come.
  std::array<std::uint8_t, 4> message_{};
  std::size_t message_fill_ = 0;
  std::size_t body_left_ = 0;
  bool heard_ = false;
  bool key_update_due_ = false;
  bool finished_ = false;
  /// Why nothing more comes, once that is so.
  std::optional<secure_error> over_;
};

} // namespace grapevine::libp2p
