#pragma once

#include "actors/host/socket.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "proto/expected.hpp"

#include <string>
#include <vector>

namespace grapevine::app {

/// Where to connect to for an address, its name looked up if it has one, which
/// blocks; or why it cannot be dialled.
expected<std::vector<endpoint>, std::string>
resolve_address(const libp2p::multiaddr& address);

} // namespace grapevine::app
