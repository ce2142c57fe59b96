#include "actors/mesh_manager_state.hpp"
#include "messages/node.hpp"

// What peers did, turned into scores, and what follows from these.

namespace grapevine {

using gossip::mesh_event_kind;

void mesh_manager_state::score(const gossip::mesh_event& event) {
  switch (event.kind) {
  case mesh_event_kind::grafted:
    return score_.graft(event.peer, event.topic, now(self_));
  case mesh_event_kind::pruned:
    return score_.prune(event.peer, event.topic);
  case mesh_event_kind::graft_in_backoff:
  case mesh_event_kind::graft_flood:
    return penalize(event.peer, 1);
  case mesh_event_kind::graft_refused:
  case mesh_event_kind::subscription_refused:
  case mesh_event_kind::grafted_as_better:
  case mesh_event_kind::offers_ignored:
    return;
  }
}

void mesh_manager_state::credit(std::optional<peer_handle> source,
                                const routed_message& msg) {
  if (source)
    score_.first_delivery(*source, msg.msg->topic());
  for (const auto& had : msg.forwarders)
    if (const auto peer = mesh_.find_peer(had.peer); peer && had.identical)
      score_.duplicate_in_time(*peer, msg.msg->topic());
}

void mesh_manager_state::delivered(const delivery_report& msg) {
  for (const auto& one : msg.entries) {
    const auto peer = mesh_.find_peer(one.peer);
    if (!peer)
      continue;
    if (one.what == delivery_report::kind::duplicate) {
      if (one.age <= score_.delivery_window(one.topic))
        score_.duplicate_in_time(*peer, one.topic);
    } else {
      score_.invalid_message(*peer, one.topic);
      update_standing(*peer);
    }
  }
}

void mesh_manager_state::misbehaved_peer(const misbehaved& msg) {
  const auto peer = mesh_.find_peer(msg.peer);
  if (!peer)
    return;
  ctx_->log->debug("misbehaviour: {} count={} peer={}", msg.what, msg.count,
                   msg.peer.short_text());
  penalize(*peer, msg.count);
}

void mesh_manager_state::slow_reader(const reads_slowly& msg) {
  if (const auto peer = mesh_.find_peer(msg.peer)) {
    score_.slow_peer(*peer, static_cast<double>(msg.dropped));
    update_standing(*peer);
  }
}

void mesh_manager_state::penalize(peer_handle peer, double count) {
  score_.penalize(peer, count);
  update_standing(peer);
}

void mesh_manager_state::application_score(const set_application_score& msg) {
  score_.set_application_score(msg.peer, msg.score);
  if (const auto peer = mesh_.find_peer(msg.peer))
    update_standing(*peer);
}

caf::result<changed>
mesh_manager_state::topic_score(const set_topic_score& msg) {
  if (const auto done = score_.set_topic(msg.topic, msg.parameters); !done)
    return caf::make_error(node_errc::bad_parameters, done.error().text);
  tell(self_, cache_, set_delivery_window{score_.largest_delivery_window()});
  return changed{};
}

scores_snapshot mesh_manager_state::scores() const {
  scores_snapshot result;
  for (const auto& one : slots_)
    if (one.actor)
      result.peers.push_back(
          {mesh_.find_peer(one.handle)->id, score_.inspect(one.handle)});
  return result;
}

// The peer's own actor refuses what its score forbids: so it costs least.
void mesh_manager_state::update_standing(peer_handle peer) {
  if (standing_of(peer) != slots_[peer.slot].standing)
    tell_standing(peer);
}

set_standing mesh_manager_state::standing_of(peer_handle peer) const {
  return {mesh_.graylisted(peer), !mesh_.accepts_iwant(peer)};
}

// Of a peer that has just come in any case: what was said of its last
// connection may have reached its actor after that ended, and would stay.
void mesh_manager_state::tell_standing(peer_handle peer) {
  auto& one = slots_[peer.slot];
  const auto standing = standing_of(peer);
  one.standing = standing;
  ctx_->log->debug("score={:.2f} graylisted={} peer={}", score_.score(peer),
                   standing.graylisted, mesh_.find_peer(peer)->id.short_text());
  tell(self_, one.actor, standing);
}

void mesh_manager_state::update_standings() {
  for (const auto& one : slots_)
    if (one.actor)
      update_standing(one.handle);
}

} // namespace grapevine
