#pragma once

#include "gossip/cache/ihave_part.hpp"
#include "gossip/message/message.hpp"
#include "gossip/protocol.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/reactor.hpp"
#include "proto/rpc.hpp"

#include <chrono>
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

/// Queues messages for the peer: all that one turn has for it, in order.
struct send_messages {
  std::vector<gossip::message_ptr> msgs;
  /// Also those that the peer does not want (IDONTWANT): flood publishing,
  /// direct and FloodSub peers.
  bool anyway = false;
};

/// Queues messages that the peer asked for by IWANT.
struct send_answers {
  std::vector<gossip::message_ptr> msgs;
};

/// Queues a partial message.
struct send_partial {
  shared_bytes frame;
};

/// Queues subscriptions and control. Shared, as one announcement goes to all.
struct send_control {
  std::shared_ptr<const std::vector<proto::subscription>> subscriptions;
  std::shared_ptr<const proto::control> control;
};

/// Queues IHAVEs.
struct send_gossip {
  std::vector<gossip::ihave_part> parts;
};

/// The first RPC on a new outbound stream, in answer to `hello_wanted`: all our
/// subscriptions, and the meshes that the peer is in.
struct send_hello {
  std::vector<proto::subscription> subscriptions;
  std::vector<std::string> grafts;
};

/// What the peer's score forbids from now on.
struct set_standing {
  /// Nothing of it but its subscriptions is heeded.
  bool graylisted = false;
  /// Its IWANT is not answered.
  bool without_gossip = false;

  friend bool operator==(const set_standing&, const set_standing&) = default;
};

/// So much of what the peer sent has been decided: it may read on.
struct return_credit {
  std::size_t messages = 0;
  std::size_t bytes = 0;
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
};

/// Who hears of lost peers: the node.
using peer_keeper = caf::typed_actor<
    // A peer has no connection left.
    takes<peer_lost>>;

/// One remote peer: owns its sockets and sessions, decodes what it sends, and
/// queues what goes to it.
using peer_actor = caf::typed_actor<
    // Reads or writes one of its sockets.
    takes<socket_ready>,
    // Takes over a connection that is authenticated as this peer's.
    takes<adopt_connection>,
    // Queues messages.
    takes<send_messages>,
    // Queues messages asked for by IWANT.
    takes<send_answers>,
    // Queues a partial message.
    takes<send_partial>,
    // Queues subscriptions and control.
    takes<send_control>,
    // Queues IHAVEs.
    takes<send_gossip>,
    // Says hello on a new outbound stream.
    takes<send_hello>,
    // Learns what its score forbids.
    takes<set_standing>,
    // Gets back credit, and reads on if it had none.
    takes<return_credit>,
    // Writes what was queued in this turn.
    takes<flush_output>,
    // Looks at deadlines.
    takes<peer_tick>,
    // Disconnects.
    takes<disconnect_peer>,
    // Flushes and ends.
    takes<stop_peer>>;

/// A peer and the actor that speaks for it.
struct peer_ref {
  libp2p::peer_id id;
  peer_actor actor;
};

} // namespace grapevine
