#pragma once

#include "actors/context.hpp"
#include "messages/transport.hpp"

namespace grapevine {

/// Starts to accept connections on `socket`; each is handed to `sink` once its
/// handshake is done.
listener_actor spawn_listener(caf::actor_system& sys, context_ptr ctx,
                              unique_fd socket, connection_sink sink);

} // namespace grapevine
