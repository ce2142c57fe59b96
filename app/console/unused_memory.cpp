#include "app/console/start_memory.hpp"

#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <malloc.h>
#include <string>
#include <sys/mman.h>

namespace grapevine::app {

// Code is never written to, so nothing is lost. What the loader has written to,
// and data, stay.
void release_start_memory() {
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

} // namespace grapevine::app
