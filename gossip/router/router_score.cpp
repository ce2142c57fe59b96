// What peers did, turned into scores, and what follows from these.
#include "gossip/router/router.hpp"

namespace grapevine::gossip {

void router::score(const mesh_event& event, time_point now,
                   router_effects& out) {
  switch (event.kind) {
  case mesh_event_kind::grafted:
    return score_.graft(event.peer, event.topic, now);
  case mesh_event_kind::pruned:
    return score_.prune(event.peer, event.topic);
  case mesh_event_kind::graft_in_backoff:
  case mesh_event_kind::graft_flood:
    return penalize(event.peer, 1, out);
  case mesh_event_kind::graft_refused:
  case mesh_event_kind::subscription_refused:
  case mesh_event_kind::grafted_as_better:
  case mesh_event_kind::offers_ignored:
  case mesh_event_kind::proven:
  case mesh_event_kind::mesh_stays_empty:
    return;
  }
}

void router::sent_again(const libp2p::peer_id& peer, std::string_view topic,
                        std::chrono::nanoseconds age) {
  const auto known = mesh_.find_peer(peer);
  if (known && age <= score_.delivery_window(topic))
    score_.duplicate_in_time(*known, topic);
}

void router::sent_invalid(const libp2p::peer_id& peer, std::string_view topic,
                          router_effects& out) {
  if (const auto known = mesh_.find_peer(peer)) {
    score_.invalid_message(*known, topic);
    update_standing(*known, out);
  }
}

void router::misbehaved(const libp2p::peer_id& peer, double count,
                        router_effects& out) {
  if (const auto known = mesh_.find_peer(peer))
    penalize(*known, count, out);
}

void router::reads_slowly(const libp2p::peer_id& peer, std::size_t dropped,
                          router_effects& out) {
  if (const auto known = mesh_.find_peer(peer)) {
    score_.slow_peer(*known, static_cast<double>(dropped));
    update_standing(*known, out);
  }
}

void router::penalize(peer_handle peer, double count, router_effects& out) {
  score_.penalize(peer, count);
  update_standing(peer, out);
}

void router::set_application_score(const libp2p::peer_id& peer, double value,
                                   router_effects& out) {
  score_.set_application_score(peer, value);
  if (const auto known = mesh_.find_peer(peer))
    update_standing(*known, out);
}

expected<void, parameter_error>
router::set_topic_score(std::string_view topic,
                        const topic_score_parameters& p) {
  return score_.set_topic(topic, p);
}

void router::use_scoring(const score_parameters& score,
                         const score_thresholds& thresholds,
                         router_effects& out) {
  params_.thresholds = thresholds;
  mesh_.use_thresholds(thresholds);
  score_.use(score);
  update_standings(out);
}

peer_standing router::standing_of(peer_handle peer) const {
  return {mesh_.graylisted(peer), !mesh_.accepts_iwant(peer)};
}

void router::update_standing(peer_handle peer, router_effects& out) {
  known_peer* known = peers_.find(peer);
  if (known != nullptr && standing_of(peer) != known->standing)
    tell_standing(peer, *known, out);
}

void router::tell_standing(peer_handle peer, known_peer& known,
                           router_effects& out) {
  known.standing = standing_of(peer);
  out.standings.push_back({peer, known.standing});
}

void router::update_standings(router_effects& out) {
  each_peer([&](peer_handle peer) { update_standing(peer, out); });
}

} // namespace grapevine::gossip
