#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "proto/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::libp2p::detail {

/// How a protocol's value is carried in the binary form.
enum class value_layout {
  /// There is no value.
  none,
  /// A fixed number of bytes.
  fixed,
  /// A varint length, then that many bytes.
  prefixed,
  /// As `prefixed`, and in text the rest of the address, slashes included.
  path,
};

/// One row of the table of protocols (multiformats/multiaddr,
/// protocols.csv).
struct protocol_info {
  addr_protocol code;
  std::string_view name;
  value_layout layout;
  /// Bytes of a `fixed` value.
  std::size_t size;
  /// What a value is, for errors: "an IPv4 address".
  std::string_view noun;
  /// The value's bytes; nothing where the text is not a value.
  std::optional<bytes> (*parse)(std::string_view text);
  /// The value's text; nothing where the bytes are not a value.
  std::optional<std::string> (*print)(bytes_view value);
};

/// The row of a protocol's name (or its alias `ipfs`); null if not known.
const protocol_info* find_protocol(std::string_view name) noexcept;

/// The row of a protocol's number; null if not known.
const protocol_info* find_protocol(std::uint64_t code) noexcept;

/// Those known names that are most like `name`, for errors: "'tcp' or 'tls'".
std::string nearest_protocols(std::string_view name);

} // namespace grapevine::libp2p::detail
