#pragma once

#include <chrono>

namespace grapevine::app {

/// Gives back what the process has resident and does not use: free heap, and
/// the pages of code, which the system maps again (from its cache, without
/// reading a disk) as they are used. After a start these are a sixth of what is
/// resident, and after a hundred handshakes a third.
void release_unused_memory();

/// Tells from the CPU time that a process uses whether it is idle.
class idleness {
public:
  /// Below this share of one core it is.
  static constexpr double busy = 0.01;

  explicit idleness(std::chrono::nanoseconds used) noexcept : used_{used} {}

  /// Whether the process was idle in the `time` since the last call; `used` is
  /// the CPU time of its whole life.
  bool since_last(std::chrono::nanoseconds used,
                  std::chrono::nanoseconds time) noexcept;

private:
  std::chrono::nanoseconds used_;
};

/// The CPU time that this process has used.
std::chrono::nanoseconds used_cpu_time() noexcept;

} // namespace grapevine::app
