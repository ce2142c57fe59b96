#pragma once

#include "app/console/signals.hpp"
#include "app/failure.hpp"

#include <string_view>

namespace grapevine::app {

/// What became of a write.
enum class write_result {
  written,
  /// Nobody reads any more: no error, the program has nothing left to do.
  closed,
  /// The stop flag was raised while the reader made it wait.
  stopped,
  /// The disk is full, or the like; `errno` says what.
  failed,
};

/// Writes to a descriptor at once, without a buffer of its own. A reader that
/// stalls makes it wait, but not longer than until the flag is raised.
class line_writer {
public:
  line_writer(int fd, const stop_flag& stop) : fd_{fd}, stop_{&stop} {}

  /// Writes all of `text`, a line feed included if there is to be one.
  write_result write(std::string_view text);

  /// Waits until nobody reads any more, true, or the flag is raised. Without
  /// something to write, this is the only way to know.
  bool wait_closed() const;

private:
  int fd_;
  const stop_flag* stop_;
};

/// Writes `grapevine: `, `text` and a line feed to standard error: what whoever
/// started the program wants to know, and no log needs.
void print_notice(std::string_view text);

/// Writes `text` and a line feed to standard output. False when nobody reads
/// any more, which is no failure.
outcome<bool> print_line(std::string_view text);

} // namespace grapevine::app
