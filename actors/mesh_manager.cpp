#include "actors/mesh_manager.hpp"

#include "actors/mesh_manager_state.hpp"

#include <algorithm>

// The actor, who its peers are, and what this node does.

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
      [state](const rpc_received& msg) { state->received(msg); },
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
      [state](const set_direct& msg) { state->direct(msg); },
      [state](const set_application_score& msg) {
        state->application_score(msg);
      },
      [state](const set_topic_score& msg) { return state->topic_score(msg); },
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
  };
}

} // namespace

mesh_manager_actor spawn_mesh_manager(caf::actor_system& sys, context_ptr ctx) {
  return sys.spawn(mesh_manager, std::move(ctx));
}

mesh_manager_state::mesh_manager_state(mesh_manager_actor::pointer self,
                                       context_ptr ctx)
    : self_{self}, ctx_{std::move(ctx)}, score_{ctx_->config.score},
      mesh_{ctx_->config.params,
            {},
            [this](peer_handle peer) { return score_.score(peer); }},
      rng_{random_number()}, partial_{{}, ctx_->config.max_rpc_size} {}

void mesh_manager_state::meet(const meet_partners& msg) {
  cache_ = msg.cache;
  events_ = msg.events;
}

void mesh_manager_state::observe(const observe_events& msg) {
  observed_ = msg.wanted;
}

// -- peers --------------------------------------------------------------------

void mesh_manager_state::joined(const peer_joined& msg) {
  auto traits = msg.traits;
  traits.direct = direct_.contains(msg.peer.id);
  // An actor that has not said yet that it ended.
  if (const auto former = mesh_.find_peer(msg.peer.id))
    left({msg.peer.id, slots_[former->slot].actor.address()});
  const auto handle = mesh_.add_peer(msg.peer.id, traits);
  if (!handle)
    return;
  if (slots_.size() <= handle->slot)
    slots_.resize(handle->slot + 1);
  slots_[handle->slot] = {msg.peer.actor,           *handle, false, {}, {}, {},
                          gossip::scope_of(msg.ips)};
  if (traits.offered)
    newcomers_.push_back({*handle, now(self_)});
  score_.add_peer(*handle, msg.peer.id, msg.ips, now(self_));
  partial_.add_peer(*handle);
  tell_standing(*handle);
}

void mesh_manager_state::moved(const peer_moved& msg) {
  const auto handle = mesh_.find_peer(msg.peer.id);
  if (!handle || slots_[handle->slot].actor != msg.peer.actor)
    return;
  mesh_.reconnected(*handle);
  score_.set_ips(*handle, msg.ips);
  slots_[handle->slot].scope = gossip::scope_of(msg.ips);
  update_standing(*handle);
}

void mesh_manager_state::left(const peer_left& msg) {
  const auto handle = mesh_.find_peer(msg.peer);
  if (!handle || slots_[handle->slot].actor.address() != msg.actor)
    return;
  mesh_.remove_peer(*handle, effects_);
  // What it leaves behind in its meshes counts, too.
  for (const auto& event : effects_.events)
    score(event);
  score_.remove_peer(*handle, now(self_));
  partial_.remove_peer(*handle);
  book_.touch(msg.peer, now(self_));
  effects_.events.clear();
  slots_[handle->slot] = {};
  carry_out();
}

void mesh_manager_state::hello(const hello_wanted& msg) {
  const auto handle = mesh_.find_peer(msg.peer.id);
  if (!handle)
    return;
  slots_[handle->slot].reachable = true;
  send_hello answer{mesh_.hello(), {}};
  for (auto& own : answer.subscriptions)
    partial_.announce(own);
  for (const auto& topic : mesh_.snapshot())
    if (mesh_.in_mesh(topic.topic, *handle))
      answer.grafts.push_back(topic.topic);
  tell(self_, msg.peer.actor, std::move(answer));
  answer_waiters();
}

void mesh_manager_state::received(const rpc_received& msg) {
  const auto from = mesh_.find_peer(msg.from.id);
  const auto held = from ? handle(*from, msg) : 0;
  // Behind the work: whoever gives much to do is not read meanwhile.
  tell(self_, msg.from.actor, return_credit{msg.entries - held, 0});
}

// Observers hear of what has changed, not of what was repeated or refused.
template <class Change>
void mesh_manager_state::observing(peer_handle peer, const libp2p::peer_id& id,
                                   const std::string& topic, Change change) {
  using kind = node_event::kind;
  if (!observed_)
    return change();
  const bool before = is_subscribed(peer, topic);
  change();
  const bool after = is_subscribed(peer, topic);
  if (before != after)
    to_report_.push_back(
        {after ? kind::subscribed : kind::unsubscribed, id, topic});
}

// Returns how many of its entries' credit is held back.
std::size_t mesh_manager_state::handle(peer_handle from,
                                       const rpc_received& msg) {
  apply(from, msg);
  if (!mesh_.graylisted(from))
    control_received(from, msg);
  if (!to_report_.empty())
    tell(self_, events_, node_events{std::exchange(to_report_, {})});
  mesh_.welcome(from, msg.subscriptions, now(self_), effects_);
  carry_out();
  const auto changes = msg.subscriptions.size();
  if (changes > 0 || !msg.control.grafts.empty())
    answer_waiters();
  return changes > 0 ? changes - slots_[from.slot].pace.take(changes) : 0;
}

void mesh_manager_state::apply(peer_handle peer, const rpc_received& msg) {
  if (msg.subscriptions.empty())
    return;
  if (!observed_)
    mesh_.subscriptions(peer, msg.subscriptions, effects_);
  else
    for (const auto& change : msg.subscriptions)
      observing(peer, msg.from.id, change.topic, [&] {
        mesh_.subscriptions(peer, {&change, 1}, effects_);
      });
  partial_.subscriptions(peer, msg.subscriptions);
}

void mesh_manager_state::return_held_credit() {
  for (auto& one : slots_)
    if (one.actor)
      if (const auto back = one.pace.renew(); back > 0)
        tell(self_, one.actor, return_credit{back, 0});
}

void mesh_manager_state::control_received(peer_handle from,
                                          const rpc_received& msg) {
  // Who grafts is in the topic, whether it has said so before or not.
  for (const auto& topic : msg.control.grafts)
    observing(from, msg.from.id, topic,
              [&] { mesh_.graft(from, topic, now(self_), effects_); });
  for (const auto& prune : msg.control.prunes)
    mesh_.prune(from, prune, now(self_), effects_);
  ihave_received wanted{msg.from, {}};
  for (const auto& one : msg.control.ihaves)
    if (mesh_.accepts_ihave(from, one.topic))
      wanted.ids.insert(wanted.ids.end(), one.ids.begin(), one.ids.end());
  if (!wanted.ids.empty())
    tell(self_, cache_, std::move(wanted));
}

bool mesh_manager_state::is_subscribed(peer_handle peer,
                                       const std::string& topic) const {
  const auto peers = mesh_.peers_of(topic);
  return std::binary_search(peers.begin(), peers.end(), peer);
}

void mesh_manager_state::learn(const record_learned& msg) {
  if (!book_.add(msg.peer, msg.sealed, now(self_)))
    ctx_->log->debug("a signed peer record is not genuine peer={}",
                     msg.peer.short_text());
}

void mesh_manager_state::direct(const set_direct& msg) {
  if (msg.direct)
    direct_.insert(msg.peer);
  else
    direct_.erase(msg.peer);
  if (const auto handle = mesh_.find_peer(msg.peer)) {
    mesh_.set_direct(*handle, msg.direct, now(self_), effects_);
    update_standing(*handle);
    carry_out();
  }
}

// -- this node ----------------------------------------------------------------

void mesh_manager_state::join(const join_topic& msg) {
  if (mesh_.join(msg.topic, now(self_), rng_, effects_))
    trace_.record([&] { return gossip::trace::joined{msg.topic}; });
  carry_out();
}

void mesh_manager_state::leave(const leave_topic& msg) {
  leave(msg.topic);
  carry_out();
}

// Nothing is said to the peers: that it ends is told by the connection, and
// they take it out of their meshes. A PRUNE would impose a backoff on both
// sides that outlives a short stop, so that the node, started again, would be
// refused by all: worse than a crash. go says nothing, too.
void mesh_manager_state::leave_everything() {
  for (const auto& topic : mesh_.snapshot())
    if (topic.subscribed)
      trace_.record([&] { return gossip::trace::left{topic.topic}; });
  trace_.flush();
}

void mesh_manager_state::leave(const std::string& topic) {
  if (mesh_.leave(topic, now(self_), effects_))
    trace_.record([&] { return gossip::trace::left{topic}; });
}

void mesh_manager_state::heartbeat() {
  score_.refresh(now(self_));
  update_standings();
  trust_the_proven();
  mesh_.heartbeat(now(self_), rng_, effects_);
  carry_out();
  partial_.heartbeat();
  return_held_credit();
  // After the gossip, so that it does not see the shifted window.
  tell(self_, cache_, shift_window{});
}

peer_waiters::promise
mesh_manager_state::wait_for_peers(const await_peers& msg) {
  auto promise = self_->make_response_promise<peers_ready>();
  const auto ready = reachable_peers(msg.topic);
  if (ready >= msg.count) {
    promise.deliver(peers_ready{ready});
    return promise;
  }
  const auto ticket = waiters_.add(msg, promise);
  tell_self_later(self_, msg.timeout, await_expired{ticket});
  return promise;
}

void mesh_manager_state::expired(const await_expired& msg) {
  waiters_.expire(msg.ticket,
                  [this](const std::string& t) { return reachable_peers(t); });
}

std::size_t
mesh_manager_state::reachable_peers(const std::string& topic) const {
  std::size_t count = 0;
  for (const auto& peer : mesh_.peers_of(topic))
    count += slots_[peer.slot].reachable ? 1 : 0;
  return count;
}

void mesh_manager_state::answer_waiters() {
  if (!waiters_.empty())
    waiters_.answer(
        [this](const std::string& t) { return reachable_peers(t); });
}

mesh_snapshot mesh_manager_state::snapshot() const {
  mesh_snapshot result;
  result.peers = mesh_.peer_count();
  for (const auto& topic : mesh_.snapshot())
    result.topics.push_back(describe(topic));
  return result;
}

topic_state_snapshot
mesh_manager_state::describe(const gossip::topic_snapshot& topic) const {
  const auto members = mesh_.mesh_of(topic.topic);
  const auto outbound = static_cast<std::size_t>(
      std::ranges::count_if(members, [this](peer_handle peer) {
        return mesh_.find_peer(peer)->traits.outbound;
      }));
  return {topic.topic,
          topic.subscribed,
          outbound,
          healthy(topic, outbound),
          ids_of(members),
          ids_of(mesh_.fanout_of(topic.topic)),
          ids_of(mesh_.peers_of(topic.topic))};
}

// A small network is not held against the mesh.
bool mesh_manager_state::healthy(const gossip::topic_snapshot& topic,
                                 std::size_t outbound) const {
  const auto& wanted = ctx_->config.params.mesh;
  return !topic.subscribed
         || (topic.mesh >= std::min(wanted.degree_low, topic.peers)
             && (outbound >= wanted.degree_outbound
                 || topic.mesh == topic.peers));
}

std::vector<libp2p::peer_id>
mesh_manager_state::ids_of(std::span<const peer_handle> peers) const {
  std::vector<libp2p::peer_id> result;
  for (const auto& peer : peers)
    if (const auto* record = mesh_.find_peer(peer))
      result.push_back(record->id);
  return result;
}

} // namespace grapevine
