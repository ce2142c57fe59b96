#pragma once

#include "actors/host/host_context.hpp"
#include "actors/host/transport.hpp"
#include "messages/transport.hpp"

namespace grapevine {

/// Starts to accept connections of `listener`; each is handed to `sink` once
/// its handshake is done.
listener_actor spawn_listener(caf::actor_system& sys, host_context_ptr ctx,
                              stream_listener_ptr listener,
                              connection_sink sink);

} // namespace grapevine
