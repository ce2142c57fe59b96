#pragma once

#include <spdlog/logger.h>

#include <memory>

namespace grapevine::app {

/// The program's logger: lines on standard error, e.g.
/// `2026-01-31T12:00:00.000+00:00 info connected peer=12D3… addr=…`.
std::shared_ptr<spdlog::logger> make_logger(spdlog::level::level_enum level);

} // namespace grapevine::app
