#pragma once

#include "actors/host/byte_stream.hpp"
#include "actors/host/host_context.hpp"
#include "messages/transport.hpp"

namespace grapevine {

/// Dials one of `addresses`, which are one peer's, trying one after the other.
/// Where one names its peer (`/p2p/…`) no other is accepted. `sink` gets
/// `connection_established` or `dial_failed`, which has the first address.
connector_actor spawn_dialer(caf::actor_system& sys, host_context_ptr ctx,
                             attempt_id attempt,
                             std::vector<libp2p::multiaddr> addresses,
                             connection_sink sink);

/// Does the handshake on a connection that was accepted from `remote`, and is
/// not armed. `sink` gets `connection_established`, or nothing: why it failed
/// is then the reason with which the actor ends.
connector_actor spawn_acceptor(caf::actor_system& sys, host_context_ptr ctx,
                               byte_stream_ptr stream, libp2p::multiaddr remote,
                               connection_sink sink);

} // namespace grapevine
