#pragma once

#include "app/options/assignments.hpp"

#include <filesystem>
#include <optional>

namespace grapevine::app {

/// What the command line says of a node.
struct node_arguments {
  /// By option; see `all_options`.
  assignments given;
  /// The configuration file.
  std::optional<std::filesystem::path> config;
};

} // namespace grapevine::app
