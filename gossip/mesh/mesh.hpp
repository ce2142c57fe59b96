#pragma once

#include "gossip/mesh/backoff.hpp"
#include "gossip/mesh/mesh_effects.hpp"
#include "gossip/mesh/peer_table.hpp"
#include "gossip/mesh/topic_table.hpp"
#include "gossip/parameters.hpp"
#include "gossip/rng.hpp"
#include "libp2p/base/time_point.hpp"
#include "proto/rpc.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::gossip {

/// What the router thinks of a connected peer (gossipsub-v1.1, "Peer scoring");
/// 0 is neutral.
using score_function = std::function<double(peer_handle)>;

/// One topic, for gauges and inspection.
struct topic_snapshot {
  std::string topic;
  bool subscribed = false;
  /// Peers that are subscribed, in the mesh, in the fanout.
  std::size_t peers = 0;
  std::size_t mesh = 0;
  std::size_t fanout = 0;
};

/// The router: who is subscribed to what, which peers are in the mesh or the
/// fanout of a topic, and whom a message goes to (gossipsub-v1.0 and v1.1, and
/// whom IDONTWANT of v1.2 goes to; FloodSub peers beside them). Pure: the time
/// and the generator are given, what is to be done is appended to
/// `mesh_effects`. Calls that name a peer which is gone do nothing.
///
/// Its members are in `mesh.cpp` (this node's topics), `mesh_peers.cpp` (peers,
/// their subscriptions, whose gossip counts), `mesh_control.cpp` (GRAFT and
/// PRUNE), `mesh_select.cpp` (whom messages go to) and `mesh_heartbeat.cpp`.
class mesh {
public:
  /// `p` must be valid (`validate`). Without `score` everyone is neutral.
  explicit mesh(const parameters& p, const mesh_limits& limits = {},
                score_function score = {});
  mesh(const mesh&) = delete;
  mesh& operator=(const mesh&) = delete;

  // -- peers --------------------------------------------------------------

  /// A peer's pubsub streams are up: send it `hello()`. Nothing if that
  /// identity is there already or there are too many.
  std::optional<peer_handle> add_peer(const libp2p::peer_id& id,
                                      const peer_traits& traits);

  /// It has another connection besides, or one less: it may have been started
  /// anew before its end was noticed, and know nothing of what was said.
  void reconnected(peer_handle peer);

  /// It is disconnected. Only its backoffs remain.
  void remove_peer(peer_handle peer, mesh_effects& out);

  /// The operator's wish changed. A new direct peer leaves all meshes, with
  /// PRUNE.
  void set_direct(peer_handle peer, bool direct, time_point now,
                  mesh_effects& out);

  /// It counts for Dout and Dhi as one that we dialled, or no longer.
  void set_outbound(peer_handle peer, bool outbound) {
    peers_.set_outbound(peer, outbound);
  }

  /// Other thresholds from now on.
  void use_thresholds(const score_thresholds& thresholds) noexcept {
    params_.thresholds = thresholds;
  }

  /// Null for a peer that is gone.
  const mesh_peer* find_peer(peer_handle peer) const noexcept;
  std::optional<peer_handle> find_peer(const libp2p::peer_id& id) const;
  std::size_t peer_count() const noexcept { return peers_.size(); }

  // -- what peers say -----------------------------------------------------

  /// Applies a peer's subscriptions. Unsubscribed, it leaves mesh and fanout.
  void subscriptions(peer_handle peer,
                     std::span<const proto::subscription> changes,
                     mesh_effects& out);

  /// Grafts a peer that has just subscribed, where a mesh of ours is below Dlo:
  /// what is published before the next heartbeat would not reach it. After its
  /// own GRAFTs of the same RPC. As rust-libp2p does; the specification leaves
  /// the time of a GRAFT open.
  void welcome(peer_handle peer, std::span<const proto::subscription> changes,
               time_point now, mesh_effects& out);

  /// Takes the peer into the topic's mesh, or answers PRUNE. GRAFT implies that
  /// it is subscribed.
  void graft(peer_handle peer, std::string_view topic, time_point now,
             mesh_effects& out);

  /// Takes the peer out of the topic's mesh and notes its backoff. Heeds the
  /// peers that it offers if it was in the mesh, has offered none for as long
  /// as our own backoff, and its score is above the threshold.
  void prune(peer_handle peer, const proto::prune& received, time_point now,
             mesh_effects& out);

  /// Whether an IHAVE of this peer and topic is accepted: the unseen ids may be
  /// asked for, as far as the peer's `gossip_budget` goes.
  bool accepts_ihave(peer_handle peer, std::string_view topic) const;

  /// Whether an IWANT of this peer is answered.
  bool accepts_iwant(peer_handle peer) const;

  /// Whether all but the subscriptions in this peer's RPCs is ignored.
  bool graylisted(peer_handle peer) const;

  /// Fills the PRUNEs in `effects` that are to offer peers: ids of up to
  /// `px_peers` peers of the topic with a score of at least 0, at random. The
  /// caller adds their signed records.
  void offer_peers(rng& gen, mesh_effects& effects);

  // -- what this node does ------------------------------------------------

  /// Subscribes: announces it, and grafts the fanout's peers first, then others
  /// at random, up to D. False if it is subscribed already.
  bool join(std::string_view topic, time_point now, rng& gen,
            mesh_effects& out);

  /// Unsubscribes: prunes the mesh with the unsubscribe backoff and announces
  /// it. False if it is not subscribed.
  bool leave(std::string_view topic, time_point now, mesh_effects& out);

  /// All own subscriptions: what a new peer is told first.
  std::vector<proto::subscription> hello() const;

  bool subscribed(std::string_view topic) const noexcept;

  // -- whom a message goes to ---------------------------------------------

  /// Appends the peers that a message from someone else is relayed to: the
  /// topic's mesh, FloodSub and direct peers, less the peer that it came from
  /// and its author (which may be empty). Nobody without a subscription. Does
  /// not allocate once `out` is large enough.
  void relay_to(std::string_view topic, peer_handle source,
                const libp2p::peer_id& author,
                std::vector<peer_handle>& out) const;

  /// Appends the peers that an own message is sent to, and returns how many:
  /// all of the topic with flood publishing, else its mesh, or its fanout
  /// (made or filled up to D) without a subscription, FloodSub and direct
  /// peers in any case.
  std::size_t publish_to(std::string_view topic, time_point now, rng& gen,
                         std::vector<peer_handle>& out);

  /// The same without flood publishing: mesh or fanout, FloodSub and direct
  /// peers.
  std::size_t publish_sparsely_to(std::string_view topic, time_point now,
                                  rng& gen, std::vector<peer_handle>& out);

  /// Appends the peers that are told IDONTWANT of a message in this topic: its
  /// mesh, as far as it speaks 1.2, less the peer that it came from.
  void idontwant_to(std::string_view topic, peer_handle source,
                    std::vector<peer_handle>& out) const;

  // -- the heartbeat ------------------------------------------------------

  /// One tick, in the specification's order: clear backoffs, maintain each mesh
  /// and choose whom to gossip to, maintain the fanouts. The caller then sends
  /// the control, gossips, and shifts the message window, in this order.
  void heartbeat(time_point now, rng& gen, mesh_effects& out);

  // -- inspection ---------------------------------------------------------

  /// Whether the peer is in the topic's mesh. A GRAFT that waited in a queue is
  /// stale if not, a PRUNE if so.
  bool in_mesh(std::string_view topic, peer_handle peer) const noexcept;

  /// Valid until the next call of a non-const member.
  std::span<const peer_handle> mesh_of(std::string_view topic) const noexcept;
  std::span<const peer_handle> fanout_of(std::string_view topic) const noexcept;
  std::span<const peer_handle> peers_of(std::string_view topic) const noexcept;

  /// The topics of this node: subscribed or with a fanout.
  std::vector<topic_snapshot> snapshot() const;

  /// All topics that anyone is subscribed to.
  std::size_t topic_count() const noexcept { return topics_.size(); }
  std::size_t backoff_count() const noexcept { return backoffs_.size(); }
  const backoff_table& backoffs() const noexcept { return backoffs_; }
  const parameters& params() const noexcept { return params_; }

private:
  // What a peer is wanted for; each asks something else of a candidate.
  enum class purpose { mesh, fanout, gossip };

  // Whether a PRUNE offers peers.
  enum class px { none, offer };

  // Subscriptions (mesh_peers.cpp).
  bool subscribe_peer(peer_handle peer, mesh_peer& record,
                      std::string_view name);
  void unsubscribe_peer(peer_handle peer, mesh_peer& record,
                        std::string_view name, mesh_effects& out);

  // GRAFT and PRUNE (mesh_control.cpp).
  void refuse_graft(peer_handle peer, const topic_state& topic, px exchange,
                    time_point now, mesh_effects& out);
  void refuse_early_graft(peer_handle peer, const topic_state& topic,
                          const early_graft& early, mesh_effects& out);
  void enter_mesh(peer_handle peer, topic_state& topic, mesh_effects& out);
  void send_graft(peer_handle peer, topic_state& topic, mesh_effects& out);
  void send_prune(peer_handle peer, std::string_view topic,
                  std::chrono::seconds backoff, px exchange, time_point now,
                  mesh_effects& out);
  void tell_pruned(peer_handle peer, std::string_view topic,
                   std::chrono::seconds backoff, px exchange,
                   mesh_effects& out) const;
  void accept_offers(peer_handle peer, const proto::prune& received,
                     bool was_member, time_point now, mesh_effects& out);
  // Out of mesh and fanout, whoever wanted it.
  void take_out(peer_handle peer, topic_state& topic, mesh_effects& out);
  // Out of the mesh by our own decision.
  void expel(peer_handle peer, topic_state& topic, px exchange, time_point now,
             mesh_effects& out);

  // Choosing peers (mesh_select.cpp).
  double score(peer_handle peer) const;
  bool outbound(peer_handle peer) const;
  // Whether an own message, or as a FloodSub peer any, may go to it.
  bool may_receive(peer_handle peer) const;
  // In no mesh, fanout or the like of the topic, and good enough.
  bool eligible(peer_handle peer, const topic_state& topic, purpose why,
                time_point now) const;
  double least_score(purpose why) const noexcept;
  bool backed_off(peer_handle peer, const topic_state& topic,
                  time_point now) const;
  void drop_backed_off(const topic_state& topic, time_point now);
  // Fills `candidates_` with the eligible peers of the topic.
  void collect(const topic_state& topic, purpose why, time_point now);
  // Up to `count` of them at random; valid until the next `collect`.
  std::span<const peer_handle> draw_from_candidates(std::size_t count,
                                                    rng& gen);
  // Both together.
  std::span<const peer_handle> draw(const topic_state& topic, purpose why,
                                    std::size_t count, time_point now,
                                    rng& gen);
  void add_allowed(const peer_set& peers, std::vector<peer_handle>& out) const;
  const peer_set& refresh_fanout(topic_state& topic, time_point now, rng& gen);
  void fill_fanout(topic_state& topic, time_point now, rng& gen);
  void end_fanout(topic_state& topic);

  // Steps of the heartbeat, in order (mesh_heartbeat.cpp).
  void take_scores();
  void watch_empty(topic_state& topic, mesh_effects& out) const;
  void maintain_mesh(topic_state& topic, time_point now, rng& gen,
                     mesh_effects& out);
  void drop_negative(topic_state& topic, time_point now, mesh_effects& out);
  void graft_missing(topic_state& topic, time_point now, rng& gen,
                     mesh_effects& out);
  void prune_excess(topic_state& topic, time_point now, rng& gen,
                    mesh_effects& out);
  void order_by_score(std::vector<peer_handle>& members, rng& gen) const;
  void keep_outbound(std::vector<peer_handle>& members) const;
  void graft_outbound(topic_state& topic, time_point now, rng& gen,
                      mesh_effects& out);
  void graft_better(topic_state& topic, time_point now, rng& gen,
                    mesh_effects& out);
  double median_score(const peer_set& members);
  void gossip_to_newcomers(topic_state& topic, mesh_effects& out);
  void gossip_to_others(topic_state& topic, time_point now, rng& gen,
                        mesh_effects& out);
  void maintain_fanouts(time_point now, rng& gen, mesh_effects& out);

  parameters params_;
  mesh_limits limits_;
  score_function score_;
  peer_table peers_;
  topic_table topics_;
  backoff_table backoffs_;
  // Whose offers were accepted, and until when no more of that peer are.
  backoff_table offers_;
  // In the order of joining, and of the first publish.
  std::vector<topic_state*> joined_;
  std::vector<topic_state*> fanouts_;
  // Used by one step at a time.
  std::vector<peer_handle> candidates_;
  std::vector<double> scores_;
  // By slot: who is backed off in the topic.
  std::vector<peer_handle> backed_off_;
  std::vector<peer_handle> barred_;
  // During a heartbeat, by slot: every score is asked for once.
  std::vector<double> tick_scores_;
  double lowest_score_ = 0;
  std::size_t ticks_ = 0;
  // Counts connections.
  std::uint32_t connections_ = 0;
};

} // namespace grapevine::gossip
