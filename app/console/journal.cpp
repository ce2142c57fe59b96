#include "app/console/journal.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

namespace grapevine::app {

bool is_journal(std::string_view journal_stream, const struct stat& file) {
  return journal_stream == fmt::format("{}:{}", file.st_dev, file.st_ino);
}

bool stderr_is_journal() {
  // Nothing in this program changes the environment.
  const char* stream =
      std::getenv("JOURNAL_STREAM"); // NOLINT(concurrency-mt-unsafe)
  struct stat file {};
  return stream != nullptr && ::fstat(STDERR_FILENO, &file) == 0
         && is_journal(stream, file);
}

std::string_view journal_prefix(spdlog::level::level_enum level) {
  switch (level) {
  case spdlog::level::critical:
    return "<2>";
  case spdlog::level::err:
    return "<3>";
  case spdlog::level::warn:
    return "<4>";
  case spdlog::level::info:
    return "<6>";
  default:
    return "<7>";
  }
}

} // namespace grapevine::app
