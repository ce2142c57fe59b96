#pragma once

#include "libp2p/identity/peer_id.hpp"
#include "proto/expected.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace grapevine::app {

/// The peers in a file: an id a line, blank lines and what is behind a `#` left
/// out. Without a value, what is wrong with the file, for people; one that
/// names nobody is wrong, too: as a list of who is allowed it would mean
/// everybody, or nobody.
expected<std::vector<libp2p::peer_id>, std::string>
read_peers_file(const std::filesystem::path& file);

} // namespace grapevine::app
