// Who takes part in the partial messages of which topic.
#include "gossip/partial/partial_messages.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

partial_messages::partial_messages(const partial_limits& limits,
                                   std::size_t max_rpc_size,
                                   const mesh_limits& bounds)
    : limits_{limits}, bounds_{bounds}, max_rpc_size_{max_rpc_size} {}

void partial_messages::set_topic(std::string_view topic, partial_topic how) {
  topic_entry& entry = entry_of(topic);
  if (!entry.ours.rules)
    own_.push_back(&entry);
  entry.ours = std::move(how);
}

void partial_messages::remove_topic(std::string_view topic) {
  topic_entry* entry = find_own(topic);
  if (!entry)
    return;
  for (auto& [id, group] : entry->groups)
    release_metadata(group);
  entry->groups.clear();
  entry->ours = {};
  std::erase(own_, entry);
  release(*entry);
}

void partial_messages::announce(proto::subscription& change) const noexcept {
  const topic_entry* entry = find_own(change.topic);
  change.supports_partial = entry && change.subscribe;
  change.requests_partial = change.supports_partial && entry->ours.requests;
}

void partial_messages::add_peer(peer_handle peer) {
  if (peers_.find(peer) == nullptr)
    peers_.put(peer, {});
}

void partial_messages::remove_peer(peer_handle peer) {
  peer_entry* known = peers_.find(peer);
  if (!known)
    return;
  forget_groups(peer, *known);
  while (!known->topics.empty())
    forget(peer, *known, *known->topics.begin()->first);
  peers_.erase(peer);
}

void partial_messages::set_usable(peer_handle peer, bool usable) {
  peer_entry* known = peers_.find(peer);
  if (!known || known->usable == usable)
    return;
  known->usable = usable;
  if (!usable)
    forget_groups(peer, *known);
  for (const auto& [topic, requests] : known->topics) {
    topic->requesting.erase(peer);
    topic->supplying.erase(peer);
    if (!usable)
      continue;
    topic->supplying.insert(peer);
    if (requests)
      topic->requesting.insert(peer);
  }
}

void partial_messages::subscriptions(
    peer_handle peer, std::span<const proto::subscription> changes) {
  peer_entry* known = peers_.find(peer);
  if (!known)
    return;
  for (const proto::subscription& change : changes) {
    if (topic_entry* topic = find(change.topic))
      forget(peer, *known, *topic);
    if (change.subscribe && (change.requests_partial || change.supports_partial)
        && may_remember(*known, change.topic))
      remember(peer, *known, change);
  }
}

bool partial_messages::requests_partial(peer_handle peer,
                                        std::string_view topic) const {
  const topic_entry* entry = find_own(topic);
  return entry && entry->requesting.contains(peer);
}

bool partial_messages::supplies_partial(peer_handle peer,
                                        std::string_view topic) const {
  const topic_entry* entry = find_own(topic);
  return entry && entry->ours.requests && entry->supplying.contains(peer);
}

void partial_messages::spare_requesting(std::string_view topic,
                                        std::vector<peer_handle>& peers,
                                        std::size_t first) const {
  const topic_entry* entry = find_own(topic);
  if (!entry || first >= peers.size())
    return;
  const auto begin = peers.begin() + static_cast<std::ptrdiff_t>(first);
  const auto requests = [&](peer_handle peer) {
    return entry->requesting.contains(peer);
  };
  peers.erase(std::remove_if(begin, peers.end(), requests), peers.end());
}

void partial_messages::spare_supplying(std::string_view topic,
                                       std::vector<peer_handle>& peers) const {
  const topic_entry* entry = find_own(topic);
  if (entry && entry->ours.requests)
    std::erase_if(peers, [&](peer_handle peer) {
      return entry->supplying.contains(peer);
    });
}

partial_messages::topic_entry*
partial_messages::find(std::string_view topic) const noexcept {
  const auto i = topics_.find(topic);
  return i == topics_.end() ? nullptr : i->second.get();
}

partial_messages::topic_entry*
partial_messages::find_own(std::string_view topic) const noexcept {
  // Nothing is looked up in a node that has no use for it.
  topic_entry* entry = !own_.empty() ? find(topic) : nullptr;
  return entry && entry->ours.rules ? entry : nullptr;
}

partial_messages::topic_entry&
partial_messages::entry_of(std::string_view topic) {
  if (topic_entry* known = find(topic))
    return *known;
  auto entry = std::make_unique<topic_entry>(limits_);
  entry->name = topic;
  return *topics_.emplace(std::string{topic}, std::move(entry)).first->second;
}

void partial_messages::release(topic_entry& topic) {
  if (topic.users == 0 && !topic.ours.rules)
    topics_.erase(topics_.find(std::string_view{topic.name}));
}

bool partial_messages::may_remember(const peer_entry& from,
                                    std::string_view topic) const {
  // As many as it may subscribe to; a flag alone makes no topic of ours.
  return topic.size() <= bounds_.topic_size
         && from.topics.size() < bounds_.topics_per_peer
         && from.topic_bytes + topic.size() <= bounds_.topic_bytes_per_peer
         && (find(topic) || topics_.size() < bounds_.topics);
}

void partial_messages::remember(peer_handle peer, peer_entry& from,
                                const proto::subscription& change) {
  topic_entry& topic = entry_of(change.topic);
  ++topic.users;
  from.topics.emplace(&topic, change.requests_partial);
  from.topic_bytes += topic.name.size();
  if (!from.usable)
    return;
  topic.supplying.insert(peer);
  if (change.requests_partial)
    topic.requesting.insert(peer);
}

void partial_messages::forget(peer_handle peer, peer_entry& from,
                              topic_entry& topic) {
  if (from.topics.erase(&topic) == 0)
    return;
  from.topic_bytes -= topic.name.size();
  topic.requesting.erase(peer);
  topic.supplying.erase(peer);
  --topic.users;
  release(topic);
}

} // namespace grapevine::gossip
