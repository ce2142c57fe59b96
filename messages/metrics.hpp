#pragma once

#include "gossip/message/reject_reason.hpp"
#include "gossip/stream/lane.hpp"
#include "messages/host_counts.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// All numbers of a node, as they are at one moment.

namespace grapevine {

namespace packing {
template <class T>
struct fields_of;
}

/// How long things took: how many in each range, and all together.
class duration_histogram {
public:
  /// Where the ranges end, in seconds; the last has no end.
  static constexpr std::array<double, 12> bounds{
      0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005,
      0.01,    0.05,    0.1,    0.5,    1,     5};

  /// `count` things took so long each. Less than nothing is nothing.
  void add(std::chrono::nanoseconds each, std::uint64_t count = 1) noexcept {
    const auto seconds =
        std::max(std::chrono::duration<double>{each}.count(), 0.0);
    const auto range = std::ranges::lower_bound(bounds, seconds);
    counts_[static_cast<std::size_t>(range - bounds.begin())] += count;
    sum_ += seconds * static_cast<double>(count);
  }

  duration_histogram& operator+=(const duration_histogram& other) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i)
      counts_[i] += other.counts_[i];
    sum_ += other.sum_;
    return *this;
  }

  /// In each range by itself.
  const auto& counts() const noexcept { return counts_; }
  /// In seconds.
  double sum() const noexcept { return sum_; }

private:
  // Lets it go to other processes.
  friend struct packing::fields_of<duration_histogram>;

  std::array<std::uint64_t, bounds.size() + 1> counts_{};
  double sum_ = 0;
};

/// What an RPC has in it.
enum class rpc_part : std::uint8_t {
  publish,
  subscribe,
  unsubscribe,
  graft,
  prune,
  ihave,
  iwant,
  idontwant,
};

/// Parts of RPCs, by kind.
using rpc_counts = counts_by<rpc_part::idontwant>;
/// What is queued for peers or dropped, by lane.
using lane_counts = counts_by<gossip::lane::answer>;
/// Rejected messages, by why.
using rejection_counts = counts_by<gossip::reject_reason::blacklisted_author>;

/// Of which kinds of actors it is known how long messages wait for them.
enum class actor_kind : std::uint8_t {
  node,
  mesh_manager,
  message_cache,
  validator,
  heartbeat,
  listener,
  peer,
};
inline constexpr std::size_t actor_kinds =
    static_cast<std::size_t>(actor_kind::peer) + 1;

/// What is counted of the messages of one topic.
struct topic_counts {
  /// By peers, with all copies.
  std::uint64_t received = 0;
  std::uint64_t received_bytes = 0;
  /// Of these, those that were looked at: no further copies.
  std::uint64_t fresh = 0;
  /// What came of them.
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;
  std::uint64_t ignored = 0;
  std::uint64_t throttled = 0;
  std::uint64_t duplicates = 0;
  /// By this node.
  std::uint64_t published = 0;
  /// To subscribers on this node, each message once.
  std::uint64_t delivered = 0;
  /// Deliveries that were dropped, as a subscriber on this node was too slow.
  std::uint64_t missed = 0;
  /// GRAFTs and PRUNEs sent.
  std::uint64_t grafts = 0;
  std::uint64_t prunes = 0;

  topic_counts& operator+=(const topic_counts& other) noexcept;
  friend bool operator==(const topic_counts&, const topic_counts&) = default;
};

/// How many peers of a topic there are.
struct topic_peers {
  bool subscribed = false;
  /// See `topic_state_snapshot`.
  bool healthy = true;
  std::size_t mesh = 0;
  std::size_t fanout = 0;
  std::size_t peers = 0;

  topic_peers& operator+=(const topic_peers& other) noexcept;
};

/// One topic, by its name.
struct topic_metrics {
  std::string topic;
  topic_peers peers;
  topic_counts counts;
};

/// What peers count.
struct peer_totals {
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  /// What their queues dropped: messages, ids or control entries.
  lane_counts dropped;
  /// What came, and what was queued to go.
  rpc_counts rpc_in;
  rpc_counts rpc_out;

  peer_totals& operator+=(const peer_totals& other) noexcept;
  peer_totals& operator-=(const peer_totals& other) noexcept;
};

/// What the node itself counts and sees.
struct node_totals {
  std::size_t inbound_peers = 0;
  std::size_t outbound_peers = 0;
  /// Connections whose other side has proven who it is.
  std::uint64_t handshakes_in = 0;
  std::uint64_t handshakes_out = 0;
  /// Of attempts to dial.
  handshake_failure_counts failed;
  refusal_counts refused;
  /// Bytes that wait for all peers, and their bound; of what peers have begun
  /// and not finished, likewise.
  std::size_t queued_bytes = 0;
  std::size_t max_queued_bytes = 0;
  std::size_t unfinished_bytes = 0;
  std::size_t max_unfinished_bytes = 0;
};

/// What the mesh manager counts and sees of all peers.
struct mesh_totals {
  std::size_t pubsub_peers = 0;
  /// Those whose score is too low for gossip, and for anything at all.
  std::size_t without_gossip = 0;
  std::size_t graylisted = 0;
  duration_histogram heartbeat_duration;
};

/// What the message cache counts and sees of all topics.
struct cache_totals {
  std::uint64_t published = 0;
  /// Of other peers.
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  rejection_counts rejected;
  std::uint64_t ignored = 0;
  std::uint64_t throttled = 0;
  std::uint64_t gated = 0;
  std::uint64_t broken_promises = 0;
  /// From the message's arrival to the verdict.
  duration_histogram validation;
  std::size_t validating = 0;
  std::size_t seen = 0;
  std::size_t max_seen = 0;
  /// Ids forgotten, and messages dropped, before their time was over, as there
  /// were too many.
  std::uint64_t forgotten_early = 0;
  std::uint64_t dropped_early = 0;
};

/// Asks a node for all its numbers. The answer comes within a second or so,
/// however busy its actors are: of those that are late it has what they told
/// the time before.
struct inspect_metrics {};

/// The answer. Counters are since the start of the node and never fall.
struct metrics_snapshot {
  node_totals node;
  /// What the listeners count.
  host_counts host;
  peer_totals peers;
  /// What waits for all peers.
  std::array<gossip::lane_size, gossip::lane_count> queued{};
  mesh_totals mesh;
  cache_totals cache;
  /// How much later than due heartbeats begin.
  duration_histogram heartbeat_late;
  /// How long the questions for this lay in mailboxes.
  std::array<duration_histogram, actor_kinds> mailbox_lag{};
  /// Those that this node takes part in, by name. Of the ones above the bound
  /// only the sum is known, which is `other`.
  std::vector<topic_metrics> topics;
  topic_metrics other;
  /// Actors that have not answered in time.
  std::size_t late = 0;
};

} // namespace grapevine
