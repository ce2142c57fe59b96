#pragma once

namespace grapevine::app {

/// How a line of the log is written.
enum class log_format {
  /// For people: time, level, text.
  text,
  /// For programs: a JSON object.
  json,
};

} // namespace grapevine::app
