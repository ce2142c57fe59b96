#include "gossip/mesh/topic_table.hpp"

namespace grapevine::gossip {

topic_state* topic_table::find(std::string_view topic) noexcept {
  const auto i = topics_.find(topic);
  return i == topics_.end() ? nullptr : &i->second;
}

const topic_state* topic_table::find(std::string_view topic) const noexcept {
  const auto i = topics_.find(topic);
  return i == topics_.end() ? nullptr : &i->second;
}

topic_state& topic_table::own(std::string_view topic) {
  if (topic_state* known = find(topic))
    return *known;
  return create(topic);
}

topic_state* topic_table::named_by_peer(std::string_view topic) {
  if (topic_state* known = find(topic))
    return known;
  if (topic.size() > limits_.topic_size || topics_.size() >= limits_.topics
      || name_bytes_ + topic.size() > limits_.topic_bytes)
    return nullptr;
  return &create(topic);
}

void topic_table::release(topic_state& topic) {
  if (topic.subscribed || topic.fanout.active || !topic.peers.empty())
    return;
  name_bytes_ -= topic.name.size();
  topics_.erase(topics_.find(std::string_view{topic.name}));
}

topic_state& topic_table::create(std::string_view topic) {
  topic_state& created = topics_[std::string{topic}];
  created.name = topic;
  name_bytes_ += topic.size();
  return created;
}

} // namespace grapevine::gossip
