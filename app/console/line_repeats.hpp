#pragma once

#include "libp2p/base/time_point.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::app {

/// Lines of a log that were not written, as they were like one before.
struct repeated_line {
  /// As spdlog numbers them.
  int level = 0;
  std::string text;
  std::size_t count = 0;
  /// From the line that was written to the last that was not, rounded up.
  std::chrono::seconds within{};
};

/// Whoever has a line's count written.
using say_repeated = std::function<void(const repeated_line&)>;

/// Has each line of a log written once, and what is like it soon after counted.
/// The count is due when the time is over. No line is lost for others: when too
/// many are remembered, the oldest's count is said early. No clock, no thread.
class line_repeats {
public:
  struct options {
    /// In which lines are like one before.
    std::chrono::nanoseconds window = std::chrono::seconds{10};
    /// Lines that are remembered.
    std::size_t most = 32;
  };

  line_repeats() = default;
  explicit line_repeats(const options& o) : options_{o} {}

  /// Whether a line is to be written; it is counted otherwise. What is due is
  /// said before.
  bool take(int level, std::string_view text, time_point now,
            const say_repeated& say);

  /// Says the counts whose time is over.
  void due(time_point now, const say_repeated& say);

  /// Says all counts, and remembers nothing.
  void all(const say_repeated& say);

  /// Whether there are counts to be said.
  bool counting() const noexcept;

private:
  struct entry {
    repeated_line line;
    time_point said;
    time_point last;
  };

  static void say_count(entry& one, const say_repeated& say);

  options options_;
  std::vector<entry> entries_;
};

} // namespace grapevine::app
