#pragma once

#include "libp2p/base/time_point.hpp"

#include <chrono>
#include <optional>

namespace grapevine {

/// Whether a process is busy, by the CPU time that it uses. No clock.
class load_watch {
public:
  /// Between two looks at least.
  static constexpr std::chrono::milliseconds interval{50};

  /// Busy from one part of a core on, until it is less than the other, so that
  /// it does not change all the time. A process that shares one core with
  /// another one that never rests has half of it.
  static constexpr double busy_from = 0.35;
  static constexpr double calm_below = 0.25;

  /// Whether it is time to look.
  bool due(time_point now) const {
    return !looked_ || now - *looked_ >= interval;
  }

  /// The process has used so much CPU time until now. Whether it became busy,
  /// or calm again; nothing if that has not changed.
  std::optional<bool> look(time_point now, std::chrono::nanoseconds used) {
    const auto since = looked_ ? now - *looked_ : time_point::duration{0};
    const auto more = used - used_;
    looked_ = now;
    used_ = used;
    if (since <= time_point::duration{0})
      return std::nullopt;
    const auto share =
        static_cast<double>(more.count()) / static_cast<double>(since.count());
    const bool busy = share >= (busy_ ? calm_below : busy_from);
    if (busy == busy_)
      return std::nullopt;
    busy_ = busy;
    return busy;
  }

private:
  std::optional<time_point> looked_;
  std::chrono::nanoseconds used_{0};
  bool busy_ = false;
};

} // namespace grapevine
