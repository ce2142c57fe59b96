#pragma once

#include "app/failure.hpp"
#include "sim/scenario.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace grapevine::app {

/// The scenario that a file in TOML describes. What is not known or not good is
/// an error that names the line, and what would be right.
outcome<sim::scenario> read_scenario(const std::filesystem::path& file);

/// The same of a text; `name` stands for the file in errors.
outcome<sim::scenario> parse_scenario(std::string_view text,
                                      const std::string& name);

} // namespace grapevine::app
