#pragma once

#include "proto/expected.hpp"

#include <filesystem>
#include <string>

namespace grapevine::app::http {

/// The token in a file: its one line. Without a value, what is wrong with the
/// file and how to mend it.
expected<std::string, std::string>
read_token(const std::filesystem::path& file);

} // namespace grapevine::app::http
