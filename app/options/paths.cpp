#include "app/options/paths.hpp"

#include <cstdlib>
#include <string>

namespace grapevine::app {

namespace {

// Only absolute paths count, as the XDG base directory specification has it.
std::filesystem::path folder_from_environment(const char* name) {
  // Nothing in this program changes the environment.
  const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
  const std::filesystem::path path{value == nullptr ? "" : value};
  return path.is_absolute() ? path : std::filesystem::path{};
}

// What this program keeps is in there; nothing: `otherwise` says what to do.
outcome<std::filesystem::path> state_folder(const std::string& otherwise) {
  auto state = folder_from_environment("XDG_STATE_HOME");
  if (state.empty()) {
    const auto home = folder_from_environment("HOME");
    if (home.empty())
      return runtime_error("neither XDG_STATE_HOME nor HOME is set; "
                           + otherwise);
    state = home / ".local" / "state";
  }
  return state / "grapevine";
}

} // namespace

outcome<std::filesystem::path> default_identity_file() {
  return state_folder("name a file for the node's key with --identity")
      .map([](const auto& folder) { return folder / "identity.key"; });
}

outcome<std::filesystem::path> default_cluster_folder() {
  return state_folder("name a folder for the cluster with --folder")
      .map([](const auto& folder) { return folder / "cluster"; });
}

std::filesystem::path default_peer_store(std::filesystem::path identity) {
  return identity.replace_extension(".peers.db");
}

} // namespace grapevine::app
