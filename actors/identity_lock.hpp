#pragma once

#include "actors/host/socket.hpp"
#include "proto/expected.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace grapevine {

/// Holds a file for this process by flock(2): gone with the process, however it
/// ends.
class identity_lock {
public:
  enum class failure {
    /// Somebody else holds it.
    held,
    /// The file cannot be opened, or its file system knows no locks.
    impossible,
  };

  static expected<std::shared_ptr<const identity_lock>, failure>
  take(const std::filesystem::path& file);

  /// Who holds it, for people: ` (process 4711)`; empty where the system does
  /// not tell.
  static std::string holder(const std::filesystem::path& file);

private:
  explicit identity_lock(unique_fd file) : file_{std::move(file)} {}

  unique_fd file_;
};

} // namespace grapevine
