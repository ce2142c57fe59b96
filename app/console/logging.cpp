#include "app/console/logging.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>

namespace grapevine::app {

std::shared_ptr<spdlog::logger> make_logger(spdlog::level::level_enum level) {
  // Colours only on a terminal.
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  auto log = std::make_shared<spdlog::logger>("grapevine", std::move(sink));
  log->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  log->set_level(level);
  log->flush_on(spdlog::level::trace);
  return log;
}

} // namespace grapevine::app
