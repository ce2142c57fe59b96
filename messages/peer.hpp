#pragma once

#include "gossip/cache/ihave_part.hpp"
#include "gossip/message/message_run.hpp"
#include "gossip/protocol.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/api.hpp"
#include "messages/counts.hpp"
#include "messages/links.hpp"
#include "proto/rpc.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace grapevine {

/// Queues messages for the peer: all that one turn has for it, in order.
struct send_messages {
  std::vector<gossip::message_ptr> msgs;
  /// Also those that the peer does not want (IDONTWANT): flood publishing,
  /// direct and FloodSub peers.
  bool anyway = false;
};

/// Queues messages that several peers get, in order.
struct send_run {
  gossip::run_ptr run;
  /// As of `send_messages`.
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
  /// Nothing of it but its subscriptions is accepted.
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

/// Asks a peer's actor for its details.
struct inspect_peer {};

/// One remote peer: owns its sockets and sessions, decodes what it sends, and
/// queues what goes to it.
using peer_actor = links_actor::extend<
    // Queues messages.
    takes<send_messages>, takes<send_run>,
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
    // Tells what it has counted.
    takes<tell_counts>,
    // Shows what it knows of the peer.
    asks<inspect_peer>::gives<peer_details>>;

/// A peer and the actor that speaks for it.
struct peer_ref {
  libp2p::peer_id id;
  peer_actor actor;
};

} // namespace grapevine
