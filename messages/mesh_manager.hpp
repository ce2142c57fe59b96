#pragma once

#include "gossip/mesh.hpp"
#include "messages/events.hpp"
#include "messages/message_cache.hpp"
#include "messages/peer.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace grapevine {

/// Whom the mesh manager works with; its first message.
struct meet_partners {
  message_cache_actor cache;
  event_sink events;
};

/// The peer's outbound stream is open and awaits our subscriptions.
struct hello_wanted {
  peer_ref peer;
};

/// What a peer's RPC said to the mesh: subscriptions, GRAFT, PRUNE and IHAVE.
/// Its entries' credit is returned once they are handled.
struct rpc_received {
  peer_ref from;
  std::vector<proto::subscription> subscriptions;
  proto::control control;
  std::size_t entries = 0;
};

/// An accepted message and the peer that sent it first.
struct routed_message {
  gossip::message_ptr msg;
  libp2p::peer_id source;
};

/// Accepted messages, to be relayed.
struct route_messages {
  std::vector<routed_message> msgs;
};

/// One of our own messages, to be sent.
struct route_own {
  gossip::message_ptr msg;
};

/// Subscribes this node.
struct join_topic {
  std::string topic;
};

/// Unsubscribes this node.
struct leave_topic {
  std::string topic;
};

/// A heartbeat is due.
struct heartbeat_tick {};

/// Waits until a message to `topic` would go to at least `count` peers.
struct await_peers {
  std::string topic;
  std::size_t count = 1;
  std::chrono::milliseconds timeout{10'000};
};

/// How many peers a message to the topic would go to; fewer than asked for when
/// the time is over.
struct peers_ready {
  std::size_t count = 0;
};

/// An `await_peers` has waited long enough.
struct await_expired {
  std::uint64_t ticket = 0;
};

/// Leaves all topics, with PRUNE: the node stops.
struct leave_all {};

/// All that was to be said has been given to the peers.
struct all_left {};

struct inspect_mesh {};

/// What the mesh manager knows of one topic.
struct topic_state_snapshot {
  std::string topic;
  bool subscribed = false;
  std::vector<libp2p::peer_id> mesh;
  std::vector<libp2p::peer_id> fanout;
  std::vector<libp2p::peer_id> peers;
};

/// The answer to `inspect_mesh`.
struct mesh_snapshot {
  std::vector<topic_state_snapshot> topics;
  std::size_t peers = 0;
};

/// The router: knows who is subscribed to what and chooses whom a message goes
/// to. Its core is `gossip::mesh`.
using mesh_manager_actor = caf::typed_actor<
    // Learns whom it works with.
    takes<meet_partners>,
    // A peer has come.
    takes<peer_joined>,
    // A peer has gone.
    takes<peer_left>,
    // Answers with `send_hello` to the peer.
    takes<hello_wanted>,
    // Subscriptions and control of a peer.
    takes<rpc_received>,
    // Relays accepted messages.
    takes<route_messages>,
    // Sends a message of ours, and tells to how many peers.
    asks<route_own>::gives<publish_receipt>,
    // Joins a topic.
    takes<join_topic>,
    // Leaves a topic.
    takes<leave_topic>,
    // Does a heartbeat.
    takes<heartbeat_tick>,
    // Waits for peers of a topic.
    asks<await_peers>::gives<peers_ready>,
    // An `await_peers` is over.
    takes<await_expired>,
    // Leaves all topics.
    asks<leave_all>::gives<all_left>,
    // Shows its state.
    asks<inspect_mesh>::gives<mesh_snapshot>>;

} // namespace grapevine
