#pragma once

#include "app/options/assignments.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace grapevine::app {

/// What a configuration file says. A key that is no option is an error that
/// names the nearest one; so is a value of a wrong kind. Whether the values are
/// good is for `make_settings` to say.
outcome<assignments> read_config(const std::filesystem::path& file);

/// The same of a text; `name` stands for the file in errors.
outcome<assignments> parse_config(std::string_view text,
                                  const std::string& name);

} // namespace grapevine::app
