#pragma once

#include "libp2p/identity/keys.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <string>
#include <string_view>

namespace grapevine::libp2p {

/// Largest envelope that is read, in bytes. What travels in identify (8 KiB in
/// all) and in a PRUNE stays far below; the bound keeps decoding cheap.
inline constexpr std::size_t max_envelope_size = std::size_t{16} * 1024;

/// Why an envelope was not opened.
enum class envelope_error {
  /// Not the protobuf of an envelope, without a key, or too large.
  malformed,
  /// The public key is not valid or of an unknown type.
  bad_key,
  /// The key did not sign this payload under this type and domain.
  bad_signature,
};

std::string to_string(envelope_error code);

/// What a signed envelope holds (libp2p/specs, RFC 0002), checked.
struct envelope {
  /// Whose signature it bears.
  public_key key;
  /// What the payload is: a multicodec number, or a text.
  bytes payload_type;
  bytes payload;
};

/// Signs `payload` for `domain` and encodes the envelope. `domain` is the
/// purpose of the signature, known to both sides and not within the envelope;
/// it must not be empty.
bytes seal_envelope(const private_key& key, std::string_view domain,
                    bytes_view payload_type, bytes_view payload);

/// Decodes an envelope and checks its signature for `domain`.
expected<envelope, envelope_error> open_envelope(bytes_view encoded,
                                                 std::string_view domain);

} // namespace grapevine::libp2p
