#include "actors/host/cpu_time.hpp"

#include <ctime>

namespace grapevine {

std::chrono::nanoseconds used_cpu_time() noexcept {
  timespec used{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0)
    return {};
  return std::chrono::seconds{used.tv_sec}
         + std::chrono::nanoseconds{used.tv_nsec};
}

} // namespace grapevine
