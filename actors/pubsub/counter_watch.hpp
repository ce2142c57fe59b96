#pragma once

#include "libp2p/base/time_point.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace grapevine {

/// Says now and then that a counter has grown. No actor, no clock.
class counter_watch {
public:
  /// Whether it is more than when this was last true, which is at most once in
  /// a `pause`.
  bool grew(std::uint64_t count, time_point now,
            std::chrono::nanoseconds pause) {
    if (count <= said_ || (said_at_ && now - *said_at_ < pause))
      return false;
    said_ = count;
    said_at_ = now;
    return true;
  }

private:
  std::uint64_t said_ = 0;
  std::optional<time_point> said_at_;
};

} // namespace grapevine
