#pragma once

#include "actors/host/host_context.hpp"
#include "actors/host/mdns_socket.hpp"
#include "messages/mdns.hpp"

namespace grapevine {

/// Starts an actor that looks for peers by `socket` (`open_mdns_socket`), once
/// it is told where, and tells `sink` of them. Throws std::system_error in its
/// first turn, and so ends, when no more sockets can be watched.
mdns_actor spawn_mdns(caf::actor_system& sys, host_context_ptr ctx,
                      unique_fd socket, mdns_sink sink);

} // namespace grapevine
