#include "app/console/unused_memory.hpp"

#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <malloc.h>
#include <string>
#include <sys/mman.h>

namespace grapevine::app {

// Code is never written to, so nothing is lost. What the loader has written to,
// and data, stay.
void release_unused_memory() {
  ::malloc_trim(0);
  std::ifstream maps{"/proc/self/maps"};
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char mode[5] = {};
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %4s", &begin, &end,
                    mode)
            == 3
        && std::string{mode} == "r-xp" && line.find(" /") != std::string::npos)
      // The system gives addresses as numbers.
      // NOLINTNEXTLINE(performance-no-int-to-ptr)
      ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
}

bool idleness::since_last(std::chrono::nanoseconds used,
                          std::chrono::nanoseconds time) noexcept {
  const auto share = std::chrono::duration<double>{used - used_}
                     / std::chrono::duration<double>{time};
  used_ = used;
  return share < busy;
}

std::chrono::nanoseconds used_cpu_time() noexcept {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds{used.tv_sec}
         + std::chrono::nanoseconds{used.tv_nsec};
}

} // namespace grapevine::app
