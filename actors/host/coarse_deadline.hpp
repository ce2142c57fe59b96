#pragma once

#include "libp2p/base/time_point.hpp"

#include <chrono>
#include <cstdint>

namespace grapevine {

/// How much later than asked for a distant deadline may be looked at.
using coarse_grain = std::chrono::duration<std::int64_t, std::ratio<1, 16>>;

/// When to look at `deadline`. One more than a second ahead is put off to the
/// next sixteenth of a second, so that the timers of many idle peers go off
/// together and wake the machine once. Of 10,000 peers that are some ten: more
/// at once would hold up messages, and more moments wake it for less.
inline time_point coarse_deadline(time_point deadline, time_point now) {
  using namespace std::chrono_literals;
  // The end of time cannot be rounded up.
  if (deadline == time_point::max() || deadline - now <= 1s)
    return deadline;
  return std::chrono::ceil<coarse_grain>(deadline);
}

} // namespace grapevine
