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

} // namespace

outcome<std::filesystem::path> default_identity_file() {
  auto state = folder_from_environment("XDG_STATE_HOME");
  if (state.empty()) {
    const auto home = folder_from_environment("HOME");
    if (home.empty())
      return runtime_error(
          "there is no folder for the node's key: neither XDG_STATE_HOME nor "
          "HOME is set; name a file with --identity");
    state = home / ".local" / "state";
  }
  return state / "grapevine" / "identity.key";
}

std::filesystem::path default_peer_store(std::filesystem::path identity) {
  return identity.replace_extension(".peers.db");
}

} // namespace grapevine::app
