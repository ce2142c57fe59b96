#pragma once

#include "app/console/messages.hpp"
#include "app/console/signals.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace grapevine::app {

/// Reads messages from a descriptor: lines, or all that there is. Waits for
/// input, but not longer than until the flag is raised, which is its end.
class input_reader {
public:
  /// Messages have at most `largest` bytes; longer ones are errors. `name`
  /// stands for the descriptor in these.
  input_reader(int fd, std::string name, const stop_flag& stop,
               std::size_t largest);

  /// The next line without its line feed; the last one may lack it. What is too
  /// long is an error (`next_input::skipped`), and its rest skipped by the next
  /// call.
  next_input line();

  /// All that is left, as one message.
  next_input everything();

private:
  enum class fill_result { more, end, failed };

  fill_result fill();
  next_input failed() const;
  next_input too_large() const;
  std::optional<next_input> skip_rest();
  next_input take(std::size_t size, std::size_t consumed);

  int fd_;
  std::string name_;
  const stop_flag& stop_;
  std::size_t largest_;
  // What was read and not yet returned, and how much of it was searched.
  bytes buffer_;
  std::size_t searched_ = 0;
  bool ended_ = false;
  // The line at the beginning of the buffer is too long.
  bool skipping_ = false;
};

} // namespace grapevine::app
