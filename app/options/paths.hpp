#pragma once

#include "app/failure.hpp"

#include <filesystem>

namespace grapevine::app {

/// Where a node keeps its key unless told otherwise:
/// `$XDG_STATE_HOME/grapevine/identity.key`, else
/// `~/.local/state/grapevine/identity.key`.
outcome<std::filesystem::path> default_identity_file();

} // namespace grapevine::app
