#pragma once

#include "libp2p/base/secret.hpp"
#include "libp2p/secure/aead.hpp"
#include "proto/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace grapevine::libp2p {

/// What a TLS record carries (RFC 8446, 5.1).
enum class tls_content : std::uint8_t {
  change_cipher_spec = 20,
  alert = 21,
  handshake = 22,
  application_data = 23,
};

/// A cipher suite of TLS 1.3.
struct tls_suite {
  aead_kind cipher;
  /// OpenSSL's name of the hash that keys are derived by.
  const char* digest;
};

/// The suite of that number (RFC 8446, B.4); nothing if it is none of ours.
std::optional<tls_suite> tls_suite_of(std::uint16_t number);

/// What was in a record.
struct tls_plaintext {
  tls_content type;
  bytes_view content;
};

/// One direction of a connection after its TLS 1.3 handshake: records under the
/// keys of a traffic secret (RFC 8446, 5.2 and 7.3). HKDF and cipher are
/// OpenSSL's. Movable; its secrets are wiped when it goes.
class tls_cipher {
public:
  static constexpr std::size_t header_size = 5;
  /// Most content in one record.
  static constexpr std::size_t max_plaintext = 16'384;
  /// Longest record on the wire, without its header.
  static constexpr std::size_t max_record = max_plaintext + 256;

  /// `secret`: of as many bytes as the suite's hash. Throws std::runtime_error
  /// when OpenSSL cannot derive keys.
  tls_cipher(tls_suite suite, secret_bytes secret);

  /// Encrypts the concatenation of `parts`, at most `max_plaintext` bytes, as
  /// one record of `type` and appends it to `out`. The parts must not lie in
  /// `out`. False when it is too much or OpenSSL cannot; `out` is then as
  /// before.
  bool seal(tls_content type, std::span<const bytes_view> parts, bytes& out);

  /// Decrypts `record`, which is whole and has its header, to `place`, which
  /// has room for all behind the header and may be its own place. The content
  /// is the front of `place`. Nothing when it is malformed or does not
  /// authenticate.
  std::optional<tls_plaintext> open(bytes_view record, std::uint8_t* place);

  /// Goes on to the next traffic secret (RFC 8446, 7.2).
  void update();

  /// How many records went through under the present key.
  std::uint64_t records() const noexcept { return sequence_; }

private:
  aead::nonce next_nonce() const noexcept;

  tls_suite suite_;
  secret_bytes secret_;
  aead cipher_;
  aead::nonce iv_;
  std::uint64_t sequence_ = 0;
};

} // namespace grapevine::libp2p
