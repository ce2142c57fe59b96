#include "client/client_log.hpp"

#include <spdlog/sinks/stdout_sinks.h>

namespace grapevine {

namespace {

client_log_level level_of(spdlog::level::level_enum level) {
  using enum client_log_level;
  switch (level) {
  case spdlog::level::trace:
  case spdlog::level::debug:
    return debug;
  case spdlog::level::info:
    return info;
  case spdlog::level::warn:
    return warning;
  default:
    return error;
  }
}

spdlog::level::level_enum level_of(client_log_level level) {
  switch (level) {
  case client_log_level::debug:
    return spdlog::level::debug;
  case client_log_level::info:
    return spdlog::level::info;
  case client_log_level::warning:
    return spdlog::level::warn;
  case client_log_level::error:
    break;
  }
  return spdlog::level::err;
}

} // namespace

void function_sink::close() {
  const std::lock_guard lock{mutex_};
  line_ = {};
}

void function_sink::sink_it_(const spdlog::details::log_msg& msg) {
  if (line_)
    line_(level_of(msg.level), {msg.payload.data(), msg.payload.size()});
}

client_log make_client_log(const client_options& options) {
  client_log result;
  if (options.log) {
    result.sink = std::make_shared<function_sink>(options.log);
    result.logger = std::make_shared<spdlog::logger>("grapevine", result.sink);
    result.logger->set_level(level_of(options.log_level));
  } else {
    result.logger = std::make_shared<spdlog::logger>(
        "grapevine", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    result.logger->set_level(spdlog::level::warn);
  }
  return result;
}

} // namespace grapevine
