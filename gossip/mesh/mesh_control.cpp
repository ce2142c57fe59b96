// GRAFT and PRUNE, received and sent.
#include "gossip/mesh/mesh.hpp"

#include <algorithm>

namespace grapevine::gossip {

void mesh::graft(peer_handle peer, std::string_view name, time_point now,
                 mesh_effects& out) {
  mesh_peer* record = peers_.find(peer);
  if (!record || !has_mesh(record->traits.version))
    return;
  topic_state* topic = topics_.find(name);
  // No answer, or a stranger could make us send PRUNE after PRUNE.
  if (!topic || !topic->subscribed || topic->mesh.contains(peer))
    return;
  // A misconfiguration of one side; neither it nor the backoff is its fault.
  if (record->traits.direct)
    return refuse_graft(peer, *topic, px::none, now, out);
  if (const auto early =
          backoffs_.refuse(name, record->id, record->connection, now,
                           params_.timers.graft_flood_threshold))
    return refuse_early_graft(peer, *topic, *early, out);
  if (score(peer) < 0)
    return refuse_graft(peer, *topic, px::none, now, out);
  // Full: only connections that we chose ourselves, lest whoever dials us
  // most owns the mesh.
  if (topic->mesh.size() >= params_.mesh.degree_high
      && !record->traits.outbound)
    return refuse_graft(peer, *topic, px::offer, now, out);
  if (!subscribe_peer(peer, *record, name))
    return refuse_graft(peer, *topic, px::none, now, out);
  enter_mesh(peer, *topic, out);
}

void mesh::prune(peer_handle peer, const proto::prune& received, time_point now,
                 mesh_effects& out) {
  const mesh_peer* record = peers_.find(peer);
  topic_state* topic = topics_.find(received.topic);
  if (!record || !topic || !topic->subscribed)
    return;
  const bool member = topic->mesh.erase(peer);
  if (member)
    out.report(mesh_event_kind::pruned, peer, topic->name);
  auto given = received.backoff.value_or(std::chrono::seconds{0});
  if (given.count() <= 0)
    given = params_.timers.prune_backoff;
  // Of others it costs nothing to send, so it must not cost us memory for long.
  if (!member)
    given = std::min(given, limits_.max_stranger_backoff);
  backoffs_.add(topic->name, record->id, peer, now, given, pruner::peer,
                record->connection);
  if (!received.peers.empty())
    accept_offers(peer, received, member, now, out);
}

/// An offer makes this node dial, so nobody may make many: whoever is no member
/// has nothing to make up for, and a peer that prunes and grafts in turn, with
/// backoffs of a second or new connections, has the same word as before.
void mesh::accept_offers(peer_handle peer, const proto::prune& received,
                         bool was_member, time_point now, mesh_effects& out) {
  const auto& id = peers_.find(peer)->id;
  const auto silenced = offers_.expiry(received.topic, id);
  if (!was_member || score(peer) < params_.thresholds.accept_px
      || (silenced && now < *silenced))
    return out.report(mesh_event_kind::offers_ignored, peer, received.topic);
  offers_.add(received.topic, id, peer, now, params_.timers.prune_backoff);
  const auto count = std::min(received.peers.size(), params_.px_peers);
  const auto first = received.peers.begin();
  out.px.push_back({peer,
                    received.topic,
                    {first, first + static_cast<std::ptrdiff_t>(count)}});
}

void mesh::refuse_graft(peer_handle peer, const topic_state& topic, px exchange,
                        time_point now, mesh_effects& out) {
  out.report(mesh_event_kind::graft_refused, peer, topic.name);
  send_prune(peer, topic.name, params_.timers.prune_backoff, exchange, now,
             out);
}

void mesh::refuse_early_graft(peer_handle peer, const topic_state& topic,
                              const early_graft& early, mesh_effects& out) {
  out.report(early.offence ? mesh_event_kind::graft_in_backoff
                           : mesh_event_kind::graft_refused,
             peer, topic.name);
  if (early.offence && early.soon)
    out.report(mesh_event_kind::graft_flood, peer, topic.name);
  tell_pruned(peer, topic.name,
              std::chrono::ceil<std::chrono::seconds>(early.left), px::none,
              out);
}

// What was published since the last heartbeat was pushed to others, and gossip
// of it goes to those outside the mesh: whoever enters would miss it. Once in a
// heartbeat, as others get gossip: a peer may unsubscribe and come again at
// once. Ours, neither the specification's nor go's.
void mesh::enter_mesh(peer_handle peer, topic_state& topic, mesh_effects& out) {
  topic.mesh.insert(peer);
  topic.newcomers.erase(peer);
  out.report(mesh_event_kind::grafted, peer, topic.name);
  if (topic.introduced.insert(peer))
    out.tell_of(topic.name, peer, params_.gossip.history_length);
}

void mesh::send_graft(peer_handle peer, topic_state& topic, mesh_effects& out) {
  enter_mesh(peer, topic, out);
  out.graft(peer, topic.name);
}

void mesh::send_prune(peer_handle peer, std::string_view topic,
                      std::chrono::seconds backoff, px exchange, time_point now,
                      mesh_effects& out) {
  const mesh_peer* record = peers_.find(peer);
  // What we ask of the peer holds for us, too.
  backoffs_.add(topic, record->id, peer, now, backoff, pruner::we,
                record->connection);
  tell_pruned(peer, topic, backoff, exchange, out);
}

void mesh::tell_pruned(peer_handle peer, std::string_view topic,
                       std::chrono::seconds backoff, px exchange,
                       mesh_effects& out) const {
  const auto version = peers_.find(peer)->traits.version;
  if (!has_prune_backoff(version))
    return out.prune(peer, topic, std::nullopt);
  out.prune(peer, topic, backoff,
            exchange == px::offer && params_.peer_exchange && score(peer) >= 0
                && has_peer_exchange(version));
}

void mesh::take_out(peer_handle peer, topic_state& topic, mesh_effects& out) {
  if (topic.mesh.erase(peer))
    out.report(mesh_event_kind::pruned, peer, topic.name);
  topic.fanout.peers.erase(peer);
}

void mesh::expel(peer_handle peer, topic_state& topic, px exchange,
                 time_point now, mesh_effects& out) {
  take_out(peer, topic, out);
  send_prune(peer, topic.name, params_.timers.prune_backoff, exchange, now,
             out);
}

void mesh::offer_peers(rng& gen, mesh_effects& effects) {
  for (const px_place& place : effects.offers) {
    const peer_handle to = effects.control[place.control].to;
    auto& prune = effects.control[place.control].prunes[place.prune];
    const topic_state* topic = topics_.find(prune.topic);
    if (!topic)
      continue;
    candidates_.clear();
    for (const peer_handle peer : topic->peers)
      if (peer != to && score(peer) >= 0)
        candidates_.push_back(peer);
    for (const peer_handle peer : draw_from_candidates(params_.px_peers, gen))
      prune.peers.push_back(
          {std::string{as_text(peers_.find(peer)->id.view())}, {}});
  }
  effects.offers.clear();
}

} // namespace grapevine::gossip
