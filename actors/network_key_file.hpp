#pragma once

#include "actors/identity_file.hpp"
#include "libp2p/secure/network_key.hpp"
#include "proto/expected.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace grapevine {

/// The key of a private network, for `node_config::network_key`.
struct loaded_network_key {
  std::shared_ptr<const libp2p::network_key> key;
  /// For people, if not empty: the group can use the key, or could until now.
  std::string warning;
};

/// Reads a private network's key from a file as Kubo's `swarm.key`
/// (`libp2p::network_key::from_text`). Who may have access to it is as of
/// identity files (`load_or_create_identity`).
expected<loaded_network_key, identity_file_error>
load_network_key(const std::filesystem::path& file);

/// Writes a new key to a new file, as `save_identity` does it, and gives it.
expected<std::shared_ptr<const libp2p::network_key>, identity_file_error>
create_network_key(const std::filesystem::path& file);

} // namespace grapevine
