#include "actors/pubsub/message_cache_state.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

// Who gets messages on this node.

namespace grapevine {

void message_cache_state::subscribers(const set_subscribers& msg) {
  last_wanted_ = wanted_.end();
  if (!msg.joined) {
    if (const auto left = wanted_.find(msg.topic); left != wanted_.end()) {
      gone_ += left->second.counts;
      wanted_.erase(left);
    }
    return;
  }
  auto& known = wanted_[msg.topic].subscribers;
  std::vector<local_subscriber> now_known;
  for (const auto& one : msg.subscribers) {
    const auto there =
        std::ranges::find(known, one.actor, [](const local_subscriber& s) {
          return s.who.actor;
        });
    if (there == known.end()) {
      now_known.push_back(make_subscriber(msg.topic, one));
      continue;
    }
    // What waits for it goes on waiting.
    now_known.push_back(std::move(*there));
    now_known.back().who = one;
    now_known.back().flow.use(one.delivery);
  }
  known = std::move(now_known);
}

message_cache_state::local_subscriber
message_cache_state::make_subscriber(const std::string& topic,
                                     const topic_subscriber& who) {
  // Weak, all of it: messages may be kept for longer than the node, and the
  // subscriber, exist.
  return {
      who,
      subscription{
          who.delivery, [self = caf::actor_addr{self_->address()}, topic,
                         subscriber = who.actor.address()] {
            const auto cache = caf::actor_cast<caf::actor>(self);
            if (cache)
              tell_from_outside(cache, subscriber_has_room{topic, subscriber});
          }}};
}

message_cache_state::local_subscriber*
message_cache_state::find_subscriber(const std::string& topic,
                                     const caf::actor_addr& who) {
  const auto wanted = wanted_.find(topic);
  if (wanted == wanted_.end())
    return nullptr;
  const auto there = std::ranges::find_if(
      wanted->second.subscribers, [&](const local_subscriber& one) {
        return one.who.actor.address() == who;
      });
  return there == wanted->second.subscribers.end() ? nullptr : &*there;
}

void message_cache_state::request(const request_messages& msg) {
  auto* one = find_subscriber(msg.topic, msg.subscriber.address());
  if (one == nullptr)
    return;
  one->flow.request(msg.count, to_send_);
  send(one->who.actor, one->who.batches);
  flush();
}

void message_cache_state::send_waiting(const subscriber_has_room& msg) {
  auto* one = find_subscriber(msg.topic, msg.subscriber);
  if (one == nullptr)
    return;
  one->flow.take_waiting(to_send_);
  send(one->who.actor, one->who.batches);
  flush();
}

void message_cache_state::deliver(wanted_topic& topic,
                                  const gossip::message_ptr& msg,
                                  const libp2p::peer_id& source,
                                  const std::any& value) {
  if (topic.subscribers.empty())
    return;
  ++topic.counts.delivered;
  for (auto& one : topic.subscribers) {
    if (source.empty() && !one.who.delivery.own_messages)
      continue;
    if (!one.flow.offer({msg, source, delivered_at_, 0, value}, to_send_))
      missed(topic, msg, one.who.actor);
    send(one.who.actor, one.who.batches);
  }
}

// What `to_send_` has; batches go at the end of the turn.
void message_cache_state::send(const caf::actor& to, bool batches) {
  if (!batches) {
    for (auto& one : to_send_)
      tell(self_, to, std::move(one));
  } else if (!to_send_.empty()) {
    auto& batch = to_deliver_[to].msgs;
    if (batch.empty())
      batch.reserve(std::max(effects_.size(), to_send_.size()));
    std::ranges::move(to_send_, std::back_inserter(batch));
  }
  to_send_.clear();
}

void message_cache_state::missed(wanted_topic& topic,
                                 const gossip::message_ptr& msg,
                                 const caf::actor& subscriber) {
  ++topic.counts.missed;
  if (slow_.first({std::string{msg->topic()}, subscriber.address()},
                  now(self_)))
    ctx_->log->warn("a subscriber on this node is too slow: messages are "
                    "dropped; it may take them in batches, on request or with "
                    "larger bounds topic=\"{}\"",
                    escaped(msg->topic()));
}

void message_cache_state::log_missed() {
  slow_.due(
      now(self_),
      [this](const auto& what, std::size_t count) {
        ctx_->log->warn("{} more message{} dropped, as a subscriber on this "
                        "node is too slow topic=\"{}\"",
                        count, count == 1 ? "" : "s", escaped(what.first));
      },
      [this](std::size_t count) {
        ctx_->log->warn("{} message{} dropped, as further subscribers on this "
                        "node are too slow",
                        count, count == 1 ? "" : "s");
      });
}

} // namespace grapevine
