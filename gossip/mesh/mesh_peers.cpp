// What the router knows of its peers: who is there, subscribed to what.
#include "gossip/mesh/mesh.hpp"

#include <algorithm>

namespace grapevine::gossip {

std::optional<peer_handle> mesh::add_peer(const libp2p::peer_id& id,
                                          const peer_traits& traits) {
  if (peers_.size() >= limits_.peers)
    return std::nullopt;
  const auto peer = peers_.add(id, traits);
  if (!peer)
    return std::nullopt;
  backoffs_.set_handle(id, *peer);
  reconnected(*peer);
  return peer;
}

void mesh::reconnected(peer_handle peer) {
  mesh_peer* record = peers_.find(peer);
  if (!record)
    return;
  record->connection = ++connections_;
  for (topic_state* topic : record->topics)
    if (topic->subscribed)
      topic->newcomers.insert(peer);
}

void mesh::remove_peer(peer_handle peer, mesh_effects& out) {
  mesh_peer* record = peers_.find(peer);
  if (!record)
    return;
  for (topic_state* topic : record->topics) {
    take_out(peer, *topic, out);
    topic->always.erase(peer);
    topic->peers.erase(peer);
    topic->newcomers.erase(peer);
    topics_.release(*topic);
  }
  backoffs_.set_handle(record->id, {});
  peers_.remove(peer);
}

void mesh::set_direct(peer_handle peer, bool direct, time_point now,
                      mesh_effects& out) {
  mesh_peer* record = peers_.find(peer);
  if (!record || record->traits.direct == direct)
    return;
  record->traits.direct = direct;
  for (topic_state* topic : record->topics) {
    if (topic->mesh.contains(peer) && direct)
      expel(peer, *topic, px::none, now, out);
    topic->fanout.peers.erase(peer);
    if (direct || !has_mesh(record->traits.version))
      topic->always.insert(peer);
    else
      topic->always.erase(peer);
  }
}

const mesh_peer* mesh::find_peer(peer_handle peer) const noexcept {
  return peers_.find(peer);
}

std::optional<peer_handle> mesh::find_peer(const libp2p::peer_id& id) const {
  return peers_.find(id);
}

void mesh::subscriptions(peer_handle peer,
                         std::span<const proto::subscription> changes,
                         mesh_effects& out) {
  mesh_peer* record = peers_.find(peer);
  if (!record)
    return;
  bool refused = false;
  for (const proto::subscription& change : changes) {
    if (!change.subscribe)
      unsubscribe_peer(peer, *record, change.topic, out);
    else if (!subscribe_peer(peer, *record, change.topic) && !refused) {
      // Once for each call: a flood must not become a flood of events.
      refused = true;
      out.report(mesh_event_kind::subscription_refused, peer, change.topic);
    }
  }
}

void mesh::welcome(peer_handle peer,
                   std::span<const proto::subscription> changes, time_point now,
                   mesh_effects& out) {
  for (const proto::subscription& change : changes) {
    topic_state* topic = topics_.find(change.topic);
    if (topic && topic->subscribed && topic->peers.contains(peer)
        && topic->mesh.size() < params_.mesh.degree_low
        && eligible(peer, *topic, purpose::mesh, now))
      send_graft(peer, *topic, out);
  }
}

bool mesh::subscribe_peer(peer_handle peer, mesh_peer& record,
                          std::string_view name) {
  topic_state* topic = topics_.find(name);
  if (topic && topic->peers.contains(peer))
    return true;
  if (record.topics.size() >= limits_.topics_per_peer
      || record.topic_bytes + name.size() > limits_.topic_bytes_per_peer)
    return false;
  if (!topic && !(topic = topics_.named_by_peer(name)))
    return false;
  topic->peers.insert(peer);
  if (topic->subscribed)
    topic->newcomers.insert(peer);
  if (record.traits.direct || !has_mesh(record.traits.version))
    topic->always.insert(peer);
  record.topics.push_back(topic);
  record.topic_bytes += name.size();
  return true;
}

void mesh::unsubscribe_peer(peer_handle peer, mesh_peer& record,
                            std::string_view name, mesh_effects& out) {
  topic_state* topic = topics_.find(name);
  if (!topic || !topic->peers.erase(peer))
    return;
  take_out(peer, *topic, out);
  topic->always.erase(peer);
  topic->newcomers.erase(peer);
  std::erase(record.topics, topic);
  record.topic_bytes -= name.size();
  topics_.release(*topic);
}

bool mesh::accepts_ihave(peer_handle peer, std::string_view topic) const {
  return accepts_iwant(peer) && subscribed(topic);
}

bool mesh::accepts_iwant(peer_handle peer) const {
  const mesh_peer* record = peers_.find(peer);
  // RPCs of direct peers are always accepted (gossipsub-v1.1).
  return record
         && (record->traits.direct || score(peer) >= params_.thresholds.gossip);
}

bool mesh::graylisted(peer_handle peer) const {
  const mesh_peer* record = peers_.find(peer);
  return record && !record->traits.direct
         && score(peer) < params_.thresholds.graylist;
}

} // namespace grapevine::gossip
