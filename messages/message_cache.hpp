#pragma once

#include "gossip/message.hpp"
#include "gossip/message_cache.hpp"
#include "gossip/peer_table.hpp"
#include "libp2p/peer_id.hpp"
#include "messages/peer.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace grapevine {

/// The peer has a pubsub stream in either direction.
struct peer_joined {
  peer_ref peer;
  gossip::peer_traits traits;
};

/// The peer is gone; ignored if another actor speaks for it by now.
struct peer_left {
  libp2p::peer_id peer;
  caf::actor_addr actor;
};

/// A message of a frame, with its id.
struct received_message {
  proto::message_view view;
  gossip::message_id id;
};

/// The messages of one frame, in order; their views see `frame`.
struct messages_received {
  peer_ref from;
  shared_bytes frame;
  std::vector<received_message> msgs;
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
};

/// Ids that a peer asks for.
struct iwant_received {
  peer_ref from;
  std::vector<std::string> ids;
};

/// Ids that a peer has, of topics whose IHAVE we heed: those not seen are to be
/// asked for.
struct ihave_received {
  peer_ref from;
  std::vector<std::string> ids;
};

/// Tells `peers` by IHAVE of the topic's recent messages.
struct emit_gossip {
  std::string topic;
  std::vector<peer_actor> peers;
};

/// Ends a heartbeat: the window moves on.
struct shift_window {};

/// A message of ours, signed.
struct publish_own {
  gossip::message_ptr msg;
};

/// What became of a published message.
struct publish_receipt {
  gossip::message_id id;
  /// How many peers it went to.
  std::size_t peers = 0;
  /// It was published before: with the same id, so nothing was sent.
  bool duplicate = false;
};

/// Who gets the topic's messages on this node. Messages of topics that are not
/// joined are dropped.
struct set_subscribers {
  std::string topic;
  bool joined = true;
  std::vector<caf::actor> subscribers;
};

/// An accepted message, for the application.
struct message_delivered {
  gossip::message_ptr msg;
  /// The peer that sent it to us first; empty for our own.
  libp2p::peer_id source;
  std::chrono::system_clock::time_point received;
};

struct inspect_cache {};

/// Counters since the start, and what is held now.
struct cache_snapshot {
  std::uint64_t delivered = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t rejected = 0;
  std::uint64_t ignored = 0;
  /// Dropped because too much was under validation.
  std::uint64_t throttled = 0;
  std::size_t validating = 0;
  std::size_t seen = 0;
};

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
    // Gossips of a topic.
    takes<emit_gossip>,
    // Moves the window.
    takes<shift_window>,
    // Publishes a message of ours; the mesh manager answers.
    asks<publish_own>::gives<publish_receipt>,
    // Sets a topic's subscribers on this node.
    takes<set_subscribers>,
    // Shows its state.
    asks<inspect_cache>::gives<cache_snapshot>>;

} // namespace grapevine
