#pragma once

#include "actors/context.hpp"
#include "messages/transport.hpp"

namespace grapevine {

/// Dials `address`, which may name its peer (`/p2p/…`): then no other is
/// accepted. `sink` gets `connection_established` or `dial_failed`.
connector_actor spawn_dialer(caf::actor_system& sys, context_ptr ctx,
                             attempt_id attempt, libp2p::multiaddr address,
                             connection_sink sink);

/// Does the handshake on a connection that was accepted from `remote`. `sink`
/// gets `connection_established`, or nothing.
connector_actor spawn_acceptor(caf::actor_system& sys, context_ptr ctx,
                               unique_fd socket, libp2p::multiaddr remote,
                               connection_sink sink);

} // namespace grapevine
