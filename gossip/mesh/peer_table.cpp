#include "gossip/mesh/peer_table.hpp"

#include <algorithm>

namespace grapevine::gossip {

namespace {

std::size_t hash_of(const libp2p::peer_id& id) {
  return std::hash<libp2p::peer_id>{}(id);
}

} // namespace

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
  if (find(id))
    return std::nullopt;
  const auto peer = peers_.insert({id, traits, {}, 0});
  by_id_.insert(hash_of(id), peer.slot);
  outbound_ += traits.outbound ? 1 : 0;
  return peer;
}

void peer_table::remove(peer_handle peer) {
  const mesh_peer* record = find(peer);
  if (!record)
    return;
  outbound_ -= record->traits.outbound ? 1 : 0;
  by_id_.erase(hash_of(record->id), peer.slot);
  peers_.erase(peer);
}

void peer_table::set_outbound(peer_handle peer, bool outbound) {
  mesh_peer* record = find(peer);
  if (!record || record->traits.outbound == outbound)
    return;
  record->traits.outbound = outbound;
  outbound ? ++outbound_ : --outbound_;
}

std::optional<peer_handle> peer_table::find(const libp2p::peer_id& id) const {
  const auto slot = by_id_.find(
      hash_of(id), [&](std::uint32_t at) { return peers_[at].id == id; });
  return slot ? std::optional{peers_.owner(*slot)} : std::nullopt;
}

} // namespace grapevine::gossip
