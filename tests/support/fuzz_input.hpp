#pragma once

#include "proto/bytes.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace grapevine::test {

/// What must hold, whatever the fuzzer tries.
inline void expect(bool holds) {
  if (!holds)
    std::abort();
}

/// Reads what the fuzzer decides; zeros when it has no more to say.
class fuzz_input {
public:
  explicit fuzz_input(bytes_view data) noexcept : data_{data} {}

  bool empty() const noexcept { return data_.empty(); }

  std::uint8_t byte() noexcept {
    if (data_.empty())
      return 0;
    const auto first = data_.front();
    data_ = data_.subspan(1);
    return first;
  }

  /// Up to seven bytes.
  bytes_view some() noexcept {
    const std::size_t wanted = byte() % 8;
    const auto size = std::min(wanted, data_.size());
    const auto first = data_.first(size);
    data_ = data_.subspan(size);
    return first;
  }

private:
  bytes_view data_;
};

} // namespace grapevine::test
