#pragma once

#include <algorithm>
#include <cstddef>
#include <sched.h>

namespace grapevine {

/// How many cores this process may use: a container or `taskset` may leave it
/// fewer than the machine has, which is all that the standard library counts.
inline std::size_t usable_cores() noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof(set), &set) != 0)
    return 1;
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
}

} // namespace grapevine
