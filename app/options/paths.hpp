#pragma once

#include "app/failure.hpp"

#include <filesystem>
#include <string_view>

namespace grapevine::app {

/// Where a node keeps its key unless told otherwise:
/// `$XDG_STATE_HOME/grapevine/identity.key`, else
/// `~/.local/state/grapevine/identity.key`.
outcome<std::filesystem::path> default_identity_file();

/// Where a cluster of this machine keeps its nodes unless told otherwise:
/// beside that, `cluster`.
outcome<std::filesystem::path> default_cluster_folder();

/// Where a node with this key keeps the peers that it knows unless told
/// otherwise: beside its key, `identity.peers.db` for `identity.key`, so that
/// no two nodes have one.
std::filesystem::path default_peer_store(std::filesystem::path identity);

/// The name that stands for no peer store.
inline constexpr std::string_view no_peer_store = "off";

} // namespace grapevine::app
