#pragma once

#include <chrono>
#include <optional>

namespace grapevine {

/// Whether the machine's clock was set, or the machine slept: then the time of
/// day goes another way than the time that passes. Nothing of a node depends on
/// the former but what is written down for people, so it is only to be told.
class clock_watch {
public:
  using wall_time = std::chrono::system_clock::time_point;
  using steady_time = std::chrono::steady_clock::time_point;

  /// Less than this is a clock that is being adjusted.
  static constexpr std::chrono::seconds tolerated{10};

  /// Both clocks, read together. By how much the time of day was set since the
  /// last look, forward or back; nothing if it was not, or nobody has looked.
  std::optional<std::chrono::seconds> look(wall_time wall, steady_time steady) {
    const auto apart = wall.time_since_epoch() - steady.time_since_epoch();
    const auto before = apart_;
    apart_ = apart;
    if (!before)
      return std::nullopt;
    const auto jump = std::chrono::round<std::chrono::seconds>(apart - *before);
    if (std::chrono::abs(jump) < tolerated)
      return std::nullopt;
    return jump;
  }

private:
  std::optional<std::chrono::nanoseconds> apart_;
};

} // namespace grapevine
