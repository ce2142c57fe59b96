#pragma once

#include "proto/bytes.hpp"

#include <sodium/utils.h>

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

} // namespace grapevine::libp2p
