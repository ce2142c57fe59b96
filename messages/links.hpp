#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/reactor.hpp"
#include "proto/bytes.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace grapevine {

class connection;
class event_recorder;

/// A further connection to the peer; what its session said so far is in
/// `events`.
struct adopt_connection {
  std::shared_ptr<connection> conn;
  std::shared_ptr<event_recorder> events;
  /// We dialled it because another peer offered it.
  bool offered = false;
};

/// Where others are told to dial the node.
struct announced_node {
  /// Each with `/p2p/ID`.
  std::vector<libp2p::multiaddr> addresses;
  /// The same, signed; each with a higher number than those before it.
  bytes signed_record;
};

/// What of that holds from now on.
struct use_addresses {
  std::shared_ptr<const announced_node> announced;
};

/// Writes what this turn queued; sent by the peer to itself.
struct flush_output {};

/// The peer's own clock: deadlines and pings.
struct peer_tick {};

/// Ends all connections to the peer, and the actor.
struct disconnect_peer {
  std::string reason;
};

/// Sends what is queued, at most until `deadline` from now is over, then ends.
struct stop_peer {
  std::chrono::milliseconds deadline;
};

/// The peer's last connection is gone; sent to the node, which either has
/// another one under way or ends the actor.
struct peer_lost {
  libp2p::peer_id peer;
  /// How many connections the actor has been given so far.
  std::size_t adopted = 0;
  std::string reason;
  /// A protocol was spoken with it: it did take the connection.
  bool used = false;
};

/// Who hears of lost peers: the node.
using peer_keeper = caf::typed_actor<
    // A peer has no connection left.
    takes<peer_lost>>;

/// Who owns the connections to one peer.
using links_actor = caf::typed_actor<
    // Reads or writes one of its sockets.
    takes<socket_ready>,
    // Takes over a connection that is authenticated as this peer's.
    takes<adopt_connection>,
    // Tells the peer where the node can be dialled now.
    takes<use_addresses>,
    // Writes what was queued in this turn.
    takes<flush_output>,
    // Looks at deadlines.
    takes<peer_tick>,
    // Disconnects.
    takes<disconnect_peer>,
    // Flushes and ends.
    takes<stop_peer>>;

} // namespace grapevine
