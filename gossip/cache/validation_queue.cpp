#include "gossip/cache/validation_queue.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

namespace {

bool sent_by(const validation_queue::copy& c, const libp2p::peer_id& peer) {
  return c.source == peer
         || std::find(c.forwarders.begin(), c.forwarders.end(), peer)
                != c.forwarders.end();
}

bool same_bytes(const validation_queue::copy& c, const message& msg) {
  return equal(c.msg->encoded(), msg.encoded());
}

std::size_t size_of(const validation_queue::copy& c) {
  return c.msg->frame().size();
}

} // namespace

validation_queue::validation_queue(validation_queue_options options)
    : options_{options} {}

bool validation_queue::has_room(std::string_view topic,
                                std::size_t frame_size) const {
  if (entries_.size() >= options_.max_messages
      || bytes_held_ + frame_size > options_.max_bytes)
    return false;
  if (!counts_topics())
    return true;
  const auto it = topics_.find(topic);
  if (it == topics_.end())
    return true;
  const auto max = it->second.max.value_or(options_.max_per_topic);
  return max == 0 || it->second.messages < max;
}

void validation_queue::bound_topic(std::string_view topic,
                                   std::optional<std::size_t> max) {
  const auto it = topics_.try_emplace(std::string{topic}).first;
  it->second.max = max;
  if (!max && it->second.messages == 0)
    topics_.erase(it);
}

/// One message of the topic less, which is forgotten when it has neither any
/// nor a bound of its own.
void validation_queue::release_topic(topic_counts::value_type* topic) {
  if (topic == nullptr)
    return;
  auto& [messages, max] = topic->second;
  --messages;
  if (messages == 0 && !max)
    topics_.erase(topics_.find(topic->first));
}

validation_token validation_queue::begin(message_ptr msg,
                                         const libp2p::peer_id& from) {
  const message_id* id = &msg->id();
  bytes_held_ += msg->frame().size();
  entry begun;
  begun.token = ++last_token_;
  begun.all.current.msg = std::move(msg);
  begun.all.current.source = from;
  if (counts_topics()) {
    const auto topic = begun.all.current.msg->topic();
    auto it = topics_.find(topic);
    if (it == topics_.end())
      it = topics_.try_emplace(std::string{topic}).first;
    ++it->second.messages;
    begun.counted = &*it;
  }
  entries_.try_emplace(id, std::move(begun));
  return last_token_;
}

validation_queue::added
validation_queue::add_copy(const message_ptr& msg,
                           const libp2p::peer_id& from) {
  const auto it = entries_.find(&msg->id());
  return it == entries_.end() ? added::unknown : add_to(it->second, msg, from);
}

validation_queue::added validation_queue::add_to(entry& there,
                                                 const message_ptr& msg,
                                                 const libp2p::peer_id& from) {
  auto& [current, waiting] = there.all;
  if (sent_by(current, from)
      || std::any_of(waiting.begin(), waiting.end(),
                     [&](const copy& c) { return sent_by(c, from); }))
    return added::repeated;
  if (there.peers > options_.max_forwarders)
    return added::dropped;
  copy* same = same_bytes(current, *msg) ? &current : nullptr;
  for (copy& c : waiting)
    if (same == nullptr && same_bytes(c, *msg))
      same = &c;
  if (same != nullptr) {
    same->forwarders.push_back(from);
    ++there.peers;
    return added::noted;
  }
  const std::size_t size = msg->frame().size();
  if (waiting.size() >= options_.max_copies
      || bytes_held_ + size > options_.max_bytes)
    return added::dropped;
  waiting.push_back({msg, from, {}});
  bytes_held_ += size;
  ++there.peers;
  return added::held;
}

const validation_queue::copy*
validation_queue::current(const message_id& id, validation_token token) const {
  const auto it = entries_.find(&id);
  return it == entries_.end() || it->second.token != token
             ? nullptr
             : &it->second.all.current;
}

validation_queue::step validation_queue::next_copy(const message_id& id) {
  // Out of the map while the message that its key points into changes.
  auto node = entries_.extract(entries_.find(&id));
  entry& there = node.mapped();
  auto& [current, waiting] = there.all;
  step result;
  result.decided = std::move(current);
  bytes_held_ -= size_of(result.decided);
  if (waiting.empty()) {
    release_topic(there.counted);
    return result;
  }
  current = std::move(waiting.front());
  waiting.erase(waiting.begin());
  there.token = ++last_token_;
  result.next = current.msg;
  result.source = current.source;
  result.token = there.token;
  node.key() = &current.msg->id();
  entries_.insert(std::move(node));
  return result;
}

std::optional<validation_queue::copies>
validation_queue::finish(const message_id& id) {
  auto node = entries_.extract(&id);
  if (!node)
    return std::nullopt;
  release_topic(node.mapped().counted);
  copies all = std::move(node.mapped().all);
  bytes_held_ -= size_of(all.current);
  for (const copy& c : all.waiting)
    bytes_held_ -= size_of(c);
  return all;
}

} // namespace grapevine::gossip
