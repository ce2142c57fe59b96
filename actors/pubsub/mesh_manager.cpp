#include "actors/pubsub/mesh_manager.hpp"

#include "actors/pubsub/mesh_manager_state.hpp"
#include "messages/api.hpp"

#include <utility>

// The actor: from messages to calls of the router.

namespace grapevine {

namespace {

mesh_manager_actor::behavior_type mesh_manager(mesh_manager_actor::pointer self,
                                               const context_ptr& ctx) {
  auto state = std::make_shared<mesh_manager_state>(self, ctx);
  return {
      [state](const meet_partners& msg) { state->meet(msg); },
      [state](const observe_events& msg) { state->observe(msg); },
      [state](const peer_joined& msg) { state->joined(msg); },
      [state](const peer_left& msg) { state->left(msg); },
      [state](const hello_wanted& msg) { state->hello(msg); },
      [state](const control_received& msg) { state->received(msg); },
      [state](const peer_moved& msg) { state->moved(msg); },
      [state](const delivery_report& msg) { state->delivered(msg); },
      [state](const misbehaved& msg) { state->misbehaved_peer(msg); },
      [state](const reads_slowly& msg) { state->slow_reader(msg); },
      [state](const partial_usable& msg) { state->usable(msg); },
      [state](const partial_received& msg) { state->received(msg); },
      [state](const set_partial_topic& msg) {
        return state->partial_topic(msg);
      },
      [state](const publish_partial& msg) { return state->publish(msg); },
      [state](const announce_messages& msg) { state->announce(msg); },
      [state](const record_learned& msg) { state->learn(msg); },
      [state](const inspect_addresses& msg) { return state->addresses(msg); },
      [state](const set_direct& msg) { state->direct(msg); },
      [state](const set_application_score& msg) {
        state->application_score(msg);
      },
      [state](const set_topic_score& msg) { return state->topic_score(msg); },
      [state](const use_scoring& msg) { state->scoring(msg); },
      [state](inspect_scores) { return state->scores(); },
      [state](const route_messages& msg) { state->route(msg); },
      [state](const route_own& msg) { return state->route(msg); },
      [state](const route_batch& msg) { return state->route(msg); },
      [state](const join_topic& msg) { state->join(msg); },
      [state](const leave_topic& msg) { state->leave(msg); },
      [state](heartbeat_tick) { state->heartbeat(); },
      [state](const await_peers& msg) { return state->wait_for_peers(msg); },
      [state](const await_expired& msg) { state->expired(msg); },
      [state](leave_all) {
        state->leave_everything();
        return all_left{};
      },
      [state](inspect_mesh) { return state->snapshot(); },
      [state](const tell_counts& msg) { state->tell_counts(msg); },
  };
}

} // namespace

mesh_manager_actor spawn_mesh_manager(caf::actor_system& sys, context_ptr ctx) {
  return sys.spawn(mesh_manager, std::move(ctx));
}

mesh_manager_state::mesh_manager_state(mesh_manager_actor::pointer self,
                                       context_ptr ctx)
    : self_{self}, ctx_{std::move(ctx)}, rng_{random_number()},
      router_{{ctx_->config.params, ctx_->config.score,
               ctx_->config.max_rpc_size}} {}

void mesh_manager_state::meet(const meet_partners& msg) {
  cache_ = msg.cache;
  events_ = msg.events;
}

void mesh_manager_state::observe(const observe_events& msg) {
  observed_ = msg.wanted;
  router_.observe(msg.wanted);
}

// -- peers --------------------------------------------------------------------

const peer_actor& mesh_manager_state::actor_of(peer_handle peer) const {
  static const peer_actor nobody;
  const auto* known = actors_.find(peer);
  return known != nullptr ? *known : nobody;
}

void mesh_manager_state::joined(const peer_joined& msg) {
  // An actor that has not said yet that it ended.
  if (const auto former = router_.find_peer(msg.peer.id))
    left({msg.peer.id, actor_of(*former).address()});
  const auto peer =
      router_.add_peer(msg.peer.id, msg.traits, msg.ips, now(self_), effects_);
  if (!peer)
    return;
  actors_.put(*peer, msg.peer.actor);
  carry_out();
}

void mesh_manager_state::moved(const peer_moved& msg) {
  const auto peer = router_.find_peer(msg.peer.id);
  if (!peer || actor_of(*peer) != msg.peer.actor)
    return;
  router_.move_peer(*peer, msg.ips, effects_);
  carry_out();
}

void mesh_manager_state::left(const peer_left& msg) {
  const auto peer = router_.find_peer(msg.peer);
  if (!peer || actor_of(*peer).address() != msg.actor)
    return;
  router_.remove_peer(*peer, now(self_), rng_, effects_);
  actors_.erase(*peer);
  carry_out();
}

void mesh_manager_state::hello(const hello_wanted& msg) {
  const auto peer = router_.find_peer(msg.peer.id);
  if (!peer)
    return;
  auto greeting = router_.greet(*peer);
  tell(self_, msg.peer.actor,
       send_hello{std::move(greeting.subscriptions),
                  std::move(greeting.grafts)});
  answer_waiters();
}

void mesh_manager_state::received(const control_received& msg) {
  std::size_t held = 0;
  if (const auto from = router_.find_peer(msg.from.id)) {
    held = router_.receive(*from, msg.subscriptions, msg.control, now(self_),
                           rng_, effects_);
    if (!effects_.offered_ids.empty())
      tell(self_, cache_,
           ihave_received{msg.from, std::exchange(effects_.offered_ids, {})});
    carry_out();
    if (!msg.subscriptions.empty() || !msg.control.grafts.empty())
      answer_waiters();
  }
  // Behind the work: whoever gives much to do is not read meanwhile.
  tell(self_, msg.from.actor, return_credit{msg.entries - held, 0});
}

void mesh_manager_state::learn(const record_learned& msg) {
  if (!router_.learn(msg.peer, msg.sealed, now(self_)))
    ctx_->log->debug("a signed peer record is not genuine peer={}",
                     to_string(msg.peer));
}

signed_addresses mesh_manager_state::addresses(const inspect_addresses& msg) {
  signed_addresses result;
  for (const auto& peer : msg.peers) {
    const auto known = router_.addresses_of(peer, now(self_));
    if (!known.sealed.empty())
      result.peers.push_back({peer,
                              {known.addresses.begin(), known.addresses.end()},
                              to_bytes(known.sealed)});
  }
  return result;
}

void mesh_manager_state::direct(const set_direct& msg) {
  router_.set_direct(msg.peer, msg.direct, now(self_), rng_, effects_);
  carry_out();
}

// -- this node ----------------------------------------------------------------

void mesh_manager_state::join(const join_topic& msg) {
  if (router_.join(msg.topic, now(self_), rng_, effects_))
    trace_.record([&] { return gossip::trace::joined{msg.topic}; });
  carry_out();
}

void mesh_manager_state::leave(const leave_topic& msg) {
  if (router_.leave(msg.topic, now(self_), rng_, effects_))
    trace_.record([&] { return gossip::trace::left{msg.topic}; });
  carry_out();
}

// Nothing is said to the peers: that it ends is told by the connection, and
// they take it out of their meshes. A PRUNE would impose a backoff on both
// sides that outlives a short stop, so that the node, started again, would be
// refused by all: worse than a crash. go says nothing, too.
void mesh_manager_state::leave_everything() {
  for (const auto& topic : router_.meshes().snapshot())
    if (topic.subscribed)
      trace_.record([&] { return gossip::trace::left{topic.topic}; });
  trace_.flush();
}

void mesh_manager_state::do_heartbeat() {
  router_.heartbeat(now(self_), rng_, effects_);
  carry_out();
  log_graylisted();
  log_dropped_parts();
  // After the gossip, so that it does not see the shifted window.
  tell(self_, cache_, shift_window{});
}

void mesh_manager_state::log_graylisted() {
  graylisted_.due(
      now(self_),
      [this](const libp2p::peer_id& peer, std::size_t count) {
        ctx_->log->warn("the peer's score was too low {} more times peer={}",
                        count, to_string(peer));
      },
      [this](std::size_t count) {
        ctx_->log->warn("the scores of {} further peers are too low", count);
      });
}

peer_waiters::promise
mesh_manager_state::wait_for_peers(const await_peers& msg) {
  auto promise = self_->make_response_promise<peers_ready>();
  const auto ready = router_.reachable(msg.topic);
  if (ready >= msg.count) {
    promise.deliver(peers_ready{ready});
    return promise;
  }
  const auto ticket = waiters_.add(msg, promise);
  tell_self_later(self_, msg.timeout, await_expired{ticket});
  return promise;
}

void mesh_manager_state::expired(const await_expired& msg) {
  waiters_.expire(msg.ticket, reachable_peers());
}

void mesh_manager_state::answer_waiters() {
  if (!waiters_.empty())
    waiters_.answer(reachable_peers());
}

std::function<std::size_t(const std::string&)>
mesh_manager_state::reachable_peers() const {
  return [this](const std::string& topic) { return router_.reachable(topic); };
}

mesh_snapshot mesh_manager_state::snapshot() const {
  mesh_snapshot result;
  result.peers = router_.meshes().peer_count();
  for (const auto& topic : router_.meshes().snapshot())
    result.topics.push_back(describe(topic));
  return result;
}

topic_state_snapshot
mesh_manager_state::describe(const gossip::topic_snapshot& topic) const {
  const auto& meshes = router_.meshes();
  const auto health = router_.health_of(topic);
  return {topic.topic,
          topic.subscribed,
          health.outbound,
          health.healthy,
          ids_of(meshes.mesh_of(topic.topic)),
          ids_of(meshes.fanout_of(topic.topic)),
          ids_of(meshes.peers_of(topic.topic))};
}

std::vector<libp2p::peer_id>
mesh_manager_state::ids_of(std::span<const peer_handle> peers) const {
  std::vector<libp2p::peer_id> result;
  for (const auto& peer : peers)
    if (const auto* record = router_.find_peer(peer))
      result.push_back(record->id);
  return result;
}

// -- scores -------------------------------------------------------------------

void mesh_manager_state::delivered(const delivery_report& msg) {
  for (const auto& one : msg.entries)
    if (one.what == delivery_report::kind::duplicate)
      router_.sent_again(one.peer, one.topic, one.age);
    else
      router_.sent_invalid(one.peer, one.topic, effects_);
  carry_out();
}

void mesh_manager_state::misbehaved_peer(const misbehaved& msg) {
  ctx_->log->debug("misbehaviour: {} count={} peer={}", msg.what, msg.count,
                   to_string(msg.peer));
  router_.misbehaved(msg.peer, msg.count, effects_);
  carry_out();
}

void mesh_manager_state::slow_reader(const reads_slowly& msg) {
  router_.reads_slowly(msg.peer, msg.dropped, effects_);
  carry_out();
}

void mesh_manager_state::application_score(const set_application_score& msg) {
  router_.set_application_score(msg.peer, msg.score, effects_);
  carry_out();
}

caf::result<changed>
mesh_manager_state::topic_score(const set_topic_score& msg) {
  if (const auto done = router_.set_topic_score(msg.topic, msg.parameters);
      !done)
    return caf::make_error(node_errc::bad_parameters, done.error().text);
  tell_delivery_window();
  return changed{};
}

void mesh_manager_state::scoring(const use_scoring& msg) {
  router_.use_scoring(msg.score, msg.thresholds, effects_);
  tell_delivery_window();
  carry_out();
}

void mesh_manager_state::tell_delivery_window() {
  tell(self_, cache_,
       set_delivery_window{router_.scores().largest_delivery_window()});
}

scores_snapshot mesh_manager_state::scores() const {
  scores_snapshot result;
  router_.each_peer([&](peer_handle peer) {
    result.peers.push_back(
        {router_.find_peer(peer)->id, router_.scores().inspect(peer)});
  });
  return result;
}

// -- partial messages ---------------------------------------------------------

void mesh_manager_state::usable(const partial_usable& msg) {
  router_.set_partial_usable(msg.peer, msg.usable);
}

void mesh_manager_state::received(const partial_received& msg) {
  tell(self_, msg.from.actor, return_credit{1, msg.frame->size()});
  if (const auto peer = router_.find_peer(msg.from.id)) {
    router_.receive_partial(*peer, msg.partial, effects_);
    carry_out();
  }
}

caf::result<changed>
mesh_manager_state::partial_topic(const set_partial_topic& msg) {
  if (!ctx_->config.partial_messages)
    return caf::make_error(node_errc::bad_parameters,
                           std::string{"partial messages are not announced: "
                                       "set node_config::partial_messages"});
  if (msg.how.rules)
    partial_receivers_.insert_or_assign(
        msg.topic, parts_receiver{msg.receiver, load_of(msg.receiver)});
  else
    partial_receivers_.erase(msg.topic);
  router_.set_partial_topic(msg.topic, msg.how, now(self_), rng_, effects_);
  carry_out();
  return changed{};
}

caf::result<changed> mesh_manager_state::publish(const publish_partial& msg) {
  const bool known =
      router_.publish_partial(msg.topic, msg.group, msg.parts, msg.metadata,
                              now(self_), rng_, effects_);
  carry_out();
  if (known)
    return changed{};
  return caf::make_error(node_errc::unknown_topic,
                         "no partial messages in the topic \""
                             + escaped(msg.topic)
                             + "\": send set_partial_topic first");
}

} // namespace grapevine
