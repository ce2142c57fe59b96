#include "libp2p/mux/yamux_stream.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::libp2p {

void yamux_send_queue::push(shared_bytes data) {
  if (!data || data->empty())
    return;
  size_ += data->size();
  items_.push_back(std::move(data));
}

std::size_t yamux_send_queue::take(std::size_t limit, std::size_t max_parts,
                                   std::vector<bytes_view>& parts,
                                   std::vector<shared_bytes>& kept) {
  if (size_ <= limit && items_.size() <= max_parts && kept.empty() && head_ == 0
      && offset_ == 0)
    return take_all(parts, kept);
  std::size_t taken = 0;
  while (taken < limit && max_parts > 0 && head_ < items_.size()) {
    auto& item = items_[head_];
    const auto size = std::min(item->size() - offset_, limit - taken);
    parts.push_back(bytes_view{*item}.subspan(offset_, size));
    taken += size;
    offset_ += size;
    --max_parts;
    if (offset_ == item->size()) {
      kept.push_back(std::move(item));
      ++head_;
      offset_ = 0;
    } else {
      kept.push_back(item);
    }
  }
  size_ -= taken;
  drop_taken();
  return taken;
}

/// The buffers change hands together.
std::size_t yamux_send_queue::take_all(std::vector<bytes_view>& parts,
                                       std::vector<shared_bytes>& kept) {
  make_room(parts, items_.size());
  for (const auto& item : items_)
    parts.emplace_back(*item);
  items_.swap(kept);
  drop_taken();
  return std::exchange(size_, 0);
}

void yamux_send_queue::drop_taken() {
  // Small queues keep their memory; a burst's is given back.
  constexpr std::size_t kept_capacity = 16;
  if (head_ == items_.size()) {
    if (items_.capacity() > kept_capacity)
      items_ = std::vector<shared_bytes>{};
    items_.clear();
    head_ = 0;
  } else if (head_ >= kept_capacity && head_ * 2 >= items_.size()) {
    items_.erase(items_.begin(),
                 items_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

void yamux_send_queue::clear() {
  items_ = std::vector<shared_bytes>{};
  head_ = 0;
  offset_ = 0;
  size_ = 0;
}

bool yamux_receive_window::reserve(std::uint32_t size) noexcept {
  if (size > left_)
    return false;
  left_ -= size;
  return true;
}

void yamux_receive_window::consume(std::size_t size) noexcept {
  consumed_ += static_cast<std::uint32_t>(size);
}

std::uint32_t yamux_receive_window::reopen(time_point now,
                                           std::chrono::nanoseconds round_trip,
                                           std::uint32_t limit) noexcept {
  auto delta = consumed_;
  const bool known = round_trip.count() > 0 && last_update_ != time_point{};
  if (known && size_ < limit && now - last_update_ < 4 * round_trip) {
    const auto grown = std::min(std::uint64_t{size_} * 2, std::uint64_t{limit});
    delta += static_cast<std::uint32_t>(grown - size_);
    size_ = static_cast<std::uint32_t>(grown);
  }
  left_ += delta;
  consumed_ = 0;
  last_update_ = now;
  return delta;
}

void yamux_turns::push(yamux_stream& stream) noexcept {
  if (stream.listed)
    return;
  stream.listed = true;
  stream.previous = last_;
  stream.next = nullptr;
  if (last_ != nullptr)
    last_->next = &stream;
  else
    first_ = &stream;
  last_ = &stream;
}

yamux_stream* yamux_turns::pop() noexcept {
  auto* stream = first_;
  if (stream != nullptr)
    remove(*stream);
  return stream;
}

void yamux_turns::remove(yamux_stream& stream) noexcept {
  if (!stream.listed)
    return;
  (stream.previous != nullptr ? stream.previous->next : first_) = stream.next;
  (stream.next != nullptr ? stream.next->previous : last_) = stream.previous;
  stream.previous = nullptr;
  stream.next = nullptr;
  stream.listed = false;
}

} // namespace grapevine::libp2p
