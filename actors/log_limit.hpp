#pragma once

#include "libp2p/base/time_point.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace grapevine {

/// Bounds how much is logged of what strangers do: so many lines a second, the
/// rest is counted. No actor, no clock.
class log_limit {
public:
  explicit log_limit(std::size_t per_second = 20) : per_second_{per_second} {}

  /// Whether a line may be written now; if so, how many were left out since
  /// the last.
  std::optional<std::size_t> next(time_point now) {
    if (now >= until_) {
      until_ = now + std::chrono::seconds{1};
      written_ = 0;
    }
    if (written_ >= per_second_) {
      ++left_out_;
      return std::nullopt;
    }
    ++written_;
    return std::exchange(left_out_, 0);
  }

private:
  std::size_t per_second_;
  std::size_t written_ = 0;
  std::size_t left_out_ = 0;
  time_point until_;
};

} // namespace grapevine
