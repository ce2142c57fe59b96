#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/host_counts.hpp"
#include "messages/links.hpp"
#include "messages/resolver.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace grapevine {

class network_rules;

/// Tells a node's attempts to connect apart.
using attempt_id = std::uint64_t;

/// The socket is connected and the other side has proven to be `peer`.
struct connection_established {
  /// 0 for one that we accepted.
  attempt_id attempt = 0;
  libp2p::peer_id peer;
  std::shared_ptr<connection> conn;
  std::shared_ptr<event_recorder> events;
};

/// An attempt ended without a connection.
struct dial_failed {
  attempt_id attempt = 0;
  libp2p::multiaddr address;
  std::string reason;
  handshake_failure cause = handshake_failure::other;
  /// It was this node itself that answered there.
  bool is_self = false;
};

/// A listener can go on no longer.
struct listener_failed {
  libp2p::multiaddr address;
  std::string reason;
};

/// An attempt's deadline, or that of one of its addresses.
struct attempt_timeout {
  /// Which address, counted from 1; 0: the whole attempt.
  std::size_t round = 0;
};

/// A listener that ran out of descriptors tries again.
struct resume_accepting {};

/// From where connections are accepted from now on.
struct use_networks {
  std::shared_ptr<const network_rules> rules;
};

/// Ends a listener or an attempt.
struct close_transport {};

/// Who hears of connections: the node.
using connection_sink = caf::typed_actor<
    // A peer is connected.
    takes<connection_established>,
    // An attempt failed.
    takes<dial_failed>,
    // A listener failed.
    takes<listener_failed>,
    // What a listener has counted before it ends.
    takes<host_counts>>;

/// One listening socket.
using listener_actor = caf::typed_actor<
    // Accepts what waits.
    takes<socket_ready>,
    // Accepts again after a pause.
    takes<resume_accepting>,
    // Learns from where connections may come.
    takes<use_networks>,
    // Learns what connections are told of the node.
    takes<use_addresses>,
    // Some accepted connections have had their time for the handshake.
    takes<attempt_timeout>,
    // Closes the socket.
    takes<close_transport>,
    // Tells what it has counted.
    takes<tell_host_counts>>;

/// One attempt to have an authenticated connection, dialled or accepted:
/// resolves the name, connects, does the handshake, hands over to the sink, and
/// ends.
using connector_actor = caf::typed_actor<
    // The connect or the handshake goes on.
    takes<socket_ready>,
    // Begins, or goes on with what its name has led to.
    takes<address_resolved>,
    // Gives up.
    takes<attempt_timeout>,
    // Gives up on request.
    takes<close_transport>>;

} // namespace grapevine
