#pragma once

#include "actors/pubsub/mesh_manager.hpp"
#include "actors/pubsub/peer_outbox.hpp"
#include "actors/pubsub/peer_waiters.hpp"
#include "actors/repeat_log.hpp"
#include "gossip/rng.hpp"
#include "gossip/router/router.hpp"
#include "gossip/slot_map.hpp"
#include "gossip/trace/trace_batch.hpp"
#include "libp2p/base/keyed_hash.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace grapevine {

/// What the mesh manager actor does, a member per message: it calls
/// `gossip::router`, and turns its effects into messages to actors. Which actor
/// a peer's handle stands for is all that it knows of peers by itself.
///
/// Its members are in `mesh_manager.cpp`, those about messages' ways in
/// `mesh_manager_messages.cpp`, about effects in `mesh_manager_effects.cpp`,
/// about numbers in `mesh_manager_counts.cpp`.
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
  void received(const control_received& msg);
  void learn(const record_learned& msg);
  signed_addresses addresses(const inspect_addresses& msg);
  void direct(const set_direct& msg);

  // -- this node (mesh_manager.cpp) -------------------------------------------

  void join(const join_topic& msg);
  void leave(const leave_topic& msg);
  void leave_everything();
  void heartbeat();
  peer_waiters::promise wait_for_peers(const await_peers& msg);
  void expired(const await_expired& msg);
  mesh_snapshot snapshot() const;
  void tell_counts(const grapevine::tell_counts& msg);

  // -- scores (mesh_manager.cpp) ----------------------------------------------

  void delivered(const delivery_report& msg);
  void misbehaved_peer(const misbehaved& msg);
  void slow_reader(const reads_slowly& msg);
  void application_score(const set_application_score& msg);
  caf::result<changed> topic_score(const set_topic_score& msg);
  void scoring(const use_scoring& msg);
  scores_snapshot scores() const;

  // -- partial messages (mesh_manager.cpp) ------------------------------------

  void usable(const partial_usable& msg);
  void received(const partial_received& msg);
  caf::result<changed> partial_topic(const set_partial_topic& msg);
  caf::result<changed> publish(const publish_partial& msg);

  // -- messages (mesh_manager_messages.cpp) -----------------------------------

  void route(const route_messages& msg);
  publish_receipt route(const route_own& msg);
  batch_receipt route(const route_batch& msg);
  void announce(const announce_messages& msg);

private:
  using peer_handle = gossip::peer_handle;

  // What waits for an actor that gets parts, and what it has missed: of all its
  // topics together.
  struct parts_load {
    std::shared_ptr<load_gauge> waiting = std::make_shared<load_gauge>();
    std::uint64_t missed = 0;
  };
  struct parts_receiver {
    caf::actor actor;
    std::shared_ptr<parts_load> load;
  };

  std::function<std::size_t(const std::string&)> reachable_peers() const;
  void answer_waiters();
  void log_graylisted();
  void log_dropped_parts();
  std::shared_ptr<parts_load> load_of(const caf::actor& receiver) const;
  void tell_delivery_window();
  void do_heartbeat();
  topic_counts& counts_of(const std::string& topic);
  mesh_totals totals() const;
  topic_state_snapshot describe(const gossip::topic_snapshot& topic) const;
  std::vector<libp2p::peer_id> ids_of(std::span<const peer_handle> peers) const;

  // messages (mesh_manager_messages.cpp)
  void choose_receivers(const gossip::message& msg);
  void choose_receivers(const routed_message& msg,
                        std::optional<peer_handle> source);
  void queue_for_receivers(const gossip::message_ptr& msg);
  void add_together(const gossip::message_ptr& msg);
  void send_together();
  void send_queued(bool own);
  void choose_warned(const gossip::message& msg,
                     std::optional<peer_handle> source);
  void tell_unwanted(const gossip::message& msg);
  void send_unwanted();

  // what the router wants done (mesh_manager_effects.cpp)
  void carry_out();
  void note(const gossip::mesh_event& event);
  void warn_of_empty_mesh(const std::string& topic);
  void tell_standing(const gossip::standing_changed& changed);
  void report_events();
  void send_announcements();
  void send_control(gossip::control_due& control);
  void send_gossip();
  void deliver(gossip::deliver_partial& parts);

  // Null for a peer that is gone.
  const peer_actor& actor_of(peer_handle peer) const;
  template <class Message>
  void tell_peer(peer_handle peer, Message msg) {
    if (const auto& to = actor_of(peer))
      tell(self_, to, std::move(msg));
  }

  mesh_manager_actor::pointer self_;
  context_ptr ctx_;
  gossip::rng rng_;
  gossip::router router_;
  message_cache_actor cache_;
  event_sink events_;
  gossip::slot_table<peer_actor> actors_;
  std::map<std::string, parts_receiver, std::less<>> partial_receivers_;
  // Topics of which parts were dropped.
  repeat_log<std::string> dropped_parts_;
  peer_waiters waiters_;
  // Peers of which that was said.
  repeat_log<libp2p::peer_id> graylisted_;
  // Whether anybody wants to hear of peers' subscriptions and our meshes.
  bool observed_ = false;
  gossip::trace_batch trace_{ctx_->trace};
  duration_histogram heartbeats_;
  // GRAFTs and PRUNEs since they were last told.
  libp2p::keyed_string_map<topic_counts> counts_;
  // Of one turn; kept for their memory.
  gossip::router_effects effects_;
  std::vector<peer_handle> receivers_;
  peer_outbox<gossip::message_ptr> outbox_;
  // Messages of a turn that have the same receivers, and bytes of their frames.
  std::vector<gossip::message_ptr> together_;
  std::size_t together_size_ = 0;
  // Ids for IDONTWANT.
  peer_outbox<std::string> unwanted_;
};

} // namespace grapevine
