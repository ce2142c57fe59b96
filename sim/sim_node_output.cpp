// What the cores of a node want done.
#include "sim/sim_node.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace grapevine::sim {

// -- the router ---------------------------------------------------------------

void sim_node::carry_out_router() {
  auto& effects = buffers_.router;
  if (effects.empty())
    return;
  for (const auto& event : effects.events)
    observer_.on_mesh_event(self_, event);
  for (const auto& change : effects.announcements)
    for (const auto& to : neighbours_)
      if (to)
        queue_of(*to).push_subscription(change);
  for (auto& control : effects.control)
    control_due(control);
  if (conduct_.gossips)
    for (const auto& gossip : effects.gossip)
      gossip_due(gossip);
  for (const auto& one : effects.dials)
    observer_.on_offer(self_, index_of(one.peer));
  effects.clear();
}

void sim_node::control_due(gossip::control_due& control) {
  auto& queue = queue_of(neighbour_of(control.to));
  for (const auto& topic : control.grafts)
    queue.push_graft(topic);
  for (auto& prune : control.prunes)
    queue.push_prune(std::move(prune));
}

void sim_node::gossip_due(const gossip::gossip_due& wanted) {
  cache_.gossip(wanted, gen_, [&](gossip::peer_handle to, auto part) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < part.count; ++i)
      ids.push_back(part.all->ids[(part.first + i) % part.all->ids.size()]);
    queue_of(neighbour_of(to)).push_ihave(wanted.topic, ids);
  });
}

void sim_node::invent_gossip() {
  const auto topics = router_.meshes().hello();
  if (topics.empty())
    return;
  std::vector<std::string> ids(conduct_.invented_ids);
  for (const auto& to : neighbours_) {
    if (!to)
      continue;
    for (auto& id : ids)
      id = std::to_string(gen_());
    queue_of(*to).push_ihave(topics.front().topic, ids);
  }
}

// -- messages -----------------------------------------------------------------

void sim_node::send(neighbour& to, const gossip::message_ptr& msg, bool anyway,
                    time_point now) {
  if (anyway || to.wants(msg->id(), now))
    queue_of(to).push_message(msg);
}

void sim_node::tell_unwanted(const gossip::message& msg,
                             std::optional<gossip::peer_handle> source) {
  auto& receivers = buffers_.receivers;
  receivers.clear();
  router_.warn_of(msg, source, receivers);
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
  // What follows from it for scores. The buffers are all nodes': nothing may be
  // left in them for the next one.
  carry_out_router();
}

void sim_node::apply(const gossip::validate_message& check, time_point) {
  const auto& msg = check.msg;
  if (check.announce)
    tell_unwanted(*msg, router_.find_peer(check.source));
  observer_.on_validate(self_, msg, check.token);
}

void sim_node::apply(const gossip::deliver_message& delivery, time_point now) {
  const auto& msg = delivery.msg;
  observer_.on_deliver(self_, msg, index_of(delivery.source));
  const auto source = router_.find_peer(delivery.source);
  router_.credit(*msg, source, delivery.forwarders);
  if (!conduct_.relays)
    return;
  auto& receivers = buffers_.receivers;
  receivers.clear();
  router_.relay_to(*msg, source, delivery.forwarders, receivers);
  for (const auto peer : receivers)
    send(neighbour_of(peer), msg, router_.goes_anyway(peer, false), now);
}

void sim_node::apply(const gossip::duplicate_message& copy, time_point) {
  if (copy.in_time)
    router_.sent_again(copy.peer, copy.topic, copy.age);
}

void sim_node::apply(const gossip::rejected_message& bad, time_point) {
  if (counts_as_invalid(bad.reason))
    router_.sent_invalid(bad.peer, bad.topic, buffers_.router);
}

void sim_node::apply(const gossip::promise_counted& counted, time_point) {
  router_.misbehaved(counted.peer, counted.count, buffers_.router);
}

} // namespace grapevine::sim
