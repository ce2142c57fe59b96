#pragma once

#include "gossip/cache/validation_queue.hpp"
#include "gossip/limits.hpp"
#include "gossip/mesh/mesh.hpp"
#include "gossip/mesh/peer_exchange.hpp"
#include "gossip/message/message.hpp"
#include "gossip/parameters.hpp"
#include "gossip/partial/partial_messages.hpp"
#include "gossip/rng.hpp"
#include "gossip/router/router_effects.hpp"
#include "gossip/score/peer_score.hpp"
#include "gossip/score/score_parameters.hpp"
#include "gossip/slot_map.hpp"
#include "gossip/stream/subscription_pace.hpp"
#include "proto/rpc.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace grapevine::gossip {

/// Where the peers of an offer can be dialled, none in a narrower scope.
using offer_resolver =
    std::function<std::vector<dial_candidate>(const px_offer&, address_scope)>;

/// How a `router` is made.
struct router_options {
  parameters params;
  score_parameters score;
  /// Bounds a frame of partial messages.
  std::size_t max_rpc_size = limits::rpc_size;
  /// Empty: by their signed records and those known (`candidates_of`). A
  /// simulator has other means.
  offer_resolver resolve = {};
};

/// What a peer is told first, in one RPC.
struct greeting {
  /// All own subscriptions.
  std::vector<proto::subscription> subscriptions;
  /// The meshes that it is in already.
  std::vector<std::string> grafts;
};

/// How a topic's mesh fares.
struct mesh_health {
  /// Members that we dialled.
  std::size_t outbound = 0;
  /// It has at least Dlo members, and Dout that we dialled, or all there are.
  bool healthy = true;
};

/// All rules of a node about its peers, composed: who is in which mesh
/// (`mesh`), what they are worth (`peer_score`) and what that forbids them,
/// where they can be reached (`address_book`) and who of those offered is
/// dialled, and partial messages. Which step comes after which, and what counts
/// against whom, is decided here and nowhere else: the actors and the simulator
/// drive the same object.
///
/// Pure: the time and the generator are given, what is to be done is appended
/// to `router_effects`. Calls that name a peer which is gone do nothing.
///
/// Its members are in `router.cpp` (peers and their RPCs, this node's topics),
/// `router_messages.cpp` (whom messages go to), `router_score.cpp` (what
/// peers did), `router_partial.cpp`, and `router_settle.cpp` (what becomes of
/// the parts' effects).
class router {
public:
  /// `options` must be valid (`validate` of both).
  explicit router(const router_options& options);
  router(const router&) = delete;
  router& operator=(const router&) = delete;

  // -- peers ------------------------------------------------------------------

  /// A peer is connected from `ips`; its standing is told in any case. Nothing
  /// if it is there already or there are too many.
  std::optional<peer_handle> add_peer(const libp2p::peer_id& id,
                                      peer_traits traits,
                                      std::span<const libp2p::ip_address> ips,
                                      time_point now, router_effects& out);

  /// It has another connection besides, or one less: all its addresses now.
  void move_peer(peer_handle peer, std::span<const libp2p::ip_address> ips,
                 router_effects& out);

  /// It is disconnected.
  void remove_peer(peer_handle peer, time_point now, rng& gen,
                   router_effects& out);

  /// What it is told first: from now on it hears of changes.
  greeting greet(peer_handle peer);
  bool greeted(peer_handle peer) const noexcept;

  /// What a peer's RPC says to the router: subscriptions, GRAFT, PRUNE, IHAVE.
  /// Returns how many of the changes of subscriptions are not credited yet
  /// (`router_effects::paces`).
  std::size_t receive(peer_handle from,
                      std::span<const proto::subscription> changes,
                      const proto::control& control, time_point now, rng& gen,
                      router_effects& out);

  /// The peer signed where it can be reached. False if it is not genuine.
  bool learn(const libp2p::peer_id& peer, bytes_view sealed, time_point now);

  /// What a connected peer signed of where it can be reached; empty if it has
  /// not. Valid until the next `learn`.
  struct known_addresses {
    bytes_view sealed;
    std::span<const libp2p::multiaddr> addresses;
  };
  known_addresses addresses_of(const libp2p::peer_id& peer, time_point now);

  /// The operator's wish: it gets every message, and is in no mesh.
  void set_direct(const libp2p::peer_id& peer, bool direct, time_point now,
                  rng& gen, router_effects& out);

  /// Whether `router_effects::subscriptions` are wanted.
  void observe(bool wanted) noexcept { observed_ = wanted; }

  // -- this node --------------------------------------------------------------

  /// False if it is subscribed already.
  bool join(std::string_view topic, time_point now, rng& gen,
            router_effects& out);

  /// False if it is not subscribed.
  bool leave(std::string_view topic, time_point now, rng& gen,
             router_effects& out);

  /// One tick. The caller then gossips and shifts the message window.
  void heartbeat(time_point now, rng& gen, router_effects& out);

  // -- whom a message goes to (router_messages.cpp) ---------------------------

  /// Appends the peers that an accepted message is relayed to. `source` may be
  /// gone by now.
  void relay_to(const message& msg, std::optional<peer_handle> source,
                std::span<const forwarder> forwarders,
                std::vector<peer_handle>& out) const;

  /// Counts the delivery of an accepted message for whoever sent it in time (P2
  /// and P3).
  void credit(const message& msg, std::optional<peer_handle> source,
              std::span<const forwarder> forwarders);

  /// Appends the peers that an own message is sent to.
  void publish_to(const message& msg, time_point now, rng& gen,
                  std::vector<peer_handle>& out);

  /// Appends the peers that are told IDONTWANT of a new message, before it is
  /// validated or, of an own one, sent: nobody unless it is large.
  void warn_of(const message& msg, std::optional<peer_handle> source,
               std::vector<peer_handle>& out) const;

  /// Whether a message goes to the peer even if it does not want it
  /// (IDONTWANT): flood publishing, direct and FloodSub peers.
  bool goes_anyway(peer_handle to, bool own) const;

  /// How many greeted peers a message to the topic may go to.
  std::size_t reachable(std::string_view topic) const;

  // -- what peers did (router_score.cpp) --------------------------------------

  /// It sent an accepted message once more, so long after the verdict.
  void sent_again(const libp2p::peer_id& peer, std::string_view topic,
                  std::chrono::nanoseconds age);

  /// It sent an invalid message (P4).
  void sent_invalid(const libp2p::peer_id& peer, std::string_view topic,
                    router_effects& out);

  /// It broke the protocol (P7); a negative count takes back what proved to be
  /// none.
  void misbehaved(const libp2p::peer_id& peer, double count,
                  router_effects& out);

  /// So many messages for it were dropped, as it reads too slowly.
  void reads_slowly(const libp2p::peer_id& peer, std::size_t dropped,
                    router_effects& out);

  /// What the application thinks of it (P5).
  void set_application_score(const libp2p::peer_id& peer, double value,
                             router_effects& out);

  /// Other parameters for a topic's scores from now on.
  expected<void, parameter_error>
  set_topic_score(std::string_view topic, const topic_score_parameters& p);

  /// Other parameters for all scores, and what follows from them, from now on;
  /// both must be valid. What was counted stays.
  void use_scoring(const score_parameters& score,
                   const score_thresholds& thresholds, router_effects& out);

  // -- partial messages (router_partial.cpp) ----------------------------------

  void set_partial_usable(const libp2p::peer_id& peer, bool usable);

  /// The view must live until the effects are carried out.
  void receive_partial(peer_handle from, const proto::partial_view& partial,
                       router_effects& out);

  /// Takes part in the topic's partial messages, or without rules no longer.
  void set_partial_topic(std::string_view topic, const partial_topic& how,
                         time_point now, rng& gen, router_effects& out);

  /// This node has `parts` of a group. False if it takes no part.
  bool publish_partial(std::string_view topic, bytes_view group,
                       bytes_view parts, bytes_view metadata, time_point now,
                       rng& gen, router_effects& out);

  // -- inspection -------------------------------------------------------------

  std::optional<peer_handle> find_peer(const libp2p::peer_id& id) const {
    return mesh_.find_peer(id);
  }
  /// Null for a peer that is gone.
  const mesh_peer* find_peer(peer_handle peer) const noexcept {
    return mesh_.find_peer(peer);
  }
  /// Valid until the next call of a non-const member.
  const gossip::mesh& meshes() const noexcept { return mesh_; }
  const peer_score& scores() const noexcept { return score_; }
  /// Calls `f` with the handle of each connected peer.
  template <class F>
  void each_peer(F f) const {
    peers_.each([&](peer_handle peer, const known_peer&) { f(peer); });
  }
  peer_standing standing_of(peer_handle peer) const;
  mesh_health health_of(const topic_snapshot& topic) const;

private:
  // A connected peer.
  struct known_peer {
    bool greeted = false;
    // What was told last.
    peer_standing standing;
    // When its last offer of peers was accepted.
    std::optional<time_point> offered;
    // How fast its subscriptions may change.
    subscription_pace pace;
    // From where it is connected.
    address_scope scope = address_scope::internet;
  };

  // A peer that was found by an offer, and since when it is connected.
  struct newcomer {
    peer_handle peer;
    time_point since;
  };

  // peers (router.cpp)
  void apply(peer_handle peer, std::span<const proto::subscription> changes,
             router_effects& out);
  void apply(peer_handle peer, const proto::control& control, time_point now,
             router_effects& out);
  template <class Change>
  void observing(peer_handle peer, const std::string& topic,
                 router_effects& out, Change change);
  bool is_subscribed(peer_handle peer, std::string_view topic) const;
  void renew_paces(router_effects& out);

  // what becomes of the parts' effects (router_settle.cpp)
  void settle(time_point now, rng& gen, router_effects& out);
  void offer_peers(time_point now, rng& gen);
  void add_records(proto::prune& prune, time_point now);
  void accept_offer(const px_offer& offer, time_point now, router_effects& out);
  void trust_the_proven(time_point now, router_effects& out);

  // scores (router_score.cpp)
  void score(const mesh_event& event, time_point now, router_effects& out);
  void penalize(peer_handle peer, double count, router_effects& out);
  void update_standing(peer_handle peer, router_effects& out);
  void tell_standing(peer_handle peer, known_peer& known, router_effects& out);
  void update_standings(router_effects& out);

  // partial messages (router_partial.cpp)
  void guarded(router_effects& out, const std::function<void()>& use_rules);
  void gossip_partial(router_effects& out);
  void settle_partial(router_effects& out);

  parameters params_;
  offer_resolver resolve_;
  peer_score score_;
  gossip::mesh mesh_;
  address_book book_;
  partial_messages partial_;
  std::unordered_set<libp2p::peer_id> direct_;
  bool observed_ = false;
  slot_table<known_peer> peers_;
  // Those that have not proven themselves yet.
  std::vector<newcomer> newcomers_;
  // Of one call; kept for their memory.
  mesh_effects mesh_effects_;
  partial_effects partial_effects_;
  std::vector<peer_handle> partial_receivers_;
};

} // namespace grapevine::gossip
