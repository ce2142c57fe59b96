#pragma once

#include <bit>
#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

namespace grapevine::gossip {

/// First in, first out, for the many: its elements stay where they are, in
/// pieces of some KiB, so that none is moved when there are more. A
/// `std::deque` has half a KiB a piece, and copies its list of millions of
/// them when that is full.
template <class T>
class chunk_queue {
public:
  chunk_queue() = default;
  chunk_queue(const chunk_queue&) = delete;
  chunk_queue& operator=(const chunk_queue&) = delete;
  ~chunk_queue() {
    while (!empty())
      pop_front();
  }

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }

  /// Counted from the oldest; there must be so many.
  T& operator[](std::size_t i) noexcept { return *place(first_ + i); }
  const T& operator[](std::size_t i) const noexcept {
    return *place(first_ + i);
  }

  /// The oldest and the newest; there must be one.
  const T& front() const noexcept { return (*this)[0]; }
  T& back() noexcept { return (*this)[size_ - 1]; }

  void push_back(T item) {
    const auto at = first_ + size_;
    if (at == chunks_.size() * chunk_size)
      chunks_.push_back(take_chunk());
    std::construct_at(place(at), std::move(item));
    ++size_;
  }

  /// It must not be empty.
  void pop_front() {
    std::destroy_at(place(first_));
    --size_;
    if (++first_ < chunk_size)
      return;
    first_ = 0;
    spare_ = std::move(chunks_.front());
    chunks_.pop_front();
  }

private:
  static constexpr std::size_t chunk_size =
      std::bit_floor(sizeof(T) < 1024 ? 1024 / sizeof(T) : 1);

  struct free_chunk {
    void operator()(T* chunk) const noexcept {
      std::allocator<T>{}.deallocate(chunk, chunk_size);
    }
  };
  // Room for so many elements, which are there from `first_` on.
  using chunk = std::unique_ptr<T, free_chunk>;

  chunk take_chunk() {
    if (spare_)
      return std::move(spare_);
    return chunk{std::allocator<T>{}.allocate(chunk_size)};
  }

  T* place(std::size_t at) const noexcept {
    return chunks_[at / chunk_size].get() + at % chunk_size;
  }

  std::deque<chunk> chunks_;
  // Of the first element in the first chunk.
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  // The chunk that was left last: most queues soon need one again.
  chunk spare_;
};

} // namespace grapevine::gossip
