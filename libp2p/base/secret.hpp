#pragma once

#include "proto/bytes.hpp"

#include <sodium/utils.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace grapevine::libp2p {

/// Bytes that are wiped when they go out of scope. Not copied; and not resized
/// by anyone, because a vector that grows leaves its old bytes behind.
class secret_bytes {
public:
  explicit secret_bytes(std::size_t size) : data_(size) {}
  explicit secret_bytes(bytes data) noexcept : data_{std::move(data)} {}
  secret_bytes(secret_bytes&& other) noexcept = default;
  secret_bytes& operator=(secret_bytes&& other) noexcept {
    data_.swap(other.data_);
    return *this;
  }
  secret_bytes(const secret_bytes&) = delete;
  secret_bytes& operator=(const secret_bytes&) = delete;
  ~secret_bytes() { sodium_memzero(data_.data(), data_.size()); }

  std::uint8_t* data() noexcept { return data_.data(); }
  std::size_t size() const noexcept { return data_.size(); }
  bytes_view view() const noexcept { return data_; }

private:
  bytes data_;
};

/// 32 secret bytes that are wiped when they go. Copying is explicit.
class secret32 {
public:
  secret32() = default;
  explicit secret32(std::span<const std::uint8_t, 32> from) {
    std::copy(from.begin(), from.end(), data_.begin());
  }
  secret32(const secret32&) = delete;
  secret32& operator=(const secret32&) = delete;
  secret32(secret32&& other) noexcept : data_{other.data_} { other.wipe(); }
  secret32& operator=(secret32&& other) noexcept {
    if (this != &other) {
      data_ = other.data_;
      other.wipe();
    }
    return *this;
  }
  ~secret32() { wipe(); }

  std::span<const std::uint8_t, 32> view() const noexcept { return data_; }
  std::span<std::uint8_t, 32> data() noexcept { return data_; }

private:
  void wipe() noexcept { sodium_memzero(data_.data(), data_.size()); }

  std::array<std::uint8_t, 32> data_{};
};

} // namespace grapevine::libp2p
