#pragma once

#include "app/failure.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace grapevine::app {

/// The token in the file of `--api-token-file`, if there is one.
outcome<std::optional<std::string>>
read_api_token(const std::optional<std::filesystem::path>& file);

} // namespace grapevine::app
