// What of a group goes to whom.
#include "gossip/partial/partial_messages.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

namespace {

proto::partial_view name_of(std::string_view topic,
                            const partial_group& group) {
  return {topic, as_bytes(group.id), {}, {}};
}

std::optional<bytes_view> view(const std::optional<bytes>& data) {
  if (!data)
    return std::nullopt;
  return bytes_view{*data};
}

std::optional<bytes> copy(const std::optional<bytes_view>& data) {
  if (!data)
    return std::nullopt;
  return to_bytes(*data);
}

shared_bytes encode(const proto::partial_view& partial, std::size_t max_size) {
  auto frame = proto::encode_partial(partial, max_size);
  return frame ? std::make_shared<const bytes>(*std::move(frame)) : nullptr;
}

} // namespace

bool partial_messages::publish(std::string_view topic, bytes_view id,
                               bytes_view parts, bytes_view metadata,
                               std::span<const peer_handle> whom,
                               partial_effects& out) {
  topic_entry* entry = find_own(topic);
  if (!entry)
    return false;
  partial_group& group = entry->groups.publish(id);
  group.held.assign(parts.begin(), parts.end());
  if (group.version == 0 || !equal(group.metadata, metadata)) {
    ++group.version;
    group.metadata = to_bytes(metadata);
    auto announced = name_of(topic, group);
    announced.metadata = metadata;
    group.announcement = encode(announced, max_rpc_size_);
    if (!group.announcement)
      out.report(partial_event_kind::too_large, {}, topic);
  }
  for (const peer_handle peer : whom)
    if (entry->requesting.contains(peer)
        || (entry->ours.requests && entry->supplying.contains(peer)))
      update(*entry, group, peer, group.peers[peer], out);
  // Those of `whom` have it by now.
  for (auto& [peer, state] : group.peers)
    if (state.spoke)
      update(*entry, group, peer, state, out);
  return true;
}

void partial_messages::receive(peer_handle peer,
                               const proto::partial_view& received,
                               partial_effects& out) {
  peer_entry* from = peers_.find(peer);
  if (!from || !from->usable)
    return;
  topic_entry* entry = find_own(received.topic);
  if (!entry)
    return out.report(partial_event_kind::unknown_topic, peer, received.topic);
  proto::partial_view partial = received;
  if (partial.parts && !entry->ours.requests) {
    out.report(partial_event_kind::unrequested_parts, peer, partial.topic);
    partial.parts.reset();
  }
  if (partial.metadata && !entry->ours.rules->valid(*partial.metadata))
    return out.report(partial_event_kind::invalid_metadata, peer,
                      partial.topic);
  if (!partial.parts && !partial.metadata)
    return;
  partial_group* group = entry->groups.named_by(peer, partial.group);
  if (!group)
    return out.report(partial_event_kind::too_many_groups, peer, partial.topic);
  group_peer& state = group->peers[peer];
  state.spoke = true;
  if (partial.metadata && !keep_metadata(*from, state, *partial.metadata))
    return out.report(partial_event_kind::too_much_metadata, peer,
                      partial.topic);
  deliver(peer, partial, out);
  if (group->version > 0)
    update(*entry, *group, peer, state, out);
}

void partial_messages::gossip(std::string_view topic,
                              std::vector<peer_handle>& peers,
                              partial_effects& out) {
  topic_entry* entry = find_own(topic);
  if (!entry)
    return;
  for (const peer_handle peer : peers)
    if (entry->requesting.contains(peer))
      for (auto& [id, group] : entry->groups)
        if (group.version > 0)
          tell(group, peer, group.peers[peer], out);
  spare_requesting(topic, peers);
}

void partial_messages::heartbeat() {
  for (topic_entry* topic : own_)
    topic->groups.heartbeat(
        [this](const partial_group& group) { release_metadata(group); });
}

std::size_t
partial_messages::group_count(std::string_view topic) const noexcept {
  const topic_entry* entry = find(topic);
  return entry ? entry->groups.size() : 0;
}

std::size_t partial_messages::metadata_bytes(peer_handle peer) const noexcept {
  const peer_entry* known = peers_.find(peer);
  return known ? known->metadata_bytes : 0;
}

void partial_messages::forget_groups(peer_handle peer, peer_entry& from) {
  for (topic_entry* topic : own_)
    topic->groups.remove_peer(peer);
  from.metadata_bytes = 0;
}

void partial_messages::release_metadata(const partial_group& group) {
  for (const auto& [peer, state] : group.peers)
    if (state.metadata)
      peers_.find(peer)->metadata_bytes -= state.metadata->size();
}

bool partial_messages::keep_metadata(peer_entry& from, group_peer& state,
                                     bytes_view metadata) {
  const std::size_t former = state.metadata ? state.metadata->size() : 0;
  const std::size_t bytes = from.metadata_bytes - former + metadata.size();
  if (bytes > limits_.metadata_per_peer)
    return false;
  // A later one replaces what it said before.
  state.metadata = to_bytes(metadata);
  from.metadata_bytes = bytes;
  return true;
}

void partial_messages::deliver(peer_handle peer,
                               const proto::partial_view& partial,
                               partial_effects& out) const {
  out.deliveries.push_back({peer, std::string{partial.topic},
                            to_bytes(partial.group), copy(partial.parts),
                            copy(partial.metadata)});
}

void partial_messages::update(const topic_entry& topic,
                              const partial_group& group, peer_handle peer,
                              group_peer& state, partial_effects& out) const {
  const bool requests = topic.requesting.contains(peer);
  // A fanout or gossiping peer need not be subscribed to supply parts.
  const bool supplies = state.spoke || topic.supplying.contains(peer);
  if (requests)
    send_parts(topic, group, peer, state, out);
  if (requests || (topic.ours.requests && supplies))
    tell(group, peer, state, out);
}

void partial_messages::send_parts(const topic_entry& topic,
                                  const partial_group& group, peer_handle peer,
                                  group_peer& state,
                                  partial_effects& out) const {
  for (std::size_t rpcs = 0; rpcs < limits_.rpcs_at_once; ++rpcs) {
    auto partial = name_of(topic.name, group);
    if (state.told != group.version)
      partial.metadata = group.metadata;
    auto choice =
        topic.ours.rules->choose(group.held, {view(state.metadata), state.sent},
                                 proto::room_for_parts(partial, max_rpc_size_));
    if (choice.parts.empty())
      return;
    partial.parts = choice.parts;
    shared_bytes frame = encode(partial, max_rpc_size_);
    if (!frame)
      return out.report(partial_event_kind::too_large, peer, topic.name);
    out.sends.push_back({peer, std::move(frame), true});
    state.told = group.version;
    // Rules that do not see what was sent would choose the same for ever.
    if (equal(state.sent, choice.sent))
      return;
    state.sent = std::move(choice.sent);
  }
}

void partial_messages::tell(const partial_group& group, peer_handle peer,
                            group_peer& state, partial_effects& out) {
  if (state.told == group.version || !group.announcement)
    return;
  state.told = group.version;
  out.sends.push_back({peer, group.announcement, false});
}

} // namespace grapevine::gossip
