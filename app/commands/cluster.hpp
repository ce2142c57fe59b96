#pragma once

#include "app/cluster/cluster_plan.hpp"
#include "app/failure.hpp"

#include <chrono>
#include <filesystem>
#include <optional>

namespace grapevine::app {

/// `grapevine cluster up`: a cluster on this machine until it is told to stop.
struct cluster_up_arguments {
  cluster::cluster_wish wish;
  /// What is done to its nodes.
  std::optional<std::filesystem::path> faults;
  /// Goes on without the terminal once it is up.
  bool detach = false;
  /// Until all nodes must be in their meshes.
  std::chrono::milliseconds wait{60'000};
};

outcome<exit_code> cluster_up(const cluster_up_arguments& arguments);

/// `grapevine cluster status`: its nodes.
outcome<exit_code> cluster_status(const std::filesystem::path& folder,
                                  bool json);

/// `grapevine cluster down`: ends it, and waits for that.
outcome<exit_code> cluster_down(const std::filesystem::path& folder);

} // namespace grapevine::app
