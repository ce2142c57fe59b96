#pragma once

#include "gossip/cache/message_cache.hpp"
#include "gossip/mesh/mesh_effects.hpp"
#include "gossip/mesh/peer_table.hpp"
#include "gossip/message/message.hpp"
#include "libp2p/address/ip_address.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/api.hpp"
#include "messages/peer.hpp"

#include <any>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace grapevine {

/// The peer has a pubsub stream in either direction.
struct peer_joined {
  peer_ref peer;
  gossip::peer_traits traits;
  /// Where it is connected from or to.
  std::vector<libp2p::ip_address> ips;
};

/// The peer has connections from other addresses now.
struct peer_moved {
  peer_ref peer;
  std::vector<libp2p::ip_address> ips;
};

/// The peer is gone; ignored if another actor speaks for it by now.
struct peer_left {
  libp2p::peer_id peer;
  caf::actor_addr actor;
};

/// Messages that a peer sent, in order: what one read of its socket brought.
struct messages_received {
  peer_ref from;
  std::vector<gossip::message_ptr> msgs;
};

/// The outcome of one validation.
struct message_verdict {
  gossip::message_id id;
  gossip::validation_token token = 0;
  gossip::verdict result;
};

/// Outcomes of validations, in any order.
struct verdicts_reached {
  std::vector<message_verdict> verdicts;
  /// When the validator was asked; nothing: that is not known.
  std::optional<time_point> since{};
};

/// Ids that a peer asks for.
struct iwant_received {
  peer_ref from;
  std::vector<std::string> ids;
};

/// Ids that a peer has, of topics whose IHAVE we accept: those not seen are to
/// be asked for.
struct ihave_received {
  peer_ref from;
  std::vector<std::string> ids;
};

/// What was really asked of a peer by one IWANT: this id stands for the others
/// when it is looked whether the peer keeps what it promised.
struct iwant_sent {
  libp2p::peer_id peer;
  std::string id;
};

/// How long after its acceptance a copy of a message still counts for a score.
struct set_delivery_window {
  std::chrono::nanoseconds length{};
};

/// Tells peers by IHAVE of recent messages.
struct emit_gossip {
  /// By the slots of the handles in `topics`.
  std::vector<peer_actor> peers;
  /// Who is told of which topic.
  std::vector<gossip::gossip_due> topics;
};

/// Ends a heartbeat: the window moves on.
struct shift_window {};

/// Drops a part of what has expired; sent by the cache to itself.
struct sweep_cache {};

/// A message of ours, signed, that validators have accepted.
struct publish_own {
  gossip::message_ptr msg;
  /// What one of them attached to it.
  std::any value{};
};

/// Several messages of ours, of one topic.
struct publish_own_batch {
  std::vector<gossip::message_ptr> msgs;
  /// Of each what was attached to it, or empty: nothing to any.
  std::vector<std::any> values{};
};

/// The operator's wish: direct peers get every message, are in no mesh, and
/// neither score nor gater is held against them.
struct set_direct {
  libp2p::peer_id peer;
  bool direct = true;
};

/// Bounds how many messages of a topic are under validation at once; 0: not;
/// nothing: as of all topics. With the name `all_topics`: of each topic that
/// has no bound of its own.
struct bound_validation {
  std::string topic;
  std::optional<std::size_t> messages;
};

/// An actor that takes a topic's messages.
struct topic_subscriber {
  caf::actor actor;
  /// As `messages_delivered`; else each as a `message_delivered`.
  bool batches = false;
  delivery_options delivery{};

  friend bool operator==(const topic_subscriber&,
                         const topic_subscriber&) = default;
};

/// A subscription for which messages waited has room again.
struct subscriber_has_room {
  std::string topic;
  caf::actor_addr subscriber;
};

/// Who gets the topic's messages on this node. Messages of topics that are not
/// joined are dropped.
struct set_subscribers {
  std::string topic;
  bool joined = true;
  std::vector<topic_subscriber> subscribers;
};

struct inspect_cache {};

/// Knows which messages were seen, which are under validation, and keeps the
/// recent ones for IWANT. Its core is `gossip::message_cache`.
using message_cache_actor = caf::typed_actor<
    // A peer has come.
    takes<peer_joined>,
    // A peer has gone.
    takes<peer_left>,
    // Messages of a peer.
    takes<messages_received>,
    // Outcomes of validations.
    takes<verdicts_reached>,
    // Sends what a peer asks for.
    takes<iwant_received>,
    // Asks a peer for what was not seen.
    takes<ihave_received>,
    // Notes what a peer was asked for.
    takes<iwant_sent>,
    // Blocks or unblocks a peer.
    takes<block_peer>,
    // Changes how long copies count.
    takes<set_delivery_window>,
    // Gossips.
    takes<emit_gossip>,
    // Moves the window.
    takes<shift_window>,
    // Drops what has expired.
    takes<sweep_cache>,
    // Publishes a message of ours; the mesh manager answers.
    asks<publish_own>::gives<publish_receipt>,
    // Publishes several messages; the mesh manager answers.
    asks<publish_own_batch>::gives<batch_receipt>,
    // The gater leaves direct peers alone.
    takes<set_direct>,
    // Bounds a topic's validations.
    takes<bound_validation>,
    // Sets a topic's subscribers on this node.
    takes<set_subscribers>,
    // Lets more messages go to a subscriber.
    takes<request_messages>,
    // Sends what waits for a subscriber.
    takes<subscriber_has_room>,
    // Shows its state.
    asks<inspect_cache>::gives<cache_snapshot>,
    // Tells what it has counted.
    takes<tell_counts>>;

} // namespace grapevine
