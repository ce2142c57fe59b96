#pragma once

#include "gossip/message/message.hpp"
#include "gossip/message/message_id.hpp"
#include "gossip/message/verdict.hpp"
#include "gossip/trace/trace_format.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/load_gauge.hpp"

#include <any>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What of the interface between an application and a node is plain data: no
// actor is in it and nothing of CAF, so that code without actors can use it.

namespace grapevine {

// -- errors -------------------------------------------------------------------

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
  /// A parameter breaks a rule, or a handle or function is empty.
  bad_parameters,
  /// The topic does not reach as many peers as asked for.
  not_ready,
  /// The application's code has not come back by the deadline, so that it may
  /// still run.
  still_busy,
  /// Too much is under way: ask again once something was answered.
  busy,
  /// A validator did not accept the message.
  not_accepted,
  /// It is not permitted to who asks.
  not_permitted,
  /// It cannot be asked for from another process.
  in_process_only,
};

/// Its name, as above.
std::string to_string(node_errc code);

// -- topics and messages ------------------------------------------------------

/// What happens to a message that finds no room.
enum class overflow : std::uint8_t {
  /// It is dropped.
  drop_newest,
  /// It takes the place of the oldest that has not been sent to the subscriber.
  drop_oldest,
};

/// How one subscription's messages are delivered.
struct delivery_options {
  /// Messages, and bytes of them, that wait for the subscriber: until its
  /// handler for a message has come back, that one does. A single message
  /// always may. What finds no room is dropped, and the next message that is
  /// delivered says how many were (`missed`).
  std::size_t max_messages = 16'384;
  std::size_t max_bytes = std::size_t{8} << 20;
  overflow when_full = overflow::drop_newest;
  /// Sends only as many as were asked for by `request_messages`, as a flow;
  /// further ones wait within the same bounds.
  bool on_request = false;
  /// Whether what this node publishes is delivered, too.
  bool own_messages = true;

  friend bool operator==(const delivery_options&,
                         const delivery_options&) = default;
};

/// An accepted message, for the application.
struct message_delivered {
  gossip::message_ptr msg;
  /// The peer that sent it to us first; empty for our own.
  libp2p::peer_id source;
  std::chrono::system_clock::time_point received;
  /// How many messages of the topic would have come before this one, and were
  /// dropped as too much waited for the subscriber.
  std::uint64_t missed = 0;
  /// What a validator attached to it (`judgement`); empty: nothing.
  std::any value{};
  /// Lets it count as waiting.
  load_ticket ticket{};
};

/// What became of a published message.
struct publish_receipt {
  gossip::message_id id;
  /// How many peers it went to.
  std::size_t peers = 0;
  /// It was published before: with the same id, so nothing was sent.
  bool duplicate = false;
};

/// One receipt for each message of a batch.
struct batch_receipt {
  std::vector<publish_receipt> receipts;
  /// How many more messages the node would take now, as a flow's credit: it
  /// answers `busy` if too much is under way (`node_settings`).
  std::size_t room = 0;
};

// -- validation ---------------------------------------------------------------

/// Accept: deliver and relay. Reject: neither, and the senders are penalised.
/// Ignore: neither, and held against nobody.
struct judgement {
  gossip::verdict_kind verdict = gossip::verdict_kind::accept;
  /// Of an accepted message, for its subscribers in this process: what was
  /// found out on the way, so that nobody has to do so again. The last one
  /// attached counts.
  std::any value{};

  judgement() = default;
  /// A verdict, with what is attached to the message.
  // NOLINTNEXTLINE(google-explicit-constructor): most have no value
  judgement(gossip::verdict_kind kind, std::any attached = {})
      : verdict{kind}, value{std::move(attached)} {}
};

/// An application's validator, for what is quick. Called on several threads.
/// Our own messages come without a source.
using judge_function = std::function<judgement(const gossip::message& msg,
                                               const libp2p::peer_id& source)>;

/// Stands for all topics: what their messages must pass before the topic's own
/// validation. Its `max_messages` counts for each topic without an own one.
inline constexpr std::string_view all_topics{};

// -- what the node tells of itself --------------------------------------------

/// What happened to a peer.
struct node_event {
  /// In which way it changed.
  enum class kind {
    connected,
    disconnected,
    subscribed,
    unsubscribed,
    /// It came into, or went from, this node's mesh of the topic.
    grafted,
    pruned,
  };
  kind what;
  libp2p::peer_id peer;
  /// Of all but connected and disconnected.
  std::string topic;
  /// How many would have come before this one, and were dropped as more than
  /// `max_waiting_news` waited for the observer.
  std::uint64_t missed = 0;
  load_ticket ticket{};
};

/// One connected peer.
struct connected_peer {
  libp2p::peer_id peer;
  libp2p::multiaddr address;
  bool outbound = false;
};

/// What the node has seen of one connected peer.
struct peer_details {
  /// The first bytes of what it says that it is; empty: not told yet.
  std::string agent;
  /// The protocol of pubsub that is spoken; empty: none so far.
  std::string protocol;
  /// The shortest of the last minutes, where the transport knows it.
  std::optional<std::chrono::microseconds> round_trip;
  /// Messages that wait to be sent to it, and bytes of all that waits.
  std::size_t queued_messages = 0;
  std::size_t queued_bytes = 0;
  /// Messages that were dropped, as too much waited for it or for all.
  std::uint64_t dropped = 0;
};

/// A connected peer, with what it has told.
struct inspected_peer {
  connected_peer peer;
  /// Nothing of one that did not answer in time.
  std::optional<peer_details> details;
};

/// The answer to `inspect_peers`. Each peer has a second to answer, some
/// hundreds are asked at once, and after five seconds none is asked any more.
struct peers_snapshot {
  std::vector<inspected_peer> peers;
};

/// An address that the node stays connected to, or a name of whose peers it
/// keeps some: connected if any of these is.
struct kept_address {
  libp2p::multiaddr address;
  bool connected = false;
  /// Attempts in a row without a connection that lasted, and why the last one
  /// failed.
  std::size_t failures = 0;
  std::string trouble;
};

/// What the mesh manager knows of one topic.
struct topic_state_snapshot {
  std::string topic;
  bool subscribed = false;
  /// Of the mesh, how many we dialled.
  std::size_t outbound = 0;
  /// The mesh has at least Dlo peers, and Dout that we dialled, or all there
  /// are.
  bool healthy = true;
  std::vector<libp2p::peer_id> mesh;
  std::vector<libp2p::peer_id> fanout;
  std::vector<libp2p::peer_id> peers;
};

/// The answer to `inspect_mesh`.
struct mesh_snapshot {
  std::vector<topic_state_snapshot> topics;
  std::size_t peers = 0;
};

/// Counters since the start, and what is held now.
struct cache_snapshot {
  std::uint64_t delivered = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t rejected = 0;
  std::uint64_t ignored = 0;
  /// Dropped because too much was under validation.
  std::uint64_t throttled = 0;
  /// Dropped because the gater trusts the sender's address too little.
  std::uint64_t gated = 0;
  /// Answers to IWANT that did not come in time.
  std::uint64_t broken_promises = 0;
  std::size_t validating = 0;
  std::size_t seen = 0;
  /// Ids forgotten before `seen_ttl` was over, as there were more than
  /// `max_seen_ids`.
  std::uint64_t forgotten_early = 0;
  /// Messages that peers could ask for less long than `history_length`
  /// heartbeats, as they were more than `max_window_bytes`.
  std::uint64_t dropped_early = 0;
};

/// The answer to `inspect_node`.
struct node_snapshot {
  libp2p::peer_id self;
  /// Where others are told to dial it, and where it listens and can be dialled;
  /// each with `/p2p/ID`.
  std::vector<libp2p::multiaddr> addresses;
  std::vector<libp2p::multiaddr> listening;
  std::vector<connected_peer> peers;
  std::vector<kept_address> kept;
  mesh_snapshot mesh;
  cache_snapshot cache;
  /// Bytes of frames that wait to be sent, each counted once, and of RPCs that
  /// have begun to arrive.
  std::size_t queued_bytes = 0;
  std::size_t unfinished_bytes = 0;
  /// Messages dropped, as too much waited for a peer or for all.
  std::uint64_t dropped = 0;
};

// -- traces -------------------------------------------------------------------

/// Where a node's events are written to.
struct trace_options {
  /// A file: made if there is none, appended to if there is.
  std::string path;
  gossip::trace_format format = gossip::trace_format::json;
};

} // namespace grapevine
