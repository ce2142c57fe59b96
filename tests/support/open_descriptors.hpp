#pragma once

#include <cstddef>
#include <filesystem>
#include <iterator>

namespace grapevine::test {

/// How many descriptors this process has open.
inline std::size_t open_descriptors() {
  using files = std::filesystem::directory_iterator;
  return static_cast<std::size_t>(
      std::distance(files{"/proc/self/fd"}, files{}));
}

} // namespace grapevine::test
