#pragma once

#include "proto/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>

namespace grapevine::proto {

/// How a field's value is encoded.
enum class wire_type : std::uint8_t {
  varint = 0,
  fixed64 = 1,
  delimited = 2,
  group_start = 3,
  group_end = 4,
  fixed32 = 5,
};

/// What stands before a field's value.
struct tag {
  std::uint32_t field = 0;
  wire_type type = wire_type::varint;
};

/// Reads protobuf's wire format. Each member but the plain observers gives
/// false when the bytes are malformed.
class wire_reader {
public:
  explicit wire_reader(bytes_view in) noexcept
      : pos_{in.data()}, end_{in.data() + in.size()} {}

  /// Whether all bytes are read.
  bool done() const noexcept { return pos_ == end_; }

  /// Where the next byte lies.
  const std::uint8_t* position() const noexcept { return pos_; }

  /// Whether all numbers so far had their shortest form.
  bool shortest() const noexcept { return shortest_; }

  /// Up to ten bytes; unlike multiformats protobuf takes longer forms too.
  bool varint(std::uint64_t& value) noexcept {
    if (pos_ != end_ && *pos_ < 0x80) {
      value = *pos_++;
      return true;
    }
    return long_varint(value);
  }

  /// A tag with a field number and a wire type that exist.
  bool read(tag& out) noexcept {
    std::uint64_t value = 0;
    if (!varint(value) || value > std::numeric_limits<std::uint32_t>::max())
      return false;
    out.field = static_cast<std::uint32_t>(value >> 3);
    out.type = static_cast<wire_type>(value & 7u);
    return out.field != 0 && (value & 7u) <= 5;
  }

  /// A length and as many bytes, seen in place.
  bool delimited(bytes_view& out) noexcept {
    std::uint64_t size = 0;
    if (!varint(size) || size > left())
      return false;
    out = {pos_, static_cast<std::size_t>(size)};
    pos_ += out.size();
    return true;
  }

  /// Skips a field that nobody knows.
  bool skip(tag what, int depth = 0) noexcept {
    std::uint64_t number = 0;
    bytes_view body;
    switch (what.type) {
    case wire_type::varint:
      return varint(number);
    case wire_type::fixed64:
      return skip_bytes(8);
    case wire_type::delimited:
      return delimited(body);
    case wire_type::group_start:
      return skip_group(what.field, depth);
    case wire_type::group_end:
      return false;
    case wire_type::fixed32:
      return skip_bytes(4);
    }
    return false;
  }

private:
  /// protobuf's own bound; nobody nests groups today.
  static constexpr int max_depth = 100;

  std::size_t left() const noexcept {
    return static_cast<std::size_t>(end_ - pos_);
  }

  bool skip_bytes(std::size_t count) noexcept {
    if (left() < count)
      return false;
    pos_ += count;
    return true;
  }

  bool long_varint(std::uint64_t& value) noexcept {
    value = 0;
    for (unsigned shift = 0; shift < 70 && pos_ != end_; shift += 7) {
      const std::uint8_t byte = *pos_++;
      value |= static_cast<std::uint64_t>(byte & 0x7fu) << shift;
      if ((byte & 0x80u) == 0) {
        if (byte == 0 && shift > 0)
          shortest_ = false;
        return true;
      }
    }
    return false;
  }

  bool skip_group(std::uint32_t field, int depth) noexcept {
    if (depth == max_depth)
      return false;
    for (tag inner; read(inner);) {
      if (inner.type == wire_type::group_end)
        return inner.field == field;
      if (!skip(inner, depth + 1))
        return false;
    }
    return false;
  }

  const std::uint8_t* pos_;
  const std::uint8_t* end_;
  bool shortest_ = true;
};

} // namespace grapevine::proto
