// What peers did, turned into scores.
#include "tests/sim/sim_node.hpp"

namespace grapevine::sim {

using gossip::mesh_event_kind;

void sim_node::score(const gossip::mesh_event& event, time_point now) {
  switch (event.kind) {
  case mesh_event_kind::grafted:
    return score_.graft(event.peer, event.topic, now);
  case mesh_event_kind::pruned:
    return score_.prune(event.peer, event.topic);
  case mesh_event_kind::graft_in_backoff:
  case mesh_event_kind::graft_flood:
    return score_.penalize(event.peer, 1);
  case mesh_event_kind::graft_refused:
  case mesh_event_kind::subscription_refused:
  case mesh_event_kind::grafted_as_better:
  case mesh_event_kind::offers_ignored:
    return;
  }
}

void sim_node::credit(gossip::peer_handle source,
                      const gossip::deliver_message& delivery) {
  const auto topic = delivery.msg->topic();
  score_.first_delivery(source, topic);
  for (const auto& had : delivery.forwarders)
    if (const auto peer = mesh_.find_peer(had.peer); peer && had.identical)
      score_.duplicate_in_time(*peer, topic);
}

void sim_node::apply(const gossip::duplicate_message& copy, time_point) {
  if (gater_)
    gater_->duplicate(copy.peer);
  if (copy.own)
    promises_.fulfilled(copy.id->raw());
  if (!copy.in_time || copy.age > score_.delivery_window(copy.topic))
    return;
  if (const auto peer = mesh_.find_peer(copy.peer))
    score_.duplicate_in_time(*peer, copy.topic);
}

void sim_node::apply(const gossip::rejected_message& bad, time_point) {
  if (gater_)
    gater_->rejected(bad.peer);
  if (const auto peer = mesh_.find_peer(bad.peer))
    score_.invalid_message(*peer, bad.topic);
}

void sim_node::punish_broken_promises(time_point now) {
  auto& broken = buffers_.broken;
  broken.clear();
  promises_.broken(now, broken);
  for (const auto& one : broken)
    if (const auto peer = mesh_.find_peer(one.peer))
      score_.penalize(*peer, static_cast<double>(one.count));
}

void sim_node::forgive_late_answers(std::string_view id, time_point now) {
  if (!promises_.any_late())
    return;
  auto& late = buffers_.broken;
  late.clear();
  promises_.made_good(id, now, late);
  for (const auto& one : late)
    if (const auto peer = mesh_.find_peer(one.peer))
      score_.penalize(*peer, -static_cast<double>(one.count));
}

} // namespace grapevine::sim
