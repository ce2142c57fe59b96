#include "app/console/logging.hpp"

#include <utility>

namespace grapevine::app {

namespace {

std::shared_ptr<spdlog::logger> logger_to(std::shared_ptr<log_output> output,
                                          spdlog::level::level_enum level) {
  auto log = std::make_shared<spdlog::logger>("grapevine", std::move(output));
  log->set_level(level);
  return log;
}

} // namespace

outcome<std::shared_ptr<spdlog::logger>>
make_logger(const settings& s, spdlog::level::level_enum fallback) {
  std::optional<log_file> file;
  if (s.log_file) {
    auto opened = log_file::open(*s.log_file);
    if (!opened)
      return runtime_error(std::move(opened.error()));
    file = *std::move(opened);
  }
  return logger_to(std::make_shared<log_output>(s.log_format, std::move(file)),
                   s.log_level.value_or(fallback));
}

std::shared_ptr<spdlog::logger>
make_stderr_logger(spdlog::level::level_enum level) {
  return logger_to(std::make_shared<log_output>(), level);
}

std::shared_ptr<log_output> output_of(const spdlog::logger& log) {
  for (const auto& sink : log.sinks())
    if (auto output = std::dynamic_pointer_cast<log_output>(sink))
      return output;
  return nullptr;
}

} // namespace grapevine::app
