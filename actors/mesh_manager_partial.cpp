#include "actors/mesh_manager_state.hpp"
#include "messages/node.hpp"

#include <exception>

// Partial messages (gossipsub-v1.3).

namespace grapevine {

void mesh_manager_state::usable(const partial_usable& msg) {
  if (const auto peer = mesh_.find_peer(msg.peer))
    partial_.set_usable(*peer, msg.usable);
}

void mesh_manager_state::received(const partial_received& msg) {
  tell(self_, msg.from.actor, return_credit{1, msg.frame->size()});
  if (const auto peer = mesh_.find_peer(msg.from.id)) {
    guarded([&] { partial_.receive(*peer, msg.partial, partial_effects_); });
    carry_out_partial();
  }
}

caf::result<changed>
mesh_manager_state::partial_topic(const set_partial_topic& msg) {
  if (!ctx_->config.partial_messages)
    return caf::make_error(node_errc::bad_parameters,
                           std::string{"partial messages are not announced: "
                                       "set node_config::partial_messages"});
  if (msg.how.rules) {
    partial_.set_topic(msg.topic, msg.how);
    partial_receivers_.insert_or_assign(msg.topic, msg.receiver);
  } else {
    partial_.remove_topic(msg.topic);
    partial_receivers_.erase(msg.topic);
  }
  if (mesh_.subscribed(msg.topic))
    announce_again(msg.topic);
  return changed{};
}

// With other flags.
void mesh_manager_state::announce_again(const std::string& topic) {
  effects_.announcements.push_back({.topic = topic, .subscribe = true});
  carry_out();
}

caf::result<changed> mesh_manager_state::publish(const publish_partial& msg) {
  receivers_.clear();
  mesh_.publish_sparsely_to(msg.topic, now(self_), rng_, receivers_);
  bool known = true;
  guarded([&] {
    known = partial_.publish(msg.topic, msg.group, msg.parts, msg.metadata,
                             receivers_, partial_effects_);
  });
  if (!known)
    return caf::make_error(node_errc::unknown_topic,
                           "no partial messages in the topic \""
                               + escaped(msg.topic)
                               + "\": send set_partial_topic first");
  carry_out_partial();
  return changed{};
}

// What peers are told instead of an IHAVE.
void mesh_manager_state::gossip_partial() {
  if (!partial_.active())
    return;
  for (auto& one : effects_.gossip)
    guarded([&] { partial_.gossip(one.topic, one.peers, partial_effects_); });
  carry_out_partial();
}

// The rules are the application's: theirs must not end the node.
void mesh_manager_state::guarded(const std::function<void()>& use_rules) {
  try {
    use_rules();
  } catch (const std::exception& e) {
    ctx_->log->error("the rules of partial messages failed: {}", e.what());
  }
}

void mesh_manager_state::carry_out_partial() {
  for (auto& one : partial_effects_.sends)
    if (const auto& to = slots_[one.to.slot].actor)
      tell(self_, to, send_partial{std::move(one.frame)});
  for (auto& one : partial_effects_.deliveries) {
    const auto receiver = partial_receivers_.find(one.topic);
    const auto* from = mesh_.find_peer(one.from);
    if (receiver != partial_receivers_.end() && from != nullptr)
      tell(self_, receiver->second,
           partial_delivered{from->id, std::move(one.topic),
                             std::move(one.group), std::move(one.parts),
                             std::move(one.metadata)});
  }
  for (const auto& event : partial_effects_.events)
    if (is_misbehaviour(event.kind))
      penalize(event.peer, 1);
  partial_effects_.clear();
}

} // namespace grapevine
