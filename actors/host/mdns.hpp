#pragma once

#include "actors/host/host_context.hpp"
#include "actors/host/mdns_socket.hpp"
#include "messages/mdns.hpp"

#include <vector>

namespace grapevine {

/// One for each version of IP that this machine has.
struct mdns_socket {
  ip_version version = ip_version::ip4;
  unique_fd fd;
};

/// Those that can be opened (`open_mdns_socket`); or, if none can, why.
expected<std::vector<mdns_socket>, socket_error> open_mdns_sockets();

/// Starts an actor that looks for peers by `sockets`, once it is told where,
/// and tells `sink` of them. Throws std::system_error in its first turn, and so
/// ends, when no more sockets can be watched.
mdns_actor spawn_mdns(caf::actor_system& sys, host_context_ptr ctx,
                      std::vector<mdns_socket> sockets, mdns_sink sink);

} // namespace grapevine
