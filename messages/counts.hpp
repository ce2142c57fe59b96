#pragma once

#include "messages/metrics.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// What a node's actors tell of what they have counted. Where they tell what
// they have counted since they last did so, none is lost if one of them is slow
// or ends.

namespace grapevine {

/// A peer's, since it last told.
struct peer_counts {
  counts_answer answer;
  peer_totals since;
  /// What waits now.
  std::array<gossip::lane_size, gossip::lane_count> queued{};
};

/// The mesh manager's: the topics' numbers since it last told.
struct mesh_counts {
  counts_answer answer;
  mesh_totals totals;
  std::vector<topic_metrics> topics;
  /// Of topics that this node takes no part in any longer.
  topic_counts gone;
};

/// The message cache's, likewise.
struct cache_counts {
  counts_answer answer;
  cache_totals totals;
  std::vector<topic_metrics> topics;
  topic_counts gone;
};

/// The heartbeat's, since it last told.
struct heartbeat_counts {
  counts_answer answer;
  duration_histogram late;
};

/// A validator counts nothing.
struct validator_counts {
  counts_answer answer;
};

/// The node's own.
struct node_counts {
  counts_answer answer;
  node_totals totals;
};

/// Who adds up what all count.
using counts_sink = host_counts_sink::extend<
    // A peer's.
    takes<peer_counts>,
    // The mesh manager's.
    takes<mesh_counts>,
    // The message cache's.
    takes<cache_counts>,
    // The heartbeat's.
    takes<heartbeat_counts>,
    // A validator's.
    takes<validator_counts>,
    // The node's.
    takes<node_counts>>;

/// Asks an actor for what it has counted; to be told to `to`.
struct tell_counts {
  counts_sink to;
  counts_question question;
};

/// Whoever counts.
using counts_teller = caf::typed_actor<
    // Tells what it has counted.
    takes<tell_counts>>;
using host_counts_teller = caf::typed_actor<
    // Tells what it has counted.
    takes<tell_host_counts>>;

/// Asks all of these, and puts together what they tell.
struct collect_metrics {
  std::vector<counts_teller> tellers;
  std::vector<host_counts_teller> listeners;
};

/// Time to ask some more of them; sent to itself.
struct ask_more {};

/// Those that have not answered are waited for no longer.
struct collect_expired {
  std::uint64_t round = 0;
};

/// Adds up what a node's actors count.
using metrics_collector_actor = counts_sink::extend<
    // Asks all.
    asks<collect_metrics>::gives<metrics_snapshot>,
    // Goes on asking.
    takes<ask_more>,
    // Has waited long enough.
    takes<collect_expired>>;

} // namespace grapevine
