#pragma once

#include "libp2p/multiaddr.hpp"
#include "messages/events.hpp"
#include "messages/mesh_manager.hpp"
#include "messages/message_cache.hpp"
#include "messages/transport.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
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
};

/// Delivers a topic's messages to `subscriber` as `message_delivered`. The
/// first subscriber joins the topic, the last one leaves it, on request or by
/// ending.
struct subscribe_topic {
  std::string topic;
  caf::actor subscriber;
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
};

/// Sends `node_event`s to an observer, until it ends.
struct watch_node {
  caf::actor observer;
};

/// Stops in order: listeners, heartbeat, PRUNE, queues flushed, peers, reactor.
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

/// A GossipSub node: what applications talk to.
using node_actor = connection_sink::extend<
    // A peer has no connection left.
    takes<peer_lost>,
    // Starts it; fails when an address cannot be listened on.
    asks<start_node>::gives<node_started>,
    // Publishes.
    asks<publish_message>::gives<publish_receipt>,
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
    takes<node_event>,
    // Listens again after a failure.
    takes<reopen_listener>,
    // Has waited long enough for its peers to end.
    takes<stop_expired>,
    // Stops it; the answer comes when all is done, or at the deadline.
    asks<stop_node>::gives<node_stopped>>;

} // namespace grapevine

GRAPEVINE_ERROR_ENUM(grapevine::node_errc, "grapevine")
