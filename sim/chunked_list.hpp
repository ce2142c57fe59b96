#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace grapevine::sim {

/// A list that grows at its end and may be large: its elements stay where they
/// are, so that it needs no second place to grow into, nor more than it has.
template <class T>
class chunked_list {
public:
  T& operator[](std::size_t i) noexcept {
    return (*chunks_[i / chunk_size])[i % chunk_size];
  }
  const T& operator[](std::size_t i) const noexcept {
    return (*chunks_[i / chunk_size])[i % chunk_size];
  }

  std::size_t size() const noexcept { return size_; }

  T& emplace_back() {
    if (size_ == chunks_.size() * chunk_size)
      chunks_.push_back(std::make_unique<chunk>());
    return (*this)[size_++];
  }

private:
  static constexpr std::size_t chunk_size = 1'024;
  using chunk = std::array<T, chunk_size>;

  std::vector<std::unique_ptr<chunk>> chunks_;
  std::size_t size_ = 0;
};

} // namespace grapevine::sim
