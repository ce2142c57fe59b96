#pragma once

#include "libp2p/base/fair_timer.hpp"
#include "libp2p/base/time_point.hpp"

#include <cstddef>
#include <cstdint>

namespace grapevine {

/// Whether what waits for the other side is taken: a timer that runs from the
/// last progress on.
class write_watch {
public:
  /// Bytes that count as progress: who takes one at a time would be kept for
  /// ever. A frame of yamux in half a minute is little for the worst of lines.
  static constexpr std::uint64_t least = std::uint64_t{16} * 1024;

  /// The state of now: whether anything waits, and all that was ever taken.
  void note(bool waits, std::uint64_t taken, time_point now) noexcept {
    if (!waits)
      return timer_.stop();
    if (timer_.running() && taken < mark_ + least)
      return;
    mark_ = taken;
    timer_.start(now);
  }

  const libp2p::fair_timer& timer() const noexcept { return timer_; }
  void excuse(bool on, time_point now) noexcept { timer_.excuse(on, now); }

private:
  libp2p::fair_timer timer_;
  std::uint64_t mark_ = 0;
};

} // namespace grapevine
