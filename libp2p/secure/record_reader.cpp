#include "libp2p/secure/record_reader.hpp"

#include <algorithm>
#include <cstring>

namespace grapevine::libp2p {

std::size_t record_reader::length(bytes_view data) const noexcept {
  return static_cast<std::size_t>(data[header_ - 2]) << 8 | data[header_ - 1];
}

std::size_t record_reader::wanted() const noexcept {
  return fill_ < header_ ? header_ : header_ + length(held_);
}

expected<std::optional<bytes_view>, record_too_large>
record_reader::next(bytes_view& chunk) {
  if (fill_ == 0 && chunk.size() >= header_) {
    const auto size = length(chunk);
    if (size > max_record_)
      return unexpected{record_too_large{}};
    if (chunk.size() >= header_ + size) {
      const auto record = chunk.first(header_ + size);
      chunk = chunk.subspan(record.size());
      return std::optional{record};
    }
  }
  while (!chunk.empty()) {
    // Memory grows with what was received, never with what was announced.
    const auto take = std::min(wanted() - fill_, chunk.size());
    if (held_.size() < fill_ + take)
      held_.resize(fill_ + take);
    std::memcpy(held_.data() + fill_, chunk.data(), take);
    fill_ += take;
    chunk = chunk.subspan(take);
    if (fill_ < header_)
      continue;
    const auto size = length(held_);
    if (size > max_record_)
      return unexpected{record_too_large{}};
    if (fill_ == header_ + size) {
      fill_ = 0;
      return std::optional{bytes_view{held_}.first(header_ + size)};
    }
  }
  return std::optional<bytes_view>{};
}

void record_reader::shrink() {
  held_.resize(fill_);
  held_.shrink_to_fit();
}

} // namespace grapevine::libp2p
