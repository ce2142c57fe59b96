#pragma once

#include "gossip/id_index.hpp"
#include "gossip/limits.hpp"
#include "gossip/mesh/peer_table.hpp"
#include "gossip/score/score_colocation.hpp"
#include "gossip/score/score_parameters.hpp"
#include "gossip/score/score_snapshot.hpp"
#include "gossip/score/score_topics.hpp"
#include "gossip/slot_map.hpp"
#include "libp2p/address/ip_address.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "proto/expected.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

/// What this node thinks of each peer (gossipsub-v1.1, "Peer scoring"): the
/// sum of what it does in topics (P1 to P4), the application's opinion (P5),
/// how many share its address (P6), how it misbehaves (P7) and whether it is
/// slow. Pure: the time is given. Peers are named by the handles of `mesh`;
/// calls that name a peer which is gone, or a topic without parameters, do
/// nothing.
///
/// P3 applies while the peer is in the mesh, as the specification says; go and
/// rust let it go on after a PRUNE, which keeps a pruned peer out for ever.
///
/// Its members are in `peer_score.cpp`, those about the passing of time in
/// `peer_score_refresh.cpp` and `peer_score_retention.cpp`.
class peer_score {
public:
  /// `p` must be valid (`validate`).
  explicit peer_score(const score_parameters& p,
                      const score_limits& limits = {});
  peer_score(const peer_score&) = delete;
  peer_score& operator=(const peer_score&) = delete;

  // -- peers --------------------------------------------------------------

  /// It is connected, from these addresses. What is remembered of it counts
  /// again.
  void add_peer(peer_handle peer, const libp2p::peer_id& id,
                std::span<const libp2p::ip_address> ips, time_point now);

  /// A connection came or went: all addresses that it has now.
  void set_ips(peer_handle peer, std::span<const libp2p::ip_address> ips);

  /// It is gone. A positive score is forgotten, so that nobody rests on it;
  /// otherwise its counters (but P2) are remembered for `retention`, and what
  /// its meshes lacked is counted (P3b).
  void remove_peer(peer_handle peer, time_point now);

  // -- what they do -------------------------------------------------------

  /// It entered the topic's mesh.
  void graft(peer_handle peer, std::string_view topic, time_point now);

  /// It left the mesh; what it lacks in deliveries then stays held against it
  /// (P3b).
  void prune(peer_handle peer, std::string_view topic);

  /// It was the first to deliver a valid message (P2, and P3 in the mesh).
  void first_delivery(peer_handle peer, std::string_view topic);

  /// It delivered a valid message, too: before the verdict, or within
  /// `delivery_window` after it (P3 in the mesh). At most once per message.
  void duplicate_in_time(peer_handle peer, std::string_view topic);

  /// It delivered invalid messages (P4).
  void invalid_message(peer_handle peer, std::string_view topic,
                       double count = 1);

  /// It misbehaved towards the router (P7); a negative count takes back what
  /// proved to be none.
  void penalize(peer_handle peer, double count);

  /// So much for it was dropped because it reads too slowly.
  void slow_peer(peer_handle peer, double count);

  /// What the application thinks of it (P5), of any sign; what is no finite
  /// number is ignored. Belongs to the identity: it outlives the connection and
  /// can be given before, until it is set to 0.
  void set_application_score(peer_handle peer, double value);
  void set_application_score(const libp2p::peer_id& id, double value);

  // -- the score ----------------------------------------------------------

  /// 0 for a peer that is gone. Summed up only if something was counted since
  /// the last time.
  double score(peer_handle peer) const noexcept;

  /// Lets the counters decay once for each whole `decay_interval` since the
  /// last time, takes the time in the mesh, and forgets what is no longer to be
  /// remembered. To be called at each heartbeat.
  void refresh(time_point now);

  // -- parameters ---------------------------------------------------------

  /// The topic has these parameters from now on; counters above new caps are
  /// cut. In a topic that did not count before, peers begin with nothing, those
  /// in its mesh at their next GRAFT.
  expected<void, parameter_error> set_topic(std::string_view topic,
                                            const topic_score_parameters& p);

  /// All parameters are these from now on, which must be valid; counters above
  /// new caps are cut. The whitelist of P6 holds for addresses that come.
  void use(const score_parameters& p);

  /// How long after the verdict a copy counts for P3 in this topic.
  std::chrono::nanoseconds delivery_window(std::string_view topic) const;

  /// The longest of all topics: how long deliveries have to be remembered.
  std::chrono::nanoseconds largest_delivery_window() const;

  // -- inspection ---------------------------------------------------------

  /// All zero for a peer that is gone.
  score_snapshot inspect(peer_handle peer) const;

  std::size_t peer_count() const noexcept { return by_id_.size(); }
  std::size_t retained_count() const noexcept { return retained_.size(); }
  /// Topics with parameters of their own, or in which a peer counts.
  std::size_t topic_count() const noexcept { return topics_.size(); }
  /// The topics in which a peer has anything counted.
  std::size_t stats_count(peer_handle peer) const noexcept;

private:
  struct record {
    libp2p::peer_id id;
    // By index of the topic.
    std::vector<topic_stats> topics;
    score_colocation::places places;
    double behaviour = 0;
    double slow = 0;
    double application = 0;
  };

  struct scored {
    // The sum of all but P6, which others change, too.
    mutable bool stale = true;
    mutable double sum = 0;
    record peer;
  };

  struct retained {
    record peer;
    time_point expiry;
  };

  // Nobody if it is not connected.
  peer_handle find_peer(const libp2p::peer_id& id) const;
  // Whoever has the slot or the identity, and was not said to be gone, is.
  void make_way(peer_handle peer, const libp2p::peer_id& id, time_point now);
  // The stats of a topic that counts, made if need be; else null.
  topic_stats* stats_of(peer_handle peer, std::string_view topic);
  // The same, if they are there.
  topic_stats* find_stats(peer_handle peer, std::string_view topic);
  void leave_mesh(topic_stats& stats);
  // Counters to their caps, as these have changed.
  void cut_all();
  void cut(record& peer) const;

  // What is remembered (peer_score_retention.cpp).
  void retain(record&& peer, time_point now);
  std::optional<record> take_retained(const libp2p::peer_id& id);
  void forget_retained(std::list<retained>::iterator which);
  void forget_expired(time_point now);
  void forget(record& peer);

  // The sum and its decay (peer_score_refresh.cpp).
  double topics_sum(const record& peer) const noexcept;
  double capped(double topics) const noexcept;
  double sum_of(const record& peer, double topics) const noexcept;
  void start_clock(time_point now);
  void decay(std::int64_t ticks);
  // Returns their sum.
  double decay_topics(record& peer);

  score_parameters params_;
  score_limits limits_;
  score_topics topics_;
  score_colocation colocation_;
  slot_table<scored> peers_;
  // Their slots.
  id_index by_id_;
  std::unordered_map<libp2p::peer_id, double> application_;
  // In the order of expiry.
  std::list<retained> retained_;
  std::unordered_map<libp2p::peer_id, std::list<retained>::iterator>
      retained_by_id_;
  // The last refresh; nothing before the first peer.
  std::optional<time_point> next_decay_;
  time_point refreshed_{};
  // Of this refresh, by topic.
  std::vector<topic_counters> factors_;
};

} // namespace grapevine::gossip
