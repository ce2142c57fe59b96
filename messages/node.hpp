#pragma once

#include "libp2p/multiaddr.hpp"
#include "messages/events.hpp"
#include "messages/mesh_manager.hpp"
#include "messages/message_cache.hpp"
#include "messages/transport.hpp"
#include "messages/validator.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace grapevine {

/// Why a node did not do what it was asked.
enum class node_errc : std::uint8_t {
  none = 0,
  /// The node is stopping, or was never started.
  not_running,
  /// The address cannot be dialled or listened on.
  bad_address,
  /// No connection came about.
  dial_failed,
  /// The topic's name or the message breaks a limit.
  too_large,
  /// The topic is not one that this node is subscribed to.
  unknown_topic,
  /// A parameter breaks a rule.
  bad_parameters,
  /// The topic does not reach as many peers as asked for.
  not_ready,
};

std::string to_string(node_errc code);

/// Opens the listeners and dials the configured peers.
struct start_node {};

/// The node is up.
struct node_started {
  /// Addresses that a peer can dial, each with `/p2p/ID`.
  std::vector<libp2p::multiaddr> addresses;
};

/// Publishes `data` to a topic. The receipt tells to how many peers it went.
struct publish_message {
  std::string topic;
  bytes data;
  /// Waits until the topic has so many peers, at most for `patience`; fails if
  /// it then has fewer. 0: goes to whoever is there.
  std::size_t min_peers = 0;
  std::chrono::milliseconds patience{10'000};
};

/// Publishes several messages of a topic at once. Each peer gets them in
/// another order, so that together the peers have all of them soon and can pass
/// them on.
struct publish_batch {
  std::string topic;
  std::vector<bytes> data;
};

/// Takes part in a topic, to relay its messages, without a subscriber; or does
/// so no longer.
struct relay_topic {
  std::string topic;
  bool relay = true;
};

/// Makes the peer that `address` names (`/p2p/ID`) a direct one, which the node
/// stays connected to, which gets every message of its topics and is in no
/// mesh; or makes it an ordinary one.
struct set_direct_peer {
  libp2p::multiaddr address;
  bool direct = true;
};

/// How a topic's messages are validated from now on; nothing: by their
/// signature alone.
struct set_validation {
  std::string topic;
  std::optional<topic_validation> validation;
};

/// Delivers a topic's messages to `subscriber`, each as a `message_delivered`
/// or, for those who get very many, as `messages_delivered`: an actor's message
/// costs as much as the rest of a small one's way. The first subscriber joins
/// the topic, the last one leaves it, on request or by ending. Asking again
/// changes the form.
struct subscribe_topic {
  std::string topic;
  caf::actor subscriber;
  bool batches = false;
};

struct unsubscribe_topic {
  std::string topic;
  caf::actor subscriber;
};

/// Connects once; the answer comes when the peer has proven who it is.
struct connect_peer {
  libp2p::multiaddr address;
};

struct peer_connected {
  libp2p::peer_id peer;
};

/// Stays connected to an address: dialled now, and again whenever the
/// connection is lost, with exponential backoff and jitter.
struct keep_connected {
  libp2p::multiaddr address;
};

/// Time to dial a kept address again.
struct redial_peer {
  libp2p::multiaddr address;
};

struct disconnect_from {
  libp2p::peer_id peer;
};

struct inspect_node {};

/// One connected peer.
struct connected_peer {
  libp2p::peer_id peer;
  libp2p::multiaddr address;
  bool outbound = false;
};

/// The answer to `inspect_node`.
struct node_snapshot {
  libp2p::peer_id self;
  std::vector<libp2p::multiaddr> addresses;
  std::vector<connected_peer> peers;
  mesh_snapshot mesh;
  cache_snapshot cache;
  /// Bytes of frames that wait to be sent, each counted once, and of RPCs that
  /// have begun to arrive.
  std::size_t queued_bytes = 0;
  std::size_t unfinished_bytes = 0;
  /// Messages dropped, as too much waited for a peer or for all.
  std::uint64_t dropped = 0;
};

/// Sends `node_event`s to an observer, until it ends.
struct watch_node {
  caf::actor observer;
};

/// Stops in order: listeners, heartbeat, queues flushed, peers, reactor. Peers
/// are told nothing but that the connection ends: a PRUNE's backoff would
/// outlive a short stop.
struct stop_node {
  std::chrono::milliseconds deadline{5'000};
};

struct node_stopped {};

/// The deadline of `stop_node`.
struct stop_expired {};

/// Time to listen again on an address whose listener has failed.
struct reopen_listener {
  libp2p::multiaddr address;
};

/// Time to look whether peers are of no use, as most places are taken.
struct trim_peers {};

/// A GossipSub node: what applications talk to.
using node_actor = connection_sink::extend<
    // A peer has no connection left.
    takes<peer_lost>,
    // Starts it; fails when an address cannot be listened on.
    asks<start_node>::gives<node_started>,
    // Publishes.
    asks<publish_message>::gives<publish_receipt>,
    // Publishes several messages.
    asks<publish_batch>::gives<batch_receipt>,
    // Takes part in a topic without a subscriber.
    asks<relay_topic>::gives<changed>,
    // Takes part in partial messages.
    asks<set_partial_topic>::gives<changed>,
    // Publishes parts.
    asks<publish_partial>::gives<changed>,
    // Makes a peer direct.
    asks<set_direct_peer>::gives<changed>,
    // Blocks a peer, and disconnects it.
    takes<block_peer>,
    // Sets how a topic's messages are validated.
    asks<set_validation>::gives<changed>,
    // Sets what the application thinks of a peer.
    takes<set_application_score>,
    // Changes the parameters of a topic's scores.
    asks<set_topic_score>::gives<changed>,
    // Shows all scores.
    asks<inspect_scores>::gives<scores_snapshot>,
    // Subscribes an actor to a topic.
    takes<subscribe_topic>,
    // Unsubscribes it.
    takes<unsubscribe_topic>,
    // Connects to a peer.
    asks<connect_peer>::gives<peer_connected>,
    // Stays connected to a peer.
    takes<keep_connected>,
    // Dials a kept peer again.
    takes<redial_peer>,
    // Disconnects a peer.
    takes<disconnect_from>,
    // Waits for peers of a topic.
    asks<await_peers>::gives<peers_ready>,
    // Shows its state.
    asks<inspect_node>::gives<node_snapshot>,
    // Reports events to an actor.
    takes<watch_node>,
    // What the mesh manager tells of peers' subscriptions, for observers.
    takes<node_events>,
    // Connects to peers that others offered.
    takes<connect_offered>,
    // Listens again after a failure.
    takes<reopen_listener>,
    // Disconnects peers that are of no use.
    takes<trim_peers>,
    // Has waited long enough for its peers to end.
    takes<stop_expired>,
    // Stops it; the answer comes when all is done, or at the deadline.
    asks<stop_node>::gives<node_stopped>>;

} // namespace grapevine

GRAPEVINE_ERROR_ENUM(grapevine::node_errc, "grapevine")
