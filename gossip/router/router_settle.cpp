// What becomes of the effects of the router's parts.
#include "gossip/router/router.hpp"

#include <iterator>
#include <utility>

namespace grapevine::gossip {

namespace {

template <class T>
void move_behind(std::vector<T>& to, std::vector<T>& from) {
  if (to.empty())
    to.swap(from);
  else
    to.insert(to.end(), std::make_move_iterator(from.begin()),
              std::make_move_iterator(from.end()));
}

} // namespace

void router::settle(time_point now, rng& gen, router_effects& out) {
  auto& mesh = mesh_effects_;
  if (mesh.empty())
    return;
  for (const auto& event : mesh.events)
    score(event, now, out);
  move_behind(out.events, mesh.events);
  for (auto& own : mesh.announcements)
    partial_.announce(own);
  offer_peers(now, gen);
  gossip_partial(out);
  for (const auto& offer : mesh.px)
    accept_offer(offer, now, out);
  move_behind(out.announcements, mesh.announcements);
  move_behind(out.control, mesh.control);
  move_behind(out.gossip, mesh.gossip);
  mesh.clear();
}

void router::offer_peers(time_point now, rng& gen) {
  mesh_.offer_peers(gen, mesh_effects_);
  for (auto& one : mesh_effects_.control)
    for (auto& prune : one.prunes)
      add_records(prune, now);
}

void router::add_records(proto::prune& prune, time_point now) {
  for (auto& peer : prune.peers)
    if (const auto id = libp2p::peer_id::from_bytes(as_bytes(peer.id))) {
      // It is connected: what it said still holds.
      book_.touch(*id, now);
      peer.signed_record = as_text(book_.sealed(*id, now));
    }
}

void router::accept_offer(const px_offer& offer, time_point now,
                          router_effects& out) {
  known_peer* from = peers_.find(offer.from);
  if (from == nullptr)
    return;
  // Each record costs the check of a signature.
  if (from->offered
      && now - *from->offered < params_.timers.heartbeat_interval) {
    out.events.push_back(
        {mesh_event_kind::offers_ignored, offer.from, offer.topic});
    return;
  }
  from->offered = now;
  auto found =
      resolve_ ? resolve_(offer, from->scope)
               : candidates_of(offer, book_, now, {.narrowest = from->scope});
  move_behind(out.dials, found);
}

// As often as the mesh asks who counts as outbound.
void router::trust_the_proven(time_point now, router_effects& out) {
  const double good = params_.thresholds.opportunistic_graft;
  std::erase_if(newcomers_, [&](const newcomer& one) {
    if (mesh_.find_peer(one.peer) == nullptr)
      return true;
    if (!has_proven_itself(score_.score(one.peer), good, now - one.since))
      return false;
    mesh_.set_outbound(one.peer, true);
    out.events.push_back({mesh_event_kind::proven, one.peer, {}});
    return true;
  });
}

void router::settle_partial(router_effects& out) {
  move_behind(out.partial, partial_effects_.sends);
  move_behind(out.parts, partial_effects_.deliveries);
  for (const auto& event : partial_effects_.events)
    if (is_misbehaviour(event.kind))
      penalize(event.peer, 1, out);
  partial_effects_.clear();
}

} // namespace grapevine::gossip
