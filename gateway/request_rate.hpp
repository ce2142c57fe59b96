#pragma once

#include "libp2p/base/time_point.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace grapevine {

/// So much a second, and a second's worth at once. What is more than that still
/// passes if nothing was asked for before: the next has to wait for it.
class request_rate {
public:
  explicit request_rate(std::size_t per_second) noexcept
      : per_second_{static_cast<double>(per_second)}, left_{per_second_} {}

  /// Counts `cost`; whether it may be.
  bool take(std::size_t cost, time_point now) noexcept {
    const std::chrono::duration<double> since = now - at_;
    left_ = std::min(per_second_, left_ + since.count() * per_second_);
    at_ = now;
    if (left_ < std::min(static_cast<double>(cost), per_second_))
      return false;
    left_ -= static_cast<double>(cost);
    return true;
  }

private:
  double per_second_;
  double left_;
  time_point at_{};
};

} // namespace grapevine
