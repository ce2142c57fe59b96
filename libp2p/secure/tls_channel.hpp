#pragma once

#include "libp2p/secure/secure_channel.hpp"
#include "libp2p/secure/tls_link.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace grapevine::libp2p {

/// A connection after its TLS 1.3 handshake. Records are OpenSSL's; what the
/// other side may make of them without saying anything is bounded here.
class tls_channel final : public secure_channel {
public:
  /// Messages about the connection itself that the other side may send without
  /// data between them: new keys, session tickets. go: 16.
  static constexpr std::size_t max_useless_messages = 16;

  /// New keys that the other side may take at once, and records after which it
  /// may take another one: each costs as much as fifty records.
  static constexpr std::uint64_t max_key_updates = 16;
  static constexpr std::uint64_t records_per_update = 1024;

  /// Records under one key, after which this side takes a new one: AES-GCM
  /// loses its safety margin at 2^24.5 (RFC 8446, 5.5), and OpenSSL leaves it
  /// to its user.
  static constexpr std::uint64_t max_records = std::uint64_t{1} << 24;

  /// `link`: after its handshake; not null. `key_records`: other than
  /// `max_records` only in tests.
  explicit tls_channel(std::unique_ptr<tls_link> link,
                       std::uint64_t key_records = max_records);
  tls_channel(const tls_channel&) = delete;
  tls_channel& operator=(const tls_channel&) = delete;

  std::size_t max_plaintext() const noexcept override {
    return SSL3_RT_MAX_PLAIN_LENGTH;
  }
  expected<void, secure_error> encrypt(std::span<const bytes_view> parts,
                                       bytes& out) override;
  expected<std::optional<bytes_view>, secure_error>
  next(bytes_view& chunk, std::span<std::uint8_t> writable) override;
  void finish(bytes& out) override;
  void shrink() override;

  // -- what OpenSSL tells -----------------------------------------------------

  /// A record's header came, which may be a refused record's.
  void note_record() noexcept { ++records_; }
  /// So did a message of that type (RFC 8446, 4).
  void note_message(std::uint8_t type) noexcept;

private:
  bool write(bytes_view text, bytes& out);
  bool renew_key();
  secure_error end_of(int result) const;

  std::unique_ptr<tls_link> link_;
  const std::uint64_t key_records_;
  /// Under the present key of this side.
  std::uint64_t sent_ = 0;
  /// Plaintext at hand.
  bytes scratch_;
  /// Of a record that is not whole yet, or what is left of one.
  std::size_t held_ = 0;
  /// What OpenSSL answered while it read; it goes before what is next.
  bytes answers_;
  /// Of the other side, since the beginning.
  std::uint64_t records_ = 0;
  std::uint64_t key_updates_ = 0;
  /// Messages since the last data.
  std::size_t useless_ = 0;
  bool flooded_ = false;
  bool heard_ = false;
  bool finished_ = false;
  /// Why nothing more comes, once that is so.
  std::optional<secure_error> over_;
};

} // namespace grapevine::libp2p
