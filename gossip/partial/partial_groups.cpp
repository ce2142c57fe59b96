#include "gossip/partial/partial_groups.hpp"

#include <algorithm>

namespace grapevine::gossip {

namespace {

// As in go: less would not outlive the exchange that a group is for.
constexpr std::size_t least_heartbeats = 3;

} // namespace

partial_group& partial_groups::publish(bytes_view id) {
  const auto i = groups_.find(as_text(id));
  partial_group& group = i == groups_.end() ? create(id) : i->second;
  disown(group);
  group.heartbeats_left = std::max(limits_.heartbeats, least_heartbeats);
  return group;
}

partial_group* partial_groups::named_by(peer_handle peer, bytes_view id) {
  if (const auto i = groups_.find(as_text(id)); i != groups_.end())
    return &i->second;
  const auto account = started_by_.find(peer);
  if (peer_started_ >= limits_.peer_groups
      || (account != started_by_.end()
          && account->second >= limits_.groups_per_peer))
    return nullptr;
  partial_group& group = create(id);
  group.started_by = peer;
  ++peer_started_;
  ++started_by_[peer];
  return &group;
}

void partial_groups::remove_peer(peer_handle peer) {
  for (auto i = groups_.begin(); i != groups_.end();) {
    partial_group& group = i->second;
    group.peers.erase(peer);
    if (group.version > 0 || !group.peers.empty()) {
      ++i;
      continue;
    }
    disown(group);
    i = groups_.erase(i);
  }
}

void partial_groups::clear() noexcept {
  groups_.clear();
  started_by_.clear();
  peer_started_ = 0;
}

partial_group& partial_groups::create(bytes_view id) {
  partial_group& group = groups_[std::string{as_text(id)}];
  group.id = as_text(id);
  group.heartbeats_left = std::max(limits_.heartbeats, least_heartbeats);
  return group;
}

void partial_groups::disown(partial_group& group) {
  if (!group.started_by)
    return;
  const auto account = started_by_.find(*group.started_by);
  if (--account->second == 0)
    started_by_.erase(account);
  --peer_started_;
  group.started_by.reset();
}

} // namespace grapevine::gossip
