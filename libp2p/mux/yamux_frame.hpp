#pragma once

#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace grapevine::libp2p {

/// Size of every yamux header, in bytes (yamux specification, "Framing").
inline constexpr std::size_t yamux_header_size = 12;

/// What a yamux frame is for.
enum class yamux_type : std::uint8_t {
  data = 0,
  window_update = 1,
  ping = 2,
  go_away = 3,
};

/// The flags of a frame, combined by `|`; unknown ones are ignored.
struct yamux_flag {
  /// Opens a stream; in a ping: asks.
  static constexpr std::uint16_t syn = 1;
  /// Accepts a stream; in a ping: answers.
  static constexpr std::uint16_t ack = 2;
  /// The sender will send no more on the stream.
  static constexpr std::uint16_t fin = 4;
  /// The stream is gone in both directions.
  static constexpr std::uint16_t rst = 8;
};

/// Why a side says go-away; other numbers occur on the wire.
enum class yamux_go_away : std::uint32_t {
  normal = 0,
  protocol_error = 1,
  internal_error = 2,
};

/// Why twelve bytes are no yamux header.
enum class yamux_header_error {
  /// The version is not 0.
  wrong_version,
  /// The type is none of yamux_type.
  unknown_type,
};

std::string to_string(yamux_header_error code);

/// A frame's header.
struct yamux_header {
  yamux_type type = yamux_type::data;
  std::uint16_t flags = 0;
  /// The stream, or 0 for the session.
  std::uint32_t stream = 0;
  /// Data: how many bytes follow. Window update: how much the window grows, or
  /// with `rst` an error code. Ping: an opaque value. Go-away: its reason.
  std::uint32_t length = 0;

  bool has(std::uint16_t flag) const noexcept { return (flags & flag) != 0; }

  friend bool operator==(const yamux_header&, const yamux_header&) = default;
};

/// Reads a header; all fields are big-endian.
expected<yamux_header, yamux_header_error>
decode_yamux_header(std::span<const std::uint8_t, yamux_header_size> in);

/// Appends a header's twelve bytes to `out`.
void append_yamux_header(bytes& out, const yamux_header& header);

} // namespace grapevine::libp2p
