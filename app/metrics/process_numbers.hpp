#pragma once

#include <cstdint>
#include <string>

namespace grapevine::app {

/// What Linux tells of a process. What it does not tell is 0.
struct process_numbers {
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  /// User and system.
  double cpu_seconds = 0;
  /// Since 1970.
  double start_seconds = 0;
  std::uint64_t threads = 0;
  std::uint64_t open_files = 0;
  /// How many it may open.
  std::uint64_t max_files = 0;
};

/// Of this process. `root` is where proc(5) lies.
process_numbers read_process_numbers(const std::string& root = "/proc");

} // namespace grapevine::app
