#pragma once

#include <chrono>
#include <cstddef>

namespace grapevine::app {

/// Gives back free heap that the process has resident.
void release_free_heap();

/// The same, and the pages of code, which the system maps again (from its
/// cache, without reading a disk) as they are used. After a start these are a
/// sixth of what is resident, and after a hundred handshakes a third.
void release_unused_memory();

/// Bytes that this process has resident; 0 if the system does not tell.
std::size_t resident_memory();

/// Decides when a node gives back memory. A heap keeps what a load or a
/// thousand peers once needed; to give it back holds up whoever allocates for
/// some milliseconds. So it is done when the node has become idle and again in
/// each idle minute, and now and then when it has little to do: ever more
/// seldom if that gains nothing. No clock.
class memory_care {
public:
  enum class action {
    nothing,
    /// `release_free_heap`.
    heap,
    /// `release_unused_memory`: an idle node needs neither.
    all,
  };

  /// Between two looks.
  static constexpr std::chrono::seconds interval{10};

  /// Below these shares of one core a process is idle, and has little to do.
  static constexpr double idle_below = 0.01;
  static constexpr double calm_below = 0.25;

  explicit memory_care(std::chrono::nanoseconds used) noexcept : used_{used} {}

  /// What to give back now, after `interval`; `used` is the CPU time of the
  /// process's whole life.
  action look(std::chrono::nanoseconds used) noexcept;

  /// It was given back: so much was resident before, and is now.
  void gave_back(std::size_t before, std::size_t after) noexcept;

private:
  std::chrono::nanoseconds used_;
  // How often in a row it was idle.
  std::size_t idle_ = 0;
  // Since something was given back, and how many there must be, at least.
  std::size_t looks_ = 0;
  std::size_t pause_ = 0;
};

} // namespace grapevine::app
