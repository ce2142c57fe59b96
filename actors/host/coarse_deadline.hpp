#pragma once

#include "libp2p/base/time_point.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace grapevine {

/// How much later than asked for a distant deadline may be looked at.
using coarse_grain = std::chrono::duration<std::int64_t, std::ratio<1, 4>>;

/// Into how many parts that time is divided: the peers of one part wake the
/// machine together. Some 8 ms each, in which 10,000 idle peers have one or two
/// pings; with fewer, hundreds of peers' pings would hold up messages for
/// milliseconds.
inline constexpr std::size_t coarse_phases = 32;

/// How far behind a quarter of a second a peer's deadlines are put, by any
/// number of its own, e.g. a hash.
inline time_point::duration coarse_phase(std::size_t number) {
  constexpr auto part =
      std::chrono::duration_cast<time_point::duration>(coarse_grain{1})
      / static_cast<std::int64_t>(coarse_phases);
  return part * static_cast<std::int64_t>(number % coarse_phases);
}

/// When to look at `deadline`. One more than a second ahead is put off to the
/// next moment that is `phase` behind a quarter of a second, so that the timers
/// of many idle peers wake the machine seldom, and not all at once.
inline time_point coarse_deadline(time_point deadline, time_point now,
                                  time_point::duration phase = {}) {
  using namespace std::chrono_literals;
  // The end of time cannot be rounded up.
  if (deadline == time_point::max() || deadline - now <= 1s)
    return deadline;
  return std::chrono::ceil<coarse_grain>(deadline - phase) + phase;
}

} // namespace grapevine
