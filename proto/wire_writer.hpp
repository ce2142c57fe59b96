#pragma once

#include "proto/bytes.hpp"
#include "proto/varint.hpp"

#include <cstddef>
#include <cstdint>

namespace grapevine::proto {

// A field's tag: its number and wire type. All fields written here but
// testExtension have numbers below 16, so one byte.
constexpr std::uint8_t varint_tag(unsigned field) {
  return static_cast<std::uint8_t>(field << 3);
}
constexpr std::uint8_t delimited_tag(unsigned field) {
  return static_cast<std::uint8_t>(field << 3 | 2u);
}

/// Bytes of a delimited field with such a tag.
inline std::size_t field_size(std::size_t content) noexcept {
  return 1 + varint_size(content) + content;
}

/// Appends a delimited field.
inline void append_field(bytes& out, unsigned field, bytes_view content) {
  out.push_back(delimited_tag(field));
  append_varint(out, content.size());
  append(out, content);
}

} // namespace grapevine::proto
