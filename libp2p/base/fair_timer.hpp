#pragma once

#include "libp2p/base/time_point.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace grapevine::libp2p {

/// How long the other side has owed something, without the time in which the
/// delay was this side's own.
class fair_timer {
public:
  bool running() const noexcept { return since_.has_value(); }

  /// The other side owes it from now on.
  void start(time_point now) noexcept {
    since_ = now;
    if (excused_since_)
      excused_since_ = now;
  }

  /// It owes nothing.
  void stop() noexcept { since_.reset(); }

  /// While excused, no time passes.
  void excuse(bool on, time_point now) noexcept {
    if (on == excused_since_.has_value())
      return;
    if (on) {
      excused_since_ = now;
      return;
    }
    if (since_)
      *since_ += now - *excused_since_;
    excused_since_.reset();
  }

  /// When it will have been owed for `limit`; never if nothing is owed, or as
  /// long as it is excused.
  time_point due(std::chrono::nanoseconds limit) const noexcept {
    return since_ && !excused_since_ ? *since_ + limit : time_point::max();
  }

  /// When to look at it whose limit may shrink from `whole` down to `least`:
  /// then, and every now and again behind it.
  time_point look_at(std::chrono::nanoseconds least,
                     std::chrono::nanoseconds whole,
                     time_point now) const noexcept {
    const auto first = due(least);
    return first > now ? first : std::min(due(whole), now + least);
  }

private:
  std::optional<time_point> since_;
  std::optional<time_point> excused_since_;
};

} // namespace grapevine::libp2p
