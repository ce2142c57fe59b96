#pragma once

#include "app/console/log_output.hpp"
#include "app/failure.hpp"
#include "app/options/settings.hpp"

#include <spdlog/logger.h>

#include <memory>

namespace grapevine::app {

/// The program's logger, as the settings have it. Its lines are such as
/// `2026-01-31T12:00:00.000+00:00 info connected peer=12D3… addr=…`; those for
/// systemd's journal, which has its own, without the time. Fails if the file
/// cannot be opened. `fallback` is the level where none is set.
outcome<std::shared_ptr<spdlog::logger>>
make_logger(const settings& s, spdlog::level::level_enum fallback);

/// A logger to standard error.
std::shared_ptr<spdlog::logger>
make_stderr_logger(spdlog::level::level_enum level);

/// Where such a logger writes; null for others.
std::shared_ptr<log_output> output_of(const spdlog::logger& log);

} // namespace grapevine::app
