#pragma once

#include <spdlog/common.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::app {

/// What a line of the log names: `peer=12D3…`, `topic="news"`.
struct log_field {
  std::string_view name;
  /// Without its quotes.
  std::string_view value;
  bool quoted = false;
};

/// What a line of the log says, and what it names. A name that is there twice,
/// or that JSON lines have for something else, is left in the event.
struct log_line {
  std::string event;
  std::vector<log_field> fields;
};

/// Takes the text of a line apart, which the fields refer to. Nothing within
/// quotes is a field: what peers say stands there, without quotes of its own.
log_line parse_log_line(std::string_view text);

/// A line that stands for others.
struct repeats {
  std::size_t count = 0;
  std::chrono::seconds within{};
};

/// The level as the option has it: `warn`.
std::string log_level_name(spdlog::level::level_enum level);

/// One JSON object without a line feed: `time`, `level`, `event`, then the
/// fields; numbers and true and false as such unless they were quoted, and of
/// repeats `more` and `seconds`. It is UTF-8 whatever `text` is, and safe on a
/// terminal.
std::string json_log_line(std::string_view time,
                          spdlog::level::level_enum level,
                          std::string_view text, const repeats& more = {});

/// The text of a line for people: one line whatever `text` is, and safe on a
/// terminal.
std::string plain_log_text(std::string_view text, const repeats& more = {});

} // namespace grapevine::app
