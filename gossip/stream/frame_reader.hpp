#pragma once

#include "gossip/limits.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace grapevine::gossip {

/// Why a stream of frames cannot be read on: reset it.
enum class frame_error {
  /// A frame longer than the limit was announced.
  too_large,
  /// The length is no varint in its shortest form.
  bad_length,
};

/// Cuts a stream into frames: an unsigned varint length, then that many bytes.
/// Empty frames are skipped.
class frame_reader {
public:
  explicit frame_reader(std::size_t max_size = limits::rpc_size) noexcept
      : max_size_{max_size} {}

  /// The next whole frame, without its length, of what was left of former calls
  /// followed by `input`; takes from the front of `input` what it used. Nothing
  /// when more bytes are needed; `input` is then empty. Call until then:
  ///
  ///     while (auto frame = reader.next(input)) { if (!*frame) break; … }
  ///
  /// The view is into `input`, or, for a frame that came in pieces, into a
  /// buffer that lives until the next call. After an error every call gives an
  /// error.
  expected<std::optional<bytes_view>, frame_error> next(bytes_view& input);

  /// Bytes of memory held for a frame that is incomplete. It grows with the
  /// bytes that arrived, not with the length that was announced.
  std::size_t buffered() const noexcept { return partial_.capacity(); }

  /// Bytes that the frame which is incomplete will have as a whole; 0 between
  /// frames.
  std::size_t expected_size() const noexcept {
    return remaining_ > 0 ? partial_.size() + remaining_ : 0;
  }

  /// Whether the stream is inside a frame: its end here would be an error.
  bool in_frame() const noexcept { return header_size_ > 0 || remaining_ > 0; }

private:
  std::optional<frame_error> read_length(bytes_view& input);
  void collect(bytes_view& input);

  std::size_t max_size_;
  // The length's first bytes, when the rest has not arrived.
  std::array<std::uint8_t, 9> header_{};
  std::size_t header_size_ = 0;
  // Bytes of the current frame that have not arrived; 0 between frames.
  std::size_t remaining_ = 0;
  bytes partial_;
  bool handed_out_ = false;
  std::optional<frame_error> failed_;
};

} // namespace grapevine::gossip
