#include "actors/mesh_manager.hpp"

#include "actors/peer_waiters.hpp"
#include "gossip/rng.hpp"

#include <algorithm>

namespace grapevine {

namespace {

using gossip::mesh_event_kind;
using gossip::peer_handle;

std::string_view name_of(mesh_event_kind kind) {
  switch (kind) {
  case mesh_event_kind::grafted:
    return "grafted";
  case mesh_event_kind::pruned:
    return "pruned";
  case mesh_event_kind::graft_in_backoff:
    return "graft during backoff";
  case mesh_event_kind::graft_flood:
    return "graft flood";
  case mesh_event_kind::graft_refused:
    return "graft refused";
  case mesh_event_kind::subscription_refused:
    return "subscription refused, too many topics";
  }
  return "unknown";
}

class mesh_manager_state {
public:
  mesh_manager_state(mesh_manager_actor::pointer self, context_ptr ctx)
      : self_{self}, ctx_{std::move(ctx)}, mesh_{ctx_->config.params},
        rng_{random_number()} {}

  void meet(const meet_partners& msg) {
    cache_ = msg.cache;
    events_ = msg.events;
  }

  // -- peers ------------------------------------------------------------------

  void joined(const peer_joined& msg) {
    const auto handle = mesh_.add_peer(msg.peer.id, msg.traits);
    if (!handle)
      return;
    if (slots_.size() <= handle->slot)
      slots_.resize(handle->slot + 1);
    slots_[handle->slot] = {msg.peer.actor, false};
  }

  void left(const peer_left& msg) {
    const auto handle = mesh_.find_peer(msg.peer);
    if (!handle || slots_[handle->slot].actor.address() != msg.actor)
      return;
    mesh_.remove_peer(*handle, effects_);
    slots_[handle->slot] = {};
    carry_out();
  }

  void hello(const hello_wanted& msg) {
    const auto handle = mesh_.find_peer(msg.peer.id);
    if (!handle)
      return;
    slots_[handle->slot].reachable = true;
    send_hello answer{mesh_.hello(), {}};
    for (const auto& topic : mesh_.snapshot())
      if (mesh_.in_mesh(topic.topic, *handle))
        answer.grafts.push_back(topic.topic);
    tell(self_, msg.peer.actor, std::move(answer));
    answer_waiters();
  }

  void received(const rpc_received& msg) {
    tell(self_, msg.from.actor, return_credit{msg.entries, 0});
    const auto handle = mesh_.find_peer(msg.from.id);
    if (!handle)
      return;
    for (const auto& change : msg.subscriptions)
      apply(*handle, msg.from.id, change);
    if (!mesh_.graylisted(*handle))
      control_received(*handle, msg);
    mesh_.welcome(*handle, msg.subscriptions, now(self_), effects_);
    carry_out();
    if (!msg.subscriptions.empty())
      answer_waiters();
  }

  // -- messages ---------------------------------------------------------------

  void route(const route_messages& msg) {
    for (const auto& one : msg.msgs) {
      const auto source = mesh_.find_peer(one.source);
      receivers_.clear();
      mesh_.relay_to(one.msg->topic(), source.value_or(peer_handle{}),
                     one.msg->author(), receivers_);
      send_to_receivers(one.msg);
    }
  }

  publish_receipt route(const route_own& msg) {
    receivers_.clear();
    mesh_.publish_to(msg.msg->topic(), now(self_), rng_, receivers_);
    send_to_receivers(msg.msg);
    return {msg.msg->id(), receivers_.size(), false};
  }

  // -- this node --------------------------------------------------------------

  void join(const join_topic& msg) {
    mesh_.join(msg.topic, now(self_), rng_, effects_);
    carry_out();
  }

  void leave(const leave_topic& msg) {
    mesh_.leave(msg.topic, now(self_), effects_);
    carry_out();
  }

  void leave_everything() {
    for (const auto& topic : mesh_.snapshot())
      mesh_.leave(topic.topic, now(self_), effects_);
    carry_out();
  }

  void heartbeat() {
    mesh_.heartbeat(now(self_), rng_, effects_);
    carry_out();
    // After the gossip, so that it does not see the shifted window.
    tell(self_, cache_, shift_window{});
  }

  peer_waiters::promise wait_for_peers(const await_peers& msg) {
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

  void expired(const await_expired& msg) {
    waiters_.expire(msg.ticket, [this](const std::string& t) {
      return reachable_peers(t);
    });
  }

  mesh_snapshot snapshot() const {
    mesh_snapshot result;
    result.peers = mesh_.peer_count();
    for (const auto& topic : mesh_.snapshot())
      result.topics.push_back({topic.topic, topic.subscribed,
                               ids_of(mesh_.mesh_of(topic.topic)),
                               ids_of(mesh_.fanout_of(topic.topic)),
                               ids_of(mesh_.peers_of(topic.topic))});
    return result;
  }

private:
  // The actor of a connected peer, by its handle's slot.
  struct slot {
    peer_actor actor;
    // Its outbound stream is open: what it is sent arrives.
    bool reachable = false;
  };

  void control_received(peer_handle from, const rpc_received& msg) {
    for (const auto& topic : msg.control.grafts)
      mesh_.graft(from, topic, now(self_), effects_);
    for (const auto& prune : msg.control.prunes)
      mesh_.prune(from, prune, now(self_), effects_);
    ihave_received wanted{msg.from, {}};
    for (const auto& one : msg.control.ihaves)
      if (mesh_.accepts_ihave(from, one.topic))
        wanted.ids.insert(wanted.ids.end(), one.ids.begin(), one.ids.end());
    if (!wanted.ids.empty())
      tell(self_, cache_, std::move(wanted));
  }

  // Observers hear of what has changed, not of what was repeated or refused.
  void apply(peer_handle peer, const libp2p::peer_id& id,
             const proto::subscription& change) {
    using kind = node_event::kind;
    const bool before = is_subscribed(peer, change.topic);
    mesh_.subscriptions(peer, {&change, 1}, effects_);
    const bool after = is_subscribed(peer, change.topic);
    if (before != after)
      tell(self_, events_,
           node_event{after ? kind::subscribed : kind::unsubscribed, id,
                      change.topic});
  }

  bool is_subscribed(peer_handle peer, const std::string& topic) const {
    const auto peers = mesh_.peers_of(topic);
    return std::binary_search(peers.begin(), peers.end(), peer);
  }

  void send_to_receivers(const gossip::message_ptr& msg) {
    for (const auto& receiver : receivers_)
      tell(self_, slots_[receiver.slot].actor, send_message{msg});
  }

  void carry_out() {
    announce();
    for (auto& one : effects_.control) {
      auto ctrl = std::make_shared<proto::control>();
      ctrl->grafts = std::move(one.grafts);
      ctrl->prunes = std::move(one.prunes);
      if (const auto& to = slots_[one.to.slot].actor)
        tell(self_, to, send_control{nullptr, std::move(ctrl)});
    }
    for (auto& one : effects_.gossip)
      tell(self_, cache_,
           emit_gossip{std::move(one.topic), actors_of(one.peers)});
    for (const auto& event : effects_.events)
      log(event);
    effects_.clear();
  }

  void announce() {
    if (effects_.announcements.empty())
      return;
    const auto all = std::make_shared<const std::vector<proto::subscription>>(
        std::move(effects_.announcements));
    for (const auto& one : slots_)
      if (one.actor && one.reachable)
        tell(self_, one.actor, send_control{all, nullptr});
  }

  void log(const gossip::mesh_event& event) const {
    const auto* peer = mesh_.find_peer(event.peer);
    ctx_->log->debug("{} peer={} topic=\"{}\"", name_of(event.kind),
                     peer != nullptr ? peer->id.short_text() : "gone",
                     escaped(event.topic));
  }

  std::size_t reachable_peers(const std::string& topic) const {
    std::size_t count = 0;
    for (const auto& peer : mesh_.peers_of(topic))
      count += slots_[peer.slot].reachable ? 1 : 0;
    return count;
  }

  void answer_waiters() {
    if (!waiters_.empty())
      waiters_.answer(
          [this](const std::string& t) { return reachable_peers(t); });
  }

  std::vector<peer_actor> actors_of(std::span<const peer_handle> peers) const {
    std::vector<peer_actor> result;
    for (const auto& peer : peers)
      if (slots_[peer.slot].actor)
        result.push_back(slots_[peer.slot].actor);
    return result;
  }

  std::vector<libp2p::peer_id>
  ids_of(std::span<const peer_handle> peers) const {
    std::vector<libp2p::peer_id> result;
    for (const auto& peer : peers)
      if (const auto* record = mesh_.find_peer(peer))
        result.push_back(record->id);
    return result;
  }

  mesh_manager_actor::pointer self_;
  context_ptr ctx_;
  gossip::mesh mesh_;
  gossip::rng rng_;
  message_cache_actor cache_;
  event_sink events_;
  std::vector<slot> slots_;
  peer_waiters waiters_;
  // Of one turn; kept for their memory.
  gossip::mesh_effects effects_;
  std::vector<peer_handle> receivers_;
};

mesh_manager_actor::behavior_type mesh_manager(mesh_manager_actor::pointer self,
                                               const context_ptr& ctx) {
  auto state = std::make_shared<mesh_manager_state>(self, ctx);
  return {
      [state](const meet_partners& msg) { state->meet(msg); },
      [state](const peer_joined& msg) { state->joined(msg); },
      [state](const peer_left& msg) { state->left(msg); },
      [state](const hello_wanted& msg) { state->hello(msg); },
      [state](const rpc_received& msg) { state->received(msg); },
      [state](const route_messages& msg) { state->route(msg); },
      [state](const route_own& msg) { return state->route(msg); },
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

} // namespace grapevine
