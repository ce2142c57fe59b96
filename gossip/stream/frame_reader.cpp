#include "gossip/stream/frame_reader.hpp"

#include "proto/varint.hpp"

#include <algorithm>

namespace grapevine::gossip {

expected<std::optional<bytes_view>, frame_error>
frame_reader::next(bytes_view& input) {
  if (failed_)
    return unexpected{*failed_};
  if (handed_out_) {
    // Between frames nothing is held: most peers are idle most of the time.
    partial_ = bytes{};
    handed_out_ = false;
  }
  while (remaining_ == 0) {
    if (input.empty())
      return std::nullopt;
    if (const auto why = read_length(input)) {
      failed_ = why;
      return unexpected{*why};
    }
  }
  if (partial_.empty() && input.size() >= remaining_) {
    const bytes_view frame = input.first(remaining_);
    input = input.subspan(remaining_);
    remaining_ = 0;
    return frame;
  }
  collect(input);
  if (remaining_ > 0)
    return std::nullopt;
  handed_out_ = true;
  return bytes_view{partial_};
}

/// Reads a length, as far as it has arrived, into `remaining_`.
std::optional<frame_error> frame_reader::read_length(bytes_view& input) {
  while (!input.empty() && header_size_ < header_.size()) {
    header_[header_size_++] = input.front();
    input = input.subspan(1);
    if ((header_[header_size_ - 1] & 0x80u) == 0)
      break;
  }
  const auto length = read_varint({header_.data(), header_size_});
  if (length.malformed)
    return frame_error::bad_length;
  if (length.size == 0)
    return std::nullopt;
  if (length.value > max_size_)
    return frame_error::too_large;
  remaining_ = static_cast<std::size_t>(length.value);
  header_size_ = 0;
  return std::nullopt;
}

/// Moves what has arrived of a frame into the buffer.
void frame_reader::collect(bytes_view& input) {
  const std::size_t count = std::min(remaining_, input.size());
  const std::size_t needed = partial_.size() + count;
  if (needed > partial_.capacity())
    // Doubled at most, and never beyond the frame.
    partial_.reserve(std::min(std::max(needed, 2 * partial_.capacity()),
                              partial_.size() + remaining_));
  append(partial_, input.first(count));
  input = input.subspan(count);
  remaining_ -= count;
}

} // namespace grapevine::gossip
