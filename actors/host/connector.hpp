#pragma once

#include "actors/context.hpp"
#include "actors/host/reactor.hpp"
#include "messages/transport.hpp"

namespace grapevine {

/// Dials one of `addresses`, which are one peer's, trying one after the other.
/// Where one names its peer (`/p2p/…`) no other is accepted. `sink` gets
/// `connection_established` or `dial_failed`, which has the first address.
connector_actor spawn_dialer(caf::actor_system& sys, context_ptr ctx,
                             attempt_id attempt,
                             std::vector<libp2p::multiaddr> addresses,
                             connection_sink sink);

/// A connection that was accepted: `fresh`, or `watched` by the one who waited
/// for its first bytes and has not armed it since they came.
struct accepted_socket {
  unique_fd fresh;
  watched_socket watched;
};

/// Does the handshake on a connection that was accepted from `remote`. `sink`
/// gets `connection_established`, or nothing: why it failed is then the reason
/// with which the actor ends.
connector_actor spawn_acceptor(caf::actor_system& sys, context_ptr ctx,
                               accepted_socket socket, libp2p::multiaddr remote,
                               connection_sink sink);

} // namespace grapevine
