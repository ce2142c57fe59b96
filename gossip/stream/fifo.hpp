#pragma once

#include "proto/bytes.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace grapevine::gossip {

/// First in, first out, for the many that are nearly always empty: unlike a
/// `std::deque`, which holds half a KiB in any case, it has memory only once
/// something was put in, and gives back what a burst needed.
template <class T>
class fifo {
public:
  bool empty() const noexcept { return first_ == items_.size(); }
  std::size_t size() const noexcept { return items_.size() - first_; }
  auto begin() noexcept { return items_.begin() + offset(); }
  auto end() noexcept { return items_.end(); }
  auto begin() const noexcept { return items_.begin() + offset(); }
  auto end() const noexcept { return items_.end(); }
  T& front() noexcept { return items_[first_]; }

  /// So many will be put in.
  void expect(std::size_t more) { make_room(items_, more); }

  void push_back(T item) { items_.push_back(std::move(item)); }

  /// It must not be empty.
  T pop_front() {
    T item = std::move(items_[first_++]);
    if (empty())
      clear();
    else if (first_ >= kept && 2 * first_ >= items_.size())
      close_gap();
    return item;
  }

  /// The newest; it must not be empty.
  T& back() noexcept { return items_.back(); }

  /// Takes out the newest; it must not be empty.
  T pop_back() {
    T item = std::move(items_.back());
    items_.pop_back();
    if (empty())
      clear();
    return item;
  }

  void clear() noexcept {
    first_ = 0;
    if (items_.capacity() > kept)
      std::vector<T>{}.swap(items_);
    else
      items_.clear();
  }

  /// Takes out what `unwanted` holds for; returns how many.
  template <class Predicate>
  std::size_t erase_if(Predicate unwanted) {
    close_gap();
    return std::erase_if(items_, unwanted);
  }

private:
  // Places that are kept for the next time.
  static constexpr std::size_t kept = 16;

  auto offset() const noexcept { return static_cast<std::ptrdiff_t>(first_); }

  // Each is moved at most once for each that left before it.
  void close_gap() {
    items_.erase(items_.begin(), items_.begin() + offset());
    first_ = 0;
  }

  std::vector<T> items_;
  std::size_t first_ = 0;
};

} // namespace grapevine::gossip
