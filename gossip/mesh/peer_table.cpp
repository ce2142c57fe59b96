#include "gossip/mesh/peer_table.hpp"

#include <algorithm>

namespace grapevine::gossip {

bool peer_set::insert(peer_handle peer) {
  const auto at = std::lower_bound(members_.begin(), members_.end(), peer);
  if (at != members_.end() && *at == peer)
    return false;
  members_.insert(at, peer);
  return true;
}

bool peer_set::erase(peer_handle peer) {
  const auto at = std::lower_bound(members_.begin(), members_.end(), peer);
  if (at == members_.end() || *at != peer)
    return false;
  members_.erase(at);
  return true;
}

bool peer_set::contains(peer_handle peer) const noexcept {
  return std::binary_search(members_.begin(), members_.end(), peer);
}

std::optional<peer_handle> peer_table::add(const libp2p::peer_id& id,
                                           const peer_traits& traits) {
  if (by_id_.contains(id))
    return std::nullopt;
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const peer_handle peer{free_.back(), slots_[free_.back()].generation};
  by_id_.emplace(id, peer);
  free_.pop_back();
  slots_[peer.slot].used = true;
  slots_[peer.slot].record = {id, traits, {}, 0};
  outbound_ += traits.outbound ? 1 : 0;
  return peer;
}

void peer_table::remove(peer_handle peer) {
  const peer_record* record = find(peer);
  if (!record)
    return;
  outbound_ -= record->traits.outbound ? 1 : 0;
  by_id_.erase(record->id);
  auto& place = slots_[peer.slot];
  place.used = false;
  // A handle to the peer that was here finds nobody from now on.
  ++place.generation;
  place.record = {};
  free_.push_back(peer.slot);
}

void peer_table::set_outbound(peer_handle peer, bool outbound) {
  peer_record* record = find(peer);
  if (!record || record->traits.outbound == outbound)
    return;
  record->traits.outbound = outbound;
  outbound ? ++outbound_ : --outbound_;
}

peer_record* peer_table::find(peer_handle peer) noexcept {
  if (peer.slot >= slots_.size())
    return nullptr;
  auto& place = slots_[peer.slot];
  if (!place.used || place.generation != peer.generation)
    return nullptr;
  return &place.record;
}

const peer_record* peer_table::find(peer_handle peer) const noexcept {
  return const_cast<peer_table*>(this)->find(peer);
}

std::optional<peer_handle> peer_table::find(const libp2p::peer_id& id) const {
  if (const auto i = by_id_.find(id); i != by_id_.end())
    return i->second;
  return std::nullopt;
}

} // namespace grapevine::gossip
