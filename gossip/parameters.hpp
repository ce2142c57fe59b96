#pragma once

#include "gossip/limits.hpp"
#include "proto/expected.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::gossip {

/// How many peers a topic's mesh has (gossipsub-v1.0 and v1.1, parameters).
/// `degree` .. `outbound` all zero is legal: a node that never grafts and only
/// introduces others, e.g. for bootstrapping.
struct mesh_parameters {
  /// D: what the mesh is brought to.
  std::size_t degree = 6;
  /// Dlo: below it peers are grafted.
  std::size_t degree_low = 4;
  /// Dhi: from it on inbound peers are refused, and the heartbeat prunes.
  std::size_t degree_high = 12;
  /// Dscore: how many of the best survive a pruning for their score.
  std::size_t degree_score = 4;
  /// Dout: how many connections that we dialled a mesh keeps, at the least.
  std::size_t degree_outbound = 2;
  /// Dlazy: how many peers outside the mesh get gossip, at the least.
  std::size_t degree_lazy = 6;
};

/// Gossip about messages (gossipsub-v1.0 and v1.1).
struct gossip_parameters {
  /// How many heartbeats' messages are kept for IWANT.
  std::size_t history_length = limits::history_length;
  /// How many of these are told of in IHAVE.
  std::size_t history_gossip = limits::history_gossip;
  /// The part of the peers outside the mesh that gets gossip, if more than
  /// `degree_lazy`; 0 to 1.
  double factor = 0.25;
  /// Where no more peers than this are outside the mesh, all of them get
  /// gossip: the part above is for larger topics. Ours, no specification's: a
  /// star's centre has all others outside its mesh.
  std::size_t gossip_to_all = 100;
  /// How often one message is sent to one peer for its IWANT.
  std::size_t retransmissions = limits::retransmissions;
  /// Ids asked of one peer per heartbeat, and told to it in one IHAVE.
  std::size_t max_ihave_ids = 5'000;
  /// IHAVE messages accepted of one peer per heartbeat.
  std::size_t max_ihave_messages = 10;
  /// Ids of one peer's IWANT looked up per heartbeat. Ours, no specification's:
  /// twice what an honest peer may be told in that time.
  std::size_t max_iwant_ids = 10'000;
  /// Ids kept of one IDONTWANT (1.2).
  std::size_t max_idontwant_ids = 10;
  /// IDONTWANT accepted of one peer per heartbeat (1.2).
  std::size_t max_idontwant_messages = 1'000;
  /// Partial messages of one peer per heartbeat, and their bytes (1.3). Ours.
  std::size_t max_partial_messages = 1'000;
  std::size_t max_partial_bytes = 16 * limits::mib;
  /// Bytes of a message's data from which on it is worth an IDONTWANT (1.2).
  std::size_t idontwant_threshold = 1'024;
  /// Heartbeats that an IDONTWANT of a peer holds (1.2).
  std::size_t idontwant_heartbeats = 3;
};

/// The router's timers (gossipsub-v1.0 and v1.1).
struct timer_parameters {
  std::chrono::milliseconds heartbeat_interval{1'000};
  /// From the start to the first heartbeat.
  std::chrono::milliseconds heartbeat_initial_delay{100};
  /// How long after the last publish a fanout lives.
  std::chrono::milliseconds fanout_ttl{60'000};
  /// How long a message's id counts as seen; about the time that a message may
  /// be on its way.
  std::chrono::milliseconds seen_ttl = limits::seen_ttl;
  /// How long a pruned peer may not graft; sent in seconds.
  std::chrono::seconds prune_backoff{60};
  /// The same after leaving the topic.
  std::chrono::seconds unsubscribe_backoff{10};
  /// How much longer than the backoff we wait ourselves before grafting, as
  /// the other side's clock and the way there differ.
  std::chrono::milliseconds backoff_slack{2'000};
  /// A GRAFT that comes this soon after a PRUNE counts twice as a misbehaviour.
  std::chrono::milliseconds graft_flood_threshold{10'000};
  /// How long a peer may take for an answer to IWANT before its promise is
  /// broken (P7).
  std::chrono::milliseconds iwant_followup{3'000};
};

/// The scores at which the router turns away (gossipsub-v1.1):
/// graylist <= publish <= gossip <= 0 <= accept_px, opportunistic_graft.
struct score_thresholds {
  /// Below it no gossip goes to a peer nor is accepted from it.
  double gossip = -10;
  /// Below it a peer gets none of our own messages, and as a FloodSub peer
  /// none.
  double publish = -50;
  /// Below it all of a peer's RPCs but its subscriptions are ignored.
  double graylist = -80;
  /// From it on peers offered in a PRUNE are accepted.
  double accept_px = 10;
  /// A mesh whose median score is below it gets better peers from time to time.
  double opportunistic_graft = 1;

  friend bool operator==(const score_thresholds&,
                         const score_thresholds&) = default;
};

/// Grafting peers better than a mesh's median when that is low, so that bad
/// peers cannot hold a mesh (gossipsub-v1.1, "Opportunistic Grafting").
struct opportunistic_graft_parameters {
  /// Heartbeats between two looks; 0: never.
  std::size_t ticks = 60;
  /// Peers that are grafted then.
  std::size_t peers = 2;
};

/// Every number that an operator may tune. The defaults are those of the
/// specification and of the other implementations.
struct parameters {
  mesh_parameters mesh;
  gossip_parameters gossip;
  timer_parameters timers;
  score_thresholds thresholds;
  opportunistic_graft_parameters opportunistic;
  /// Own messages go to all peers of their topic, not only to the mesh.
  bool flood_publish = true;
  /// Our PRUNEs offer other peers of the topic (gossipsub-v1.1, "Peer
  /// exchange"): for nodes that introduce others, such as bootstrap nodes.
  bool peer_exchange = false;
  /// Peers accepted in a PRUNE, and offered in ours.
  std::size_t px_peers = 16;
};

/// Which rule a set of parameters breaks.
struct parameter_error {
  /// A place in the text that names a parameter.
  struct mention {
    /// The parameter's option: `mesh-dlo`.
    std::string id;
    std::size_t at;
    std::size_t size;
  };

  /// Names the parameter, its value and the rule, for people.
  std::string text;
  /// The parameters that the text names, in its order.
  std::vector<mention> mentions;

  /// The text with a parameter's name as `name_of` has it for its id; empty: as
  /// it is.
  std::string text_with(
      const std::function<std::string(std::string_view id)>& name_of) const;
};

/// Checks `p` against the specification's rules; the first broken one.
expected<void, parameter_error> validate(const parameters& p);

/// What the router remembers of what others say, so that nobody can fill its
/// memory.
struct mesh_limits {
  /// Peers at once. The actors refuse connections long before.
  std::size_t peers = 100'000;
  /// Subscriptions of one peer; further ones are ignored. Large deployments
  /// have some hundreds.
  std::size_t topics_per_peer = 4'096;
  /// Bytes of the names of one peer's topics together.
  std::size_t topic_bytes_per_peer = std::size_t{256} * 1'024;
  /// Bytes of one topic's name.
  std::size_t topic_size = 1'024;
  /// Topics known at once; this node's own are taken in any case.
  std::size_t topics = 65'536;
  /// Bytes of the names of all topics, likewise.
  std::size_t topic_bytes = std::size_t{32} * 1'024 * 1'024;
  /// Own topics without a subscription that are published to (fanout).
  std::size_t fanout_topics = 4'096;
  /// Backoffs of one topic, those of peers that have left included.
  std::size_t backoffs_per_topic = 16'384;
  /// The longest backoff that a PRUNE can impose on us.
  std::chrono::seconds max_backoff{3'600 * 24};
  /// The same if its sender was not in our mesh.
  std::chrono::seconds max_stranger_backoff{600};
};

} // namespace grapevine::gossip
