#pragma once

#include "proto/bytes.hpp"

#include <cstdint>
#include <optional>

namespace grapevine {

/// What `read_varint` found at the start of a buffer.
struct varint_read {
  /// The number; meaningless unless `size > 0`.
  std::uint64_t value = 0;
  /// How many bytes it took; 0 when more bytes are needed or it is malformed.
  std::size_t size = 0;
  /// Over-long (more than nine bytes), or not in its shortest form.
  bool malformed = false;
};

/// Longest unsigned varint of the multiformats specification, in bytes.
inline constexpr std::size_t max_varint_size = 9;

/// Reads an unsigned varint (multiformats/unsigned-varint) from the start of
/// `in`.
varint_read read_varint(bytes_view in) noexcept;

/// Appends `value`, below 2^63, as an unsigned varint.
void append_varint(bytes& out, std::uint64_t value);

/// How many bytes `append_varint` would append.
std::size_t varint_size(std::uint64_t value) noexcept;

} // namespace grapevine
