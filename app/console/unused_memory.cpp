#include "app/console/unused_memory.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <malloc.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace grapevine::app {

namespace {

// Looks in a minute.
constexpr std::size_t minute = 6;

} // namespace

void release_free_heap() {
  ::malloc_trim(0);
}

// Code is never written to, so nothing is lost. What the loader has written to,
// and data, stay.
void release_unused_memory() {
  release_free_heap();
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

std::size_t resident_memory() {
  std::ifstream in{"/proc/self/statm"};
  std::size_t whole = 0;
  std::size_t resident = 0;
  if (!(in >> whole >> resident))
    return 0;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

memory_care::action memory_care::look(std::chrono::nanoseconds used) noexcept {
  const auto share = std::chrono::duration<double>{used - used_}
                     / std::chrono::duration<double>{interval};
  used_ = used;
  ++looks_;
  idle_ = share < idle_below ? idle_ + 1 : 0;
  if (idle_ > 0 && idle_ % minute == 0)
    return action::all;
  const bool due = looks_ >= std::max(pause_, minute);
  if (idle_ == 1 ? looks_ >= minute / 2 : due && share < calm_below)
    return action::heap;
  return action::nothing;
}

// Less than an eighth is not worth to be looked for soon.
void memory_care::gave_back(std::size_t before, std::size_t after) noexcept {
  constexpr std::size_t longest = 16 * minute;
  looks_ = 0;
  pause_ = before - std::min(before, after) < before / 8
               ? std::min(2 * std::max(pause_, minute), longest)
               : minute;
}

} // namespace grapevine::app
