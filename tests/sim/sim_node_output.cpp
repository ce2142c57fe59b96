// What the cores of a node want done.
#include "tests/sim/sim_node.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace grapevine::sim {

// -- the router ---------------------------------------------------------------

void sim_node::carry_out_mesh(time_point now) {
  auto& effects = buffers_.mesh;
  if (effects.empty())
    return;
  for (const auto& event : effects.events) {
    score(event, now);
    observer_.on_mesh_event(self_, event);
  }
  for (const auto& change : effects.announcements)
    for (const auto& to : neighbours_)
      if (to)
        queue_of(*to).push_subscription(change);
  send_controls();
  if (options_.conduct.gossips)
    for (const auto& gossip : effects.gossip)
      emit_gossip(gossip);
  for (const auto& one : effects.px)
    offer(one);
  effects.clear();
}

void sim_node::send_controls() {
  auto& effects = buffers_.mesh;
  if (effects.control.empty())
    return;
  mesh_.offer_peers(gen_, effects);
  for (auto& control : effects.control) {
    auto& queue = queue_of(neighbour_of(control.to));
    for (const auto& topic : control.grafts)
      queue.push_graft(topic);
    for (auto& prune : control.prunes)
      queue.push_prune(std::move(prune));
  }
}

void sim_node::emit_gossip(const gossip::emit_gossip& gossip) {
  if (!cache_.has_gossip(gossip.topic, gossip.windows))
    return;
  const auto most = options_.params.gossip.max_ihave_ids;
  std::vector<std::string> ids;
  for (const auto peer : gossip.peers) {
    // Where not all ids fit, each peer is told of others.
    if (ids.empty() || ids.size() == most)
      ids = cache_.gossip_ids(gossip.topic, gossip.windows, most, gen_);
    queue_of(neighbour_of(peer)).push_ihave(gossip.topic, ids);
  }
}

void sim_node::invent_gossip() {
  const auto topics = mesh_.hello();
  if (topics.empty())
    return;
  std::vector<std::string> ids(options_.conduct.invented_ids);
  for (const auto& to : neighbours_) {
    if (!to)
      continue;
    for (auto& id : ids)
      id = std::to_string(gen_());
    queue_of(*to).push_ihave(topics.front().topic, ids);
  }
}

// Where the peers are is for a directory to say.
void sim_node::offer(const gossip::px_offer& offer) {
  for (const auto& peer : offer.peers)
    if (const auto id = libp2p::peer_id::from_bytes(as_bytes(peer.id)))
      observer_.on_offer(self_, index_of(*id));
}

// -- messages -----------------------------------------------------------------

void sim_node::send(neighbour& to, const gossip::message_ptr& msg, bool anyway,
                    time_point now) {
  if (anyway || !to.unwanted.contains(msg->id(), now))
    queue_of(to).push_message(msg);
}

void sim_node::tell_unwanted(const gossip::message& msg,
                             gossip::peer_handle source) {
  if (msg.data().size() < options_.params.gossip.idontwant_threshold)
    return;
  auto& receivers = buffers_.receivers;
  receivers.clear();
  mesh_.idontwant_to(msg.topic(), source, receivers);
  const std::string id{msg.id().raw()};
  for (const auto peer : receivers)
    queue_of(neighbour_of(peer)).push_idontwant({&id, 1});
}

void sim_node::carry_out_messages(time_point now) {
  auto& effects = buffers_.carried_out;
  effects.swap(buffers_.messages);
  for (const auto& effect : effects)
    std::visit([&](const auto& e) { apply(e, now); }, effect);
  effects.clear();
}

void sim_node::apply(const gossip::validate_message& check, time_point now) {
  const auto& msg = check.msg;
  promises_.fulfilled(msg->id().raw());
  forgive_late_answers(msg->id().raw(), now);
  if (!check.retry)
    tell_unwanted(
        *msg, mesh_.find_peer(check.source).value_or(gossip::peer_handle{}));
  if (gater_)
    gater_->validated();
  observer_.on_validate(self_, msg, check.token);
}

void sim_node::apply(const gossip::deliver_message& delivery, time_point now) {
  const auto& msg = delivery.msg;
  observer_.on_deliver(self_, msg, index_of(delivery.source));
  const auto source = mesh_.find_peer(delivery.source);
  if (source)
    credit(*source, delivery);
  if (gater_)
    gater_->delivered(delivery.source, msg->topic());
  if (!options_.conduct.relays)
    return;
  auto& receivers = buffers_.receivers;
  receivers.clear();
  mesh_.relay_to(msg->topic(), source.value_or(gossip::peer_handle{}),
                 msg->author(), receivers);
  for (const auto peer : receivers) {
    neighbour& to = neighbour_of(peer);
    // Who sent it meanwhile has it.
    if (std::none_of(delivery.forwarders.begin(), delivery.forwarders.end(),
                     [&](const auto& other) { return other.peer == to.id; }))
      send(to, msg, !gossip::has_mesh(mesh_.find_peer(peer)->traits.version),
           now);
  }
}

void sim_node::apply(const gossip::ignored_message& ignored, time_point) {
  if (gater_)
    gater_->ignored(ignored.source);
}

void sim_node::apply(const gossip::throttled_message&, time_point now) {
  if (gater_)
    gater_->throttled(now);
}

void sim_node::apply(const gossip::release_credit&, time_point) {}

} // namespace grapevine::sim
