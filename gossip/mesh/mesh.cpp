#include "gossip/mesh/mesh.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

namespace {

topic_snapshot snapshot_of(const topic_state& topic) {
  return {topic.name, topic.subscribed, topic.peers.size(), topic.mesh.size(),
          topic.fanout.peers.size()};
}

} // namespace

mesh::mesh(const parameters& p, const mesh_limits& limits, score_function score)
    : params_{p}, limits_{limits}, score_{std::move(score)}, topics_{limits_},
      backoffs_{limits_}, offers_{limits_} {}

bool mesh::join(std::string_view topic, time_point now, rng& gen,
                mesh_effects& out) {
  topic_state& joined = topics_.own(topic);
  if (joined.subscribed)
    return false;
  // A fanout's peers know our messages already: they come first, as far as
  // they may be in a mesh.
  const peer_set former = joined.fanout.peers;
  if (joined.fanout.active) {
    joined.fanout.clear();
    std::erase(fanouts_, &joined);
  }
  joined.subscribed = true;
  joined_.push_back(&joined);
  out.announcements.push_back({.topic = joined.name, .subscribe = true});
  const std::size_t degree = params_.mesh.degree;
  for (const peer_handle peer : former)
    if (joined.mesh.size() < degree
        && eligible(peer, joined, purpose::mesh, now))
      send_graft(peer, joined, out);
  if (joined.mesh.size() < degree)
    for (const peer_handle peer :
         draw(joined, purpose::mesh, degree - joined.mesh.size(), now, gen))
      send_graft(peer, joined, out);
  return true;
}

bool mesh::leave(std::string_view topic, time_point now, mesh_effects& out) {
  topic_state* left = topics_.find(topic);
  if (!left || !left->subscribed)
    return false;
  out.announcements.push_back({.topic = left->name, .subscribe = false});
  const peer_set members = std::exchange(left->mesh, {});
  for (const peer_handle peer : members) {
    out.report(mesh_event_kind::pruned, peer, left->name);
    send_prune(peer, left->name, params_.timers.unsubscribe_backoff, px::offer,
               now, out);
  }
  left->subscribed = false;
  left->introduced.clear();
  left->newcomers.clear();
  std::erase(joined_, left);
  topics_.release(*left);
  return true;
}

std::vector<proto::subscription> mesh::hello() const {
  std::vector<proto::subscription> result;
  result.reserve(joined_.size());
  for (const topic_state* topic : joined_)
    result.push_back({.topic = topic->name, .subscribe = true});
  return result;
}

bool mesh::subscribed(std::string_view topic) const noexcept {
  const topic_state* known = topics_.find(topic);
  return known && known->subscribed;
}

bool mesh::in_mesh(std::string_view topic, peer_handle peer) const noexcept {
  const topic_state* known = topics_.find(topic);
  return known && known->mesh.contains(peer);
}

std::span<const peer_handle>
mesh::mesh_of(std::string_view topic) const noexcept {
  const topic_state* known = topics_.find(topic);
  return known ? known->mesh.view() : std::span<const peer_handle>{};
}

std::span<const peer_handle>
mesh::fanout_of(std::string_view topic) const noexcept {
  const topic_state* known = topics_.find(topic);
  return known ? known->fanout.peers.view() : std::span<const peer_handle>{};
}

std::span<const peer_handle>
mesh::peers_of(std::string_view topic) const noexcept {
  const topic_state* known = topics_.find(topic);
  return known ? known->peers.view() : std::span<const peer_handle>{};
}

std::vector<topic_snapshot> mesh::snapshot() const {
  std::vector<topic_snapshot> result;
  result.reserve(joined_.size() + fanouts_.size());
  for (const topic_state* topic : joined_)
    result.push_back(snapshot_of(*topic));
  for (const topic_state* topic : fanouts_)
    result.push_back(snapshot_of(*topic));
  return result;
}

} // namespace grapevine::gossip
