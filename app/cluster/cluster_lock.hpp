#pragma once

#include "actors/host/socket.hpp"
#include "app/failure.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>

namespace grapevine::app::cluster {

/// Says that a folder's cluster is up, for as long as the process lives that
/// holds it.
class cluster_lock {
public:
  /// Makes the folder if it is not there. Fails if another process has its
  /// cluster up.
  static outcome<cluster_lock> take(const std::filesystem::path& folder);

  /// Where its page is: kept in the lock's file for those who look for it.
  outcome<void> write(const std::string& place);

private:
  explicit cluster_lock(unique_fd file) : file_{std::move(file)} {}

  unique_fd file_;
};

/// A cluster that is up.
struct running_cluster {
  pid_t process = 0;
  /// `127.0.0.1:4100`; empty: it is not told yet.
  std::string place;
};

/// The cluster of a folder, if it is up.
std::optional<running_cluster>
find_cluster(const std::filesystem::path& folder);

} // namespace grapevine::app::cluster
