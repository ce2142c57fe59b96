#pragma once

#include "app/failure.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <termios.h>
#include <vector>

namespace grapevine::app {

class stop_flag;

/// In characters.
struct terminal_size {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// Of standard output, if that is a terminal.
std::optional<terminal_size> output_size();

/// The terminal as a screen that is drawn again and again: what was there
/// before comes back with the end. Keys come as they are typed, unseen.
class terminal_screen {
public:
  terminal_screen();
  terminal_screen(const terminal_screen&) = delete;
  terminal_screen& operator=(const terminal_screen&) = delete;
  ~terminal_screen();

  /// Shows these lines, as many as fit, and nothing else; false: nobody reads
  /// any more.
  outcome<bool> draw(const std::vector<std::string>& lines);

  /// What ends the waiting for a key.
  enum class event { time_is_over, quit, stopped };

  /// Waits for a key that means the end (q, Ctrl-C), for that long.
  event wait(std::chrono::milliseconds time, const stop_flag& stop) const;

private:
  std::optional<termios> before_;
};

} // namespace grapevine::app
