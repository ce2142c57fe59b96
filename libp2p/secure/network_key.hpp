#pragma once

#include "libp2p/base/secret.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace grapevine::libp2p {

/// What is wrong with a text that should be a private network's key.
enum class network_key_error {
  /// It does not begin with `/key/swarm/psk/1.0.0/`.
  no_header,
  /// Its second line is none of `/base16/`, `/base64/` and `/bin/`.
  unknown_encoding,
  /// Behind these are no 32 bytes in that encoding, or more than these.
  bad_key,
};

std::string to_string(network_key_error code);

/// The key that all nodes of a private network hold (libp2p/specs, pnet/):
/// whoever has it is in the network. Wiped when it goes.
class network_key {
public:
  static constexpr std::size_t size = 32;

  explicit network_key(std::span<const std::uint8_t, size> key) : key_{key} {}

  /// Reads the key as files have it, of Kubo's `swarm.key` or of `to_text`: a
  /// line `/key/swarm/psk/1.0.0/`, one with the encoding, and the key. Lines
  /// may end as on Windows, and the last one need not end.
  static expected<network_key, network_key_error> from_text(bytes_view text);

  /// As a file has it, in base16, which every implementation reads.
  secret_bytes to_text() const;

  /// Tells keys apart without showing anything of them: the number, 32
  /// hexadecimal digits, that Kubo and rust-libp2p show of the same key.
  std::string fingerprint() const;

  std::span<const std::uint8_t, size> view() const noexcept {
    return key_.view();
  }

private:
  secret32 key_;
};

} // namespace grapevine::libp2p
