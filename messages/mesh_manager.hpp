#pragma once

#include "gossip/mesh/mesh.hpp"
#include "gossip/partial/partial_rules.hpp"
#include "gossip/score/peer_score.hpp"
#include "messages/api.hpp"
#include "messages/events.hpp"
#include "messages/message_cache.hpp"
#include "messages/peer.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
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
struct control_received {
  peer_ref from;
  std::vector<proto::subscription> subscriptions;
  proto::control control;
  std::size_t entries = 0;
};

/// An accepted message, the peer that sent it first, and those that sent it too
/// before the verdict.
struct routed_message {
  gossip::message_ptr msg;
  libp2p::peer_id source;
  std::vector<gossip::forwarder> forwarders;
};

/// Accepted messages, to be relayed.
struct route_messages {
  std::vector<routed_message> msgs;
};

/// What peers did with messages, for their scores.
struct delivery_report {
  enum class kind {
    /// Sent an accepted message once more, in time.
    duplicate,
    /// Sent an invalid one.
    invalid,
  };
  struct entry {
    libp2p::peer_id peer;
    std::string topic;
    kind what;
    /// Of a duplicate, since the verdict.
    std::chrono::nanoseconds age{};
  };
  std::vector<entry> entries;
};

/// What a peer did against the protocol; `count` is added to P7. Less than
/// nothing takes back what was counted before.
struct misbehaved {
  libp2p::peer_id peer;
  double count = 1;
  /// For logs.
  std::string what;
};

/// Whether partial messages may be exchanged with the peer.
struct partial_usable {
  libp2p::peer_id peer;
  bool usable = false;
};

/// A partial message of a peer; the view sees `frame`. One entry and its bytes
/// of credit are returned at once.
struct partial_received {
  peer_ref from;
  shared_bytes frame;
  proto::partial_view partial;
};

/// So many messages for a peer were dropped, as it reads too slowly.
struct reads_slowly {
  libp2p::peer_id peer;
  std::size_t dropped = 0;
};

/// Other parameters for all scores, and what follows from them.
struct use_scoring {
  gossip::score_parameters score;
  gossip::score_thresholds thresholds;
};

/// New messages, worth telling the mesh that it need not send them.
struct announce_messages {
  std::vector<routed_message> msgs;
};

/// The peer told by identify where it can be reached.
struct record_learned {
  libp2p::peer_id peer;
  bytes sealed;
};

/// Asks where these connected peers can be reached.
struct inspect_addresses {
  std::vector<libp2p::peer_id> peers;
};

/// The answer: those of them that signed it.
struct signed_addresses {
  struct entry {
    libp2p::peer_id peer;
    std::vector<libp2p::multiaddr> addresses;
    bytes sealed;
  };
  std::vector<entry> peers;
};

/// One of our own messages, to be sent.
struct route_own {
  gossip::message_ptr msg;
};

/// Several of our own messages, of one topic.
struct route_batch {
  struct entry {
    gossip::message_ptr msg;
    /// Was published before: not sent again.
    bool duplicate = false;
  };
  std::vector<entry> msgs;
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

/// An `await_peers` has waited long enough.
struct await_expired {
  std::uint64_t ticket = 0;
};

/// The node stops: nothing more is decided for it, and nothing said of it.
struct leave_all {};

/// All that was to be said has been given to the peers.
struct all_left {};

struct inspect_mesh {};

/// The router: knows who is subscribed to what and chooses whom a message goes
/// to. Its core is `gossip::mesh`.
using mesh_manager_actor = caf::typed_actor<
    // Learns whom it works with.
    takes<meet_partners>,
    // Learns whether anybody observes.
    takes<observe_events>,
    // A peer has come.
    takes<peer_joined>,
    // A peer has gone.
    takes<peer_left>,
    // Answers with `send_hello` to the peer.
    takes<hello_wanted>,
    // Subscriptions and control of a peer.
    takes<control_received>,
    // The peer's addresses changed.
    takes<peer_moved>,
    // What peers did with messages.
    takes<delivery_report>,
    // A peer broke the protocol.
    takes<misbehaved>,
    // A peer's extensions are known.
    takes<partial_usable>,
    // A partial message of a peer.
    takes<partial_received>,
    // Takes part in partial messages.
    asks<set_partial_topic>::gives<changed>,
    // Publishes parts.
    asks<publish_partial>::gives<changed>,
    // A peer reads too slowly.
    takes<reads_slowly>,
    // Tells the mesh IDONTWANT.
    takes<announce_messages>,
    // A peer's signed addresses.
    takes<record_learned>,
    // Tells where peers can be reached.
    asks<inspect_addresses>::gives<signed_addresses>,
    // Makes a peer direct, or no longer.
    takes<set_direct>,
    // Sets a peer's application score.
    takes<set_application_score>,
    // Changes the parameters of a topic's scores.
    asks<set_topic_score>::gives<changed>,
    // Scores by other parameters.
    takes<use_scoring>,
    // Shows all scores.
    asks<inspect_scores>::gives<scores_snapshot>,
    // Relays accepted messages.
    takes<route_messages>,
    // Sends a message of ours, and tells to how many peers.
    asks<route_own>::gives<publish_receipt>,
    // Sends several messages of ours.
    asks<route_batch>::gives<batch_receipt>,
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
    asks<inspect_mesh>::gives<mesh_snapshot>,
    // Tells what it has counted.
    takes<tell_counts>>;

} // namespace grapevine
