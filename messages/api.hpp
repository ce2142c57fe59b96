#pragma once

#include "gossip/message/message.hpp"
#include "gossip/message/message_id.hpp"
#include "gossip/parameters.hpp"
#include "gossip/partial/partial_rules.hpp"
#include "gossip/score/score_snapshot.hpp"
#include "gossip/trace/trace_event.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/api_types.hpp"
#include "messages/changeable_settings.hpp"
#include "messages/load_gauge.hpp"
#include "messages/metrics.hpp"
#include "messages/type_ids.hpp"
#include "proto/bytes.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// All that an application and a node say to each other, and no more; what of it
// is plain data is in api_types.hpp. An application of another process says it
// to a gateway (gateway/gateway.hpp); what does not leave the process is said
// there.

namespace grapevine::libp2p {
class private_key;
}

namespace grapevine {

GRAPEVINE_INSPECT_ENUM(node_errc, node_errc::in_process_only)

// -- life ---------------------------------------------------------------------

/// Opens the listeners and dials the configured peers.
struct start_node {};

/// The node is up.
struct node_started {
  /// Addresses at which it listens and a peer can dial it, each with `/p2p/ID`;
  /// whatever others are told (`changeable_settings::announced_addresses`).
  std::vector<libp2p::multiaddr> addresses;
};

/// Stops in order: listeners, heartbeat, queues flushed, peers, reactor. Peers
/// are told nothing but that the connection ends: a PRUNE's backoff would
/// outlive a short stop.
struct stop_node {
  std::chrono::milliseconds deadline{5'000};
};

/// No code of the application is called any more, and its actors are sent
/// nothing. Where a validator has not come back by the deadline the answer is
/// `still_busy` instead.
struct node_stopped {};

/// The answer to a change that was made.
struct changed {};

/// Lets a running node have these settings instead of its own: it joins and
/// leaves topics, keeps and blocks peers, and so on, as if it had been started
/// with them. All of it or, if anything is not possible (bad_address,
/// bad_parameters), nothing. What was asked for by other messages since the
/// start stays, and so do connections to peers that are kept no longer; those
/// that are not allowed any more end.
struct change_settings {
  changeable_settings settings;
  gossip::score_thresholds thresholds;
};

// -- topics and messages ------------------------------------------------------

/// A longer wait is taken for one so long.
inline constexpr std::chrono::milliseconds longest_wait = std::chrono::days{7};

/// Delivers a topic's messages to `subscriber`, each as a `message_delivered`
/// or, for those who get very many, as `messages_delivered`: an actor's message
/// costs as much as the rest of a small one's way. The first subscriber joins
/// the topic, the last one leaves it, on request or by ending. Asking again
/// changes the form.
struct subscribe_topic {
  std::string topic;
  caf::actor subscriber;
  bool batches = false;
  delivery_options delivery{};
};

/// Lets so many more messages of the topic come to a subscriber that takes them
/// `on_request`.
struct request_messages {
  std::string topic;
  caf::actor subscriber;
  std::size_t count = 1;
};

/// Delivers the topic's messages to `subscriber` no more.
struct unsubscribe_topic {
  std::string topic;
  caf::actor subscriber;
};

/// Accepted messages, at least one, of any of the topics that the subscriber
/// takes in batches: what was there at once, in order. Nothing waits for more.
struct messages_delivered {
  std::vector<message_delivered> msgs;
};

/// Takes part in a topic, to relay its messages, without a subscriber; or does
/// so no longer.
struct relay_topic {
  std::string topic;
  bool relay = true;
};

/// Publishes `data` to a topic. The topic's validators are asked first; what
/// they do not accept is `not_accepted`. The receipt tells to how many peers it
/// went.
struct publish_message {
  std::string topic;
  bytes data;
  /// Waits until the topic has so many peers, at most for `patience`; fails if
  /// it then has fewer. 0: goes to whoever is there.
  std::size_t min_peers = 0;
  std::chrono::milliseconds patience{10'000};
  /// Signs it, instead of the node: its author is this key's peer. Null: the
  /// node does.
  std::shared_ptr<const libp2p::private_key> key{};
  /// Lets it count as under way; set by the node.
  load_ticket ticket{};
};

/// Publishes several messages of a topic at once. Each peer gets them in
/// another order, so that together the peers have all of them soon and can pass
/// them on.
struct publish_batch {
  std::string topic;
  std::vector<bytes> data;
  /// As in `publish_message`.
  std::shared_ptr<const libp2p::private_key> key{};
  load_ticket ticket{};
};

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

// -- validation ---------------------------------------------------------------

/// A message that an application is to judge, after its signature was found to
/// be good.
struct judge_message {
  gossip::message_ptr msg;
  /// The peer that sent it; empty: this node is asked to publish it.
  libp2p::peer_id source;
};

/// An application's validator, for what takes time or state.
using judge_actor = caf::typed_actor<
    // Judges a message.
    asks<judge_message>::gives<judgement>>;

/// What a topic's messages must pass besides their signature, also those that
/// this node is asked to publish. All judges must accept; one that rejects
/// counts more than one that ignores. One that throws, dies or is late ignores.
/// An actor with twice `max_messages` questions unanswered (2,048 without a
/// bound) is not asked, and ignores.
struct topic_validation {
  /// Asked first, in order, until one does not accept.
  std::vector<judge_function> functions{};
  /// Asked together.
  std::vector<judge_actor> actors{};
  /// How long an actor may take.
  std::chrono::milliseconds timeout{5'000};
  /// Messages of the topic under validation at once; further ones are dropped,
  /// which is held against nobody. 0: as many as of all topics.
  std::size_t max_messages = 1'024;
  /// Bytes of a message's data; a larger one is rejected. 0: as of
  /// `all_topics`, and of these what fits into an RPC.
  std::size_t max_size = 0;
};

/// By topic, or for `all_topics`.
using validation_table = std::map<std::string, topic_validation, std::less<>>;

/// How a topic's messages, or those of `all_topics`, are validated from now on;
/// nothing: by their signature alone. Once it is answered, the functions of
/// before are called no more, and the actors of before are asked no more.
struct set_validation {
  std::string topic;
  std::optional<topic_validation> validation;
};

// -- peers --------------------------------------------------------------------

/// Connects once; the answer comes when the peer has proven who it is.
struct connect_peer {
  libp2p::multiaddr address;
};

/// There is a connection to this peer.
struct peer_connected {
  libp2p::peer_id peer;
};

/// Stays connected to an address: dialled now, and again whenever the
/// connection is lost, with exponential backoff and jitter.
struct keep_connected {
  libp2p::multiaddr address;
};

/// Ends all connections to a peer, and stays connected to it no longer.
struct disconnect_from {
  libp2p::peer_id peer;
};

/// Makes the peer that `address` names (`/p2p/ID`) a direct one, which the node
/// stays connected to, which gets every message of its topics and is in no
/// mesh; or makes it an ordinary one.
struct set_direct_peer {
  libp2p::multiaddr address;
  bool direct = true;
};

/// Takes no messages that this peer sends or wrote, or does so again.
struct block_peer {
  libp2p::peer_id peer;
  bool blocked = true;
};

/// Allows a peer besides those of `changeable_settings::allowed_peers`, or
/// forbids one, whatever that list says: then it is disconnected, and the node
/// stays connected to it no longer. Until the node ends. Fails with
/// `bad_parameters` where there is no such list, so that all may be connected:
/// there, `block_peer` keeps one out.
struct allow_peer {
  libp2p::peer_id peer;
  bool allowed = true;
};

// -- scores -------------------------------------------------------------------

/// What the application thinks of a peer (P5).
struct set_application_score {
  libp2p::peer_id peer;
  double score = 0;
};

/// Other parameters for a topic's scores from now on.
struct set_topic_score {
  std::string topic;
  gossip::topic_score_parameters parameters;
};

struct inspect_scores {};

/// The score of one connected peer and what it is made of.
struct scored_peer {
  libp2p::peer_id peer;
  gossip::score_snapshot score;
};

/// The answer to `inspect_scores`.
struct scores_snapshot {
  std::vector<scored_peer> peers;
};

// -- partial messages ---------------------------------------------------------

/// Takes part in a topic's partial messages, or no longer without `rules`.
/// What peers send is `partial_delivered` to `receiver`.
struct set_partial_topic {
  std::string topic;
  gossip::partial_topic how;
  caf::actor receiver;
};

/// This node has `parts` of a group, and `metadata` says what it has and wants;
/// to be said anew whenever that changes.
struct publish_partial {
  std::string topic;
  bytes group;
  bytes parts;
  bytes metadata;
};

/// Parts of a group, what the peer has and wants of it, or both; for the
/// application.
struct partial_delivered {
  libp2p::peer_id from;
  std::string topic;
  bytes group;
  std::optional<bytes> parts;
  std::optional<bytes> metadata;
  /// How many would have come before this one, and were dropped as more than
  /// `max_waiting_news` or `max_waiting_part_bytes` waited for the receiver.
  std::uint64_t missed = 0;
  load_ticket ticket{};
};

// -- what the node tells of itself --------------------------------------------

/// How many events, and how many parts, may wait for one actor that gets them.
inline constexpr std::size_t max_waiting_news = 16'384;

/// How many bytes of parts may wait for one actor; a single one always may.
inline constexpr std::size_t max_waiting_part_bytes = std::size_t{16} << 20;

/// Sends `node_event`s to an observer, until it ends or wants no more; once,
/// however often it is asked for. They begin with what is there: who is
/// connected, subscribed and in a mesh; or with what happens from now on.
struct watch_node {
  caf::actor observer;
  bool only_news = false;
};

/// Sends an observer no more of them.
struct unwatch_node {
  caf::actor observer;
};

struct inspect_node {};

struct inspect_peers {};

// -- traces -------------------------------------------------------------------

/// Events of one of the node's actors, in order. Each actor's come by
/// themselves: only their times order them against those of others.
struct trace_events {
  /// Counts as waiting as long as somebody holds it: to keep events for long,
  /// copy them.
  std::shared_ptr<const std::vector<gossip::trace_event>> events;
  /// How many were lost before these because too many were waiting.
  std::uint64_t dropped = 0;
  /// The node has ended: none will follow.
  bool last = false;
};

// -- the node -----------------------------------------------------------------

/// A GossipSub node, as applications see it. The node's own actors use an
/// extension of this interface whose messages are nobody else's to send.
///
/// What changes something can be asked for before the start, too, and holds
/// from the start; what asks for something is answered `not_running` then.
/// Whatever is still asked for when the node is stopped is answered
/// `not_running`.
using node_actor = caf::typed_actor<
    // Starts it; fails when an address cannot be listened on.
    asks<start_node>::gives<node_started>,
    // Changes its settings.
    asks<change_settings>::gives<changed>,
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
    asks<block_peer>::gives<changed>,
    // Allows a peer, or forbids it.
    asks<allow_peer>::gives<changed>,
    // Sets how a topic's messages are validated.
    asks<set_validation>::gives<changed>,
    // Sets what the application thinks of a peer.
    asks<set_application_score>::gives<changed>,
    // Changes the parameters of a topic's scores.
    asks<set_topic_score>::gives<changed>,
    // Shows all scores.
    asks<inspect_scores>::gives<scores_snapshot>,
    // Subscribes an actor to a topic.
    asks<subscribe_topic>::gives<changed>,
    // Unsubscribes it.
    asks<unsubscribe_topic>::gives<changed>,
    // Lets more messages come.
    asks<request_messages>::gives<changed>,
    // Connects to a peer.
    asks<connect_peer>::gives<peer_connected>,
    // Stays connected to a peer.
    asks<keep_connected>::gives<changed>,
    // Disconnects a peer.
    asks<disconnect_from>::gives<changed>,
    // Waits for peers of a topic.
    asks<await_peers>::gives<peers_ready>,
    // Shows its state.
    asks<inspect_node>::gives<node_snapshot>,
    // Shows its peers.
    asks<inspect_peers>::gives<peers_snapshot>,
    // Tells all its numbers.
    asks<inspect_metrics>::gives<metrics_snapshot>,
    // Reports events to an actor.
    asks<watch_node>::gives<changed>,
    // Reports no more of them.
    asks<unwatch_node>::gives<changed>,
    // Stops it; the answer comes when all is done, or at the deadline.
    asks<stop_node>::gives<node_stopped>>;

} // namespace grapevine

GRAPEVINE_ERROR_ENUM(grapevine::node_errc, "grapevine")
