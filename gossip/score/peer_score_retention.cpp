// What is remembered of peers that are gone.
#include "gossip/score/peer_score.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace grapevine::gossip {

void peer_score::retain(record&& peer, time_point now) {
  const auto left = std::remove_if(
      peer.topics.begin(), peer.topics.end(), [this](auto& stats) {
        stats.counters.set(topic_counter::first_deliveries, 0);
        leave_mesh(stats);
        if (!stats.counters.all_zero())
          return false;
        topics_.release(stats.topic);
        return true;
      });
  peer.topics.erase(left, peer.topics.end());
  // Nothing that its return would have to bring back.
  if (peer.topics.empty() && peer.behaviour == 0 && peer.slow == 0) {
    forget(peer);
    return;
  }
  // A peer that was connected is not among them.
  retained_.push_back({std::move(peer), now + params_.retention});
  const auto last = std::prev(retained_.end());
  retained_by_id_.emplace(last->peer.id, last);
  if (retained_.size() > limits_.retained_peers)
    forget_retained(retained_.begin());
}

std::optional<peer_score::record>
peer_score::take_retained(const libp2p::peer_id& id) {
  const auto i = retained_by_id_.find(id);
  if (i == retained_by_id_.end())
    return std::nullopt;
  const auto which = i->second;
  std::optional found{std::move(which->peer)};
  retained_by_id_.erase(i);
  retained_.erase(which);
  return found;
}

void peer_score::forget_expired(time_point now) {
  while (!retained_.empty() && now > retained_.front().expiry)
    forget_retained(retained_.begin());
}

void peer_score::forget_retained(std::list<retained>::iterator which) {
  retained_by_id_.erase(which->peer.id);
  forget(which->peer);
  retained_.erase(which);
}

void peer_score::forget(record& peer) {
  for (const auto& stats : peer.topics)
    topics_.release(stats.topic);
  peer.topics.clear();
  colocation_.move(peer.places, {});
}

} // namespace grapevine::gossip
