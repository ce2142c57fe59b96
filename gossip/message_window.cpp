#include "gossip/message_window.hpp"

#include <algorithm>

namespace grapevine::gossip {

message_window::message_window(message_window_options options)
    : options_{options} {
  options_.history_length = std::max<std::size_t>(options_.history_length, 1);
  windows_.emplace_front();
}

bool message_window::put(message_ptr msg) {
  const std::size_t size = msg->frame().size();
  if (size > options_.max_bytes || entries_.contains(&msg->id()))
    return false;
  while (bytes_held_ + size > options_.max_bytes)
    drop_oldest();
  entries_.try_emplace(&msg->id(), entry{msg, {}});
  bytes_held_ += size;
  window& current = windows_.front();
  auto topic = current.topics.find(msg->topic());
  if (topic == current.topics.end())
    topic = current.topics.try_emplace(std::string{msg->topic()}).first;
  topic->second.push_back(msg.get());
  current.messages.push_back(std::move(msg));
  return true;
}

message_ptr message_window::find(std::string_view raw_id) const {
  const auto it = entries_.find(raw_id);
  return it == entries_.end() ? nullptr : it->second.msg;
}

message_ptr message_window::take(std::string_view raw_id,
                                 const libp2p::peer_id& peer) {
  const auto it = entries_.find(raw_id);
  if (it == entries_.end())
    return nullptr;
  std::size_t& sent = it->second.sent[peer];
  if (sent >= options_.retransmissions)
    return nullptr;
  ++sent;
  return it->second.msg;
}

bool message_window::has_gossip(std::string_view topic) const {
  const std::size_t count = std::min(options_.history_gossip, windows_.size());
  for (std::size_t i = 0; i < count; ++i)
    if (windows_[i].topics.contains(topic))
      return true;
  return false;
}

std::vector<const message_id*>
message_window::ids_of(std::string_view topic) const {
  std::vector<const message_id*> ids;
  const std::size_t count = std::min(options_.history_gossip, windows_.size());
  for (std::size_t i = 0; i < count; ++i)
    if (const auto it = windows_[i].topics.find(topic);
        it != windows_[i].topics.end())
      for (const message* msg : it->second)
        ids.push_back(&msg->id());
  return ids;
}

std::vector<std::string> message_window::gossip_ids(std::string_view topic,
                                                    std::size_t max,
                                                    rng& gen) const {
  auto ids = ids_of(topic);
  if (ids.size() > max) {
    shuffle_front(std::span{ids}, max, gen);
    ids.resize(max);
  }
  std::vector<std::string> chosen;
  chosen.reserve(ids.size());
  for (const message_id* id : ids)
    chosen.push_back(id->raw());
  return chosen;
}

void message_window::shift() {
  windows_.emplace_front();
  while (windows_.size() > options_.history_length) {
    for (const message_ptr& msg : windows_.back().messages) {
      bytes_held_ -= msg->frame().size();
      entries_.erase(entries_.find(&msg->id()));
    }
    windows_.pop_back();
  }
}

void message_window::drop_oldest() {
  const auto oldest =
      std::find_if(windows_.rbegin(), windows_.rend(),
                   [](const window& w) { return !w.messages.empty(); });
  const message_ptr msg = std::move(oldest->messages.front());
  oldest->messages.pop_front();
  // The oldest of its window, hence the first of its topic.
  const auto topic = oldest->topics.find(msg->topic());
  topic->second.pop_front();
  if (topic->second.empty())
    oldest->topics.erase(topic);
  bytes_held_ -= msg->frame().size();
  entries_.erase(entries_.find(&msg->id()));
}

} // namespace grapevine::gossip
