#pragma once

#include "actors/mesh_manager.hpp"
#include "actors/peer_waiters.hpp"
#include "actors/slot_outbox.hpp"
#include "gossip/partial_messages.hpp"
#include "gossip/peer_exchange.hpp"
#include "gossip/peer_score.hpp"
#include "gossip/rng.hpp"
#include "gossip/subscription_pace.hpp"
#include "gossip/trace_batch.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace grapevine {

/// What the mesh manager actor does, a member per message. The router is
/// `gossip::mesh`, beside it stand the scores and the addresses of peers.
class mesh_manager_state {
public:
  mesh_manager_state(mesh_manager_actor::pointer self, context_ptr ctx);
  mesh_manager_state(const mesh_manager_state&) = delete;
  mesh_manager_state& operator=(const mesh_manager_state&) = delete;

  // -- peers (mesh_manager.cpp) -----------------------------------------------

  void meet(const meet_partners& msg);
  void observe(const observe_events& msg);
  void joined(const peer_joined& msg);
  void moved(const peer_moved& msg);
  void left(const peer_left& msg);
  void hello(const hello_wanted& msg);
  void received(const rpc_received& msg);
  void learn(const record_learned& msg);
  void direct(const set_direct& msg);

  // -- this node (mesh_manager.cpp) -------------------------------------------

  void join(const join_topic& msg);
  void leave(const leave_topic& msg);
  void leave_everything();
  void heartbeat();
  peer_waiters::promise wait_for_peers(const await_peers& msg);
  void expired(const await_expired& msg);
  mesh_snapshot snapshot() const;

  // -- messages (mesh_manager_output.cpp) -------------------------------------

  void route(const route_messages& msg);
  publish_receipt route(const route_own& msg);
  batch_receipt route(const route_batch& msg);
  void announce(const announce_messages& msg);

  // -- partial messages (mesh_manager_partial.cpp) ----------------------------

  void usable(const partial_usable& msg);
  void received(const partial_received& msg);
  caf::result<changed> partial_topic(const set_partial_topic& msg);
  caf::result<changed> publish(const publish_partial& msg);

  // -- scores (mesh_manager_score.cpp) ----------------------------------------

  void delivered(const delivery_report& msg);
  void misbehaved_peer(const misbehaved& msg);
  void slow_reader(const reads_slowly& msg);
  void application_score(const set_application_score& msg);
  caf::result<changed> topic_score(const set_topic_score& msg);
  scores_snapshot scores() const;

private:
  using peer_handle = gossip::peer_handle;

  // The actor of a connected peer, by its handle's slot.
  struct slot {
    peer_actor actor;
    peer_handle handle;
    // Its outbound stream is open: what it is sent arrives.
    bool reachable = false;
    // What its actor was told last.
    set_standing standing;
    // When its last offer of peers was heeded.
    std::optional<libp2p::time_point> offered;
    // How fast its subscriptions may change.
    gossip::subscription_pace pace;
    // From where it is connected.
    gossip::address_scope scope = gossip::address_scope::internet;
  };

  // A peer that was found by an offer, and since when it is connected.
  struct newcomer {
    peer_handle peer;
    libp2p::time_point since;
  };

  // this node
  void leave(const std::string& topic);

  // peers
  std::size_t handle(peer_handle from, const rpc_received& msg);
  void control_received(peer_handle from, const rpc_received& msg);
  void apply(peer_handle peer, const rpc_received& msg);
  template <class Change>
  void observing(peer_handle peer, const libp2p::peer_id& id,
                 const std::string& topic, Change change);
  void return_held_credit();
  bool is_subscribed(peer_handle peer, const std::string& topic) const;
  topic_state_snapshot describe(const gossip::topic_snapshot& topic) const;
  bool healthy(const gossip::topic_snapshot& topic, std::size_t outbound) const;
  std::size_t reachable_peers(const std::string& topic) const;
  void answer_waiters();
  std::vector<libp2p::peer_id> ids_of(std::span<const peer_handle> peers) const;

  // messages
  void choose_receivers(const gossip::message& msg);
  void choose_receivers(const routed_message& msg,
                        std::optional<peer_handle> source);
  void queue_for_receivers(const gossip::message_ptr& msg);
  void send_queued(bool flood);
  void choose_warned(const gossip::message& msg, peer_handle source);
  void tell_unwanted(const gossip::message& msg);
  void send_unwanted();

  // what the router wants done (mesh_manager_output.cpp)
  void carry_out();
  void send_announcements();
  void send_controls();
  void send_gossip();
  void add_records(std::vector<proto::prune>& prunes);
  void heed_offers();
  void trust_the_proven();
  void note(const gossip::mesh_event& event);

  // partial messages
  void guarded(const std::function<void()>& use_rules);
  void carry_out_partial();
  void gossip_partial();
  void announce_again(const std::string& topic);

  // scores
  void score(const gossip::mesh_event& event);
  void credit(std::optional<peer_handle> source, const routed_message& msg);
  void penalize(peer_handle peer, double count);
  void update_standing(peer_handle peer);
  void tell_standing(peer_handle peer);
  set_standing standing_of(peer_handle peer) const;
  void update_standings();

  mesh_manager_actor::pointer self_;
  context_ptr ctx_;
  gossip::peer_score score_;
  gossip::mesh mesh_;
  gossip::rng rng_;
  gossip::address_book book_;
  gossip::partial_messages partial_;
  std::map<std::string, caf::actor, std::less<>> partial_receivers_;
  std::unordered_set<libp2p::peer_id> direct_;
  message_cache_actor cache_;
  event_sink events_;
  bool observed_ = false;
  std::vector<slot> slots_;
  // Those that have not proven themselves yet.
  std::vector<newcomer> newcomers_;
  peer_waiters waiters_;
  gossip::trace_batch trace_{ctx_->trace};
  // Of one turn; kept for their memory.
  std::vector<node_event> to_report_;
  gossip::mesh_effects effects_;
  gossip::partial_effects partial_effects_;
  std::vector<peer_handle> receivers_;
  slot_outbox<gossip::message_ptr> outbox_;
  // Ids for IDONTWANT.
  slot_outbox<std::string> unwanted_;
};

} // namespace grapevine
