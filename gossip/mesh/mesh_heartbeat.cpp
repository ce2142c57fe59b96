// One tick of the router, step by step in the specification's order
// (gossipsub-v1.1, "Heartbeat Maintenance"; v1.0 for the rest).
#include "gossip/mesh/mesh.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

void mesh::heartbeat(time_point now, rng& gen, mesh_effects& out) {
  ++ticks_;
  backoffs_.clear_expired(now, params_.timers.backoff_slack);
  offers_.clear_expired(now, {});
  take_scores();
  for (topic_state* topic : joined_) {
    topic->introduced.clear();
    maintain_mesh(*topic, now, gen, out);
    watch_empty(*topic, out);
    gossip_to_others(*topic, now, gen, out);
  }
  maintain_fanouts(now, gen, out);
  tick_scores_.clear();
}

// Every (peer, topic) wants one, and they stay the same meanwhile.
void mesh::take_scores() {
  if (!score_)
    return;
  tick_scores_.resize(peers_.slot_count());
  lowest_score_ = 0;
  peers_.each([this](peer_handle peer) {
    tick_scores_[peer.slot] = score_(peer);
    lowest_score_ = std::min(lowest_score_, tick_scores_[peer.slot]);
  });
}

void mesh::maintain_mesh(topic_state& topic, time_point now, rng& gen,
                         mesh_effects& out) {
  drop_negative(topic, now, out);
  graft_missing(topic, now, gen, out);
  prune_excess(topic, now, gen, out);
  graft_outbound(topic, now, gen, out);
  graft_better(topic, now, gen, out);
}

// A node whose messages nobody accepts is pruned by all, and told nothing more.
void mesh::watch_empty(topic_state& topic, mesh_effects& out) const {
  if (!topic.mesh.empty() || topic.peers.size() == topic.always.size())
    topic.empty_ticks = 0;
  else if (++topic.empty_ticks == limits::empty_mesh_heartbeats)
    out.events.push_back({mesh_event_kind::mesh_stays_empty, {}, topic.name});
}

void mesh::drop_negative(topic_state& topic, time_point now,
                         mesh_effects& out) {
  candidates_.clear();
  for (const peer_handle peer : topic.mesh)
    if (score(peer) < 0)
      candidates_.push_back(peer);
  for (const peer_handle peer : candidates_)
    expel(peer, topic, px::none, now, out);
}

void mesh::graft_missing(topic_state& topic, time_point now, rng& gen,
                         mesh_effects& out) {
  if (topic.mesh.size() >= params_.mesh.degree_low)
    return;
  const std::size_t missing = params_.mesh.degree - topic.mesh.size();
  for (const peer_handle peer : draw(topic, purpose::mesh, missing, now, gen))
    send_graft(peer, topic, out);
}

// Already at Dhi, as go does: there the mesh refuses whoever dialled us, so it
// would otherwise stay closed to newcomers.
void mesh::prune_excess(topic_state& topic, time_point now, rng& gen,
                        mesh_effects& out) {
  const std::size_t degree = params_.mesh.degree;
  if (topic.mesh.size() < params_.mesh.degree_high
      || topic.mesh.size() <= degree)
    return;
  candidates_.assign(topic.mesh.begin(), topic.mesh.end());
  order_by_score(candidates_, gen);
  keep_outbound(candidates_);
  for (std::size_t i = degree; i < candidates_.size(); ++i)
    expel(candidates_[i], topic, px::offer, now, out);
}

// The Dscore best come first, best to worst; the others at random.
void mesh::order_by_score(std::vector<peer_handle>& members, rng& gen) const {
  const std::span<peer_handle> all{members};
  // Equal scores must not favour anyone either.
  shuffle_front(all, all.size(), gen);
  std::stable_sort(
      members.begin(), members.end(),
      [this](peer_handle a, peer_handle b) { return score(a) > score(b); });
  const auto others =
      all.subspan(std::min(params_.mesh.degree_score, all.size()));
  shuffle_front(others, others.size(), gen);
}

// Puts outbound peers from behind the first D in place of the last inbound ones
// among these, until Dout of them are outbound.
void mesh::keep_outbound(std::vector<peer_handle>& members) const {
  const auto is_outbound = [this](peer_handle peer) { return outbound(peer); };
  const auto is_inbound = [this](peer_handle peer) { return !outbound(peer); };
  const std::span<peer_handle> all{members};
  const auto kept = all.first(params_.mesh.degree);
  const auto excess = all.subspan(params_.mesh.degree);
  auto have = static_cast<std::size_t>(
      std::count_if(kept.begin(), kept.end(), is_outbound));
  for (; have < params_.mesh.degree_outbound; ++have) {
    const auto better = std::find_if(excess.begin(), excess.end(), is_outbound);
    const auto worse = std::find_if(kept.rbegin(), kept.rend(), is_inbound);
    if (better == excess.end() || worse == kept.rend())
      return;
    std::swap(*better, *worse);
  }
}

// A mesh that others filled is opened to peers that we chose (gossipsub-v1.1,
// "Outbound Mesh Quotas"). Below Dlo the step before has drawn from all.
void mesh::graft_outbound(topic_state& topic, time_point now, rng& gen,
                          mesh_effects& out) {
  if (topic.mesh.size() < params_.mesh.degree_low)
    return;
  const auto have = static_cast<std::size_t>(
      std::count_if(topic.mesh.begin(), topic.mesh.end(),
                    [this](peer_handle peer) { return outbound(peer); }));
  if (have >= params_.mesh.degree_outbound || have == peers_.outbound_count())
    return;
  collect(topic, purpose::mesh, now);
  std::erase_if(candidates_,
                [this](peer_handle peer) { return !outbound(peer); });
  for (const peer_handle peer :
       draw_from_candidates(params_.mesh.degree_outbound - have, gen))
    send_graft(peer, topic, out);
}

void mesh::graft_better(topic_state& topic, time_point now, rng& gen,
                        mesh_effects& out) {
  const auto& p = params_.opportunistic;
  if (p.ticks == 0 || ticks_ % p.ticks != 0 || topic.mesh.size() < 2)
    return;
  const double median = median_score(topic.mesh);
  if (median >= params_.thresholds.opportunistic_graft)
    return;
  collect(topic, purpose::mesh, now);
  std::erase_if(candidates_,
                [&](peer_handle peer) { return score(peer) <= median; });
  for (const peer_handle peer : draw_from_candidates(p.peers, gen)) {
    send_graft(peer, topic, out);
    out.report(mesh_event_kind::grafted_as_better, peer, topic.name);
  }
}

// Of an even number the upper one of the middle two, as go takes it.
double mesh::median_score(const peer_set& members) {
  scores_.clear();
  for (const peer_handle peer : members)
    scores_.push_back(score(peer));
  const auto middle =
      scores_.begin() + static_cast<std::ptrdiff_t>(scores_.size() / 2);
  std::nth_element(scores_.begin(), middle, scores_.end());
  return *middle;
}

// Once, of all that can still be asked for, whether they are in the mesh or
// not: what others hear of in every heartbeat they did not, and after a cut of
// the network nobody else on their side has it.
void mesh::gossip_to_newcomers(topic_state& topic, mesh_effects& out) {
  for (const peer_handle peer : topic.newcomers)
    if (!topic.always.contains(peer)
        && score(peer) >= least_score(purpose::gossip))
      out.tell_of(topic.name, peer, params_.gossip.history_length);
  if (!topic.newcomers.empty())
    std::erase_if(candidates_, [&](peer_handle peer) {
      return topic.newcomers.contains(peer);
    });
  topic.newcomers.clear();
}

// A part of a small topic is too few, where somebody hears of a message in no
// other way: the leaves of a star. There the others are told, too, of what is
// new since the last heartbeat: so each hears of each message at least once,
// and it costs less than three windows for all.
void mesh::gossip_to_others(topic_state& topic, time_point now, rng& gen,
                            mesh_effects& out) {
  const auto windows = params_.gossip.history_gossip;
  if (windows == 0)
    return;
  collect(topic, purpose::gossip, now);
  gossip_to_newcomers(topic, out);
  const auto share = static_cast<std::size_t>(
      params_.gossip.factor * static_cast<double>(candidates_.size()));
  const auto chosen =
      draw_from_candidates(std::max(params_.mesh.degree_lazy, share), gen);
  for (const peer_handle peer : chosen)
    out.tell_of(topic.name, peer, windows);
  if (candidates_.size() > params_.gossip.gossip_to_all)
    return;
  for (const peer_handle peer : std::span{candidates_}.subspan(chosen.size()))
    out.tell_of(topic.name, peer, 1);
}

void mesh::maintain_fanouts(time_point now, rng& gen, mesh_effects& out) {
  // From behind, as an expired one is taken out of the list.
  for (std::size_t i = fanouts_.size(); i-- > 0;) {
    topic_state& topic = *fanouts_[i];
    if (topic.fanout.expired(now, params_.timers.fanout_ttl)) {
      end_fanout(topic);
      continue;
    }
    candidates_.clear();
    for (const peer_handle peer : topic.fanout.peers)
      if (!may_receive(peer))
        candidates_.push_back(peer);
    for (const peer_handle peer : candidates_)
      topic.fanout.peers.erase(peer);
    fill_fanout(topic, now, gen);
    gossip_to_others(topic, now, gen, out);
  }
}

} // namespace grapevine::gossip
