#pragma once

#include <cstddef>
#include <filesystem>
#include <iterator>

namespace grapevine::test {

/// How many entries a folder has.
inline std::size_t entries_of(const char* folder) {
  using files = std::filesystem::directory_iterator;
  return static_cast<std::size_t>(std::distance(files{folder}, files{}));
}

/// How many descriptors this process has open.
inline std::size_t open_descriptors() {
  return entries_of("/proc/self/fd");
}

/// How many threads this process has.
inline std::size_t running_threads() {
  return entries_of("/proc/self/task");
}

} // namespace grapevine::test
