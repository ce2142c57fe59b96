#include "gossip/score/peer_score.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace grapevine::gossip {

namespace {

struct before_topic {
  bool operator()(const topic_stats& stats, std::uint32_t topic) const {
    return stats.topic < topic;
  }
};

std::size_t hash_of(const libp2p::peer_id& id) {
  return std::hash<libp2p::peer_id>{}(id);
}

void count(topic_stats& stats, topic_counter which, double cap) {
  stats.counters.add(which, 1);
  stats.counters.cap(which, cap);
}

} // namespace

peer_score::peer_score(const score_parameters& p, const score_limits& limits)
    : params_{p}, limits_{limits}, topics_{p.topics, p.default_topic,
                                           limits.topics},
      colocation_{p.colocation, limits.addresses_per_peer} {}

void peer_score::add_peer(peer_handle peer, const libp2p::peer_id& id,
                          std::span<const libp2p::ip_address> ips,
                          time_point now) {
  start_clock(now);
  forget_expired(now);
  make_way(peer, id, now);
  by_id_.insert(hash_of(id), peer.slot);
  auto& place = peers_.put(peer, {});
  if (auto known = take_retained(id))
    place.peer = std::move(*known);
  place.peer.id = id;
  if (const auto i = application_.find(id); i != application_.end())
    place.peer.application = i->second;
  colocation_.move(place.peer.places, ips);
}

void peer_score::set_ips(peer_handle peer,
                         std::span<const libp2p::ip_address> ips) {
  if (auto* known = peers_.find(peer))
    colocation_.move(known->peer.places, ips);
}

void peer_score::remove_peer(peer_handle peer, time_point now) {
  auto* known = peers_.find(peer);
  if (!known)
    return;
  const bool positive = score(peer) > 0;
  auto gone = std::exchange(known->peer, {});
  peers_.erase(peer);
  by_id_.erase(hash_of(gone.id), peer.slot);
  if (positive || params_.retention <= params_.retention.zero())
    forget(gone);
  else
    retain(std::move(gone), now);
}

void peer_score::graft(peer_handle peer, std::string_view topic,
                       time_point now) {
  if (auto* stats = stats_of(peer, topic)) {
    stats->in_mesh = true;
    stats->grafted = now;
  }
}

void peer_score::prune(peer_handle peer, std::string_view topic) {
  if (auto* stats = find_stats(peer, topic))
    leave_mesh(*stats);
}

void peer_score::first_delivery(peer_handle peer, std::string_view topic) {
  auto* stats = stats_of(peer, topic);
  if (!stats)
    return;
  const auto& p = topics_.parameters(stats->topic);
  count(*stats, topic_counter::first_deliveries, p.first_deliveries.cap);
  if (stats->in_mesh)
    count(*stats, topic_counter::mesh_deliveries, p.mesh_deliveries.cap);
}

void peer_score::duplicate_in_time(peer_handle peer, std::string_view topic) {
  auto* stats = find_stats(peer, topic);
  if (stats && stats->in_mesh)
    count(*stats, topic_counter::mesh_deliveries,
          topics_.parameters(stats->topic).mesh_deliveries.cap);
}

void peer_score::invalid_message(peer_handle peer, std::string_view topic,
                                 double count) {
  if (auto* stats = stats_of(peer, topic))
    stats->counters.add(topic_counter::invalid_messages, count);
}

void peer_score::penalize(peer_handle peer, double count) {
  if (auto* known = peers_.find(peer)) {
    known->peer.behaviour = std::max(known->peer.behaviour + count, 0.0);
    known->stale = true;
  }
}

void peer_score::slow_peer(peer_handle peer, double count) {
  if (auto* known = peers_.find(peer)) {
    known->peer.slow += count;
    known->stale = true;
  }
}

void peer_score::set_application_score(peer_handle peer, double value) {
  if (const auto* known = peers_.find(peer))
    set_application_score(libp2p::peer_id{known->peer.id}, value);
}

void peer_score::set_application_score(const libp2p::peer_id& id,
                                       double value) {
  if (!std::isfinite(value))
    return;
  if (value == 0)
    application_.erase(id);
  else
    application_[id] = value;
  if (auto* place = peers_.find(find_peer(id))) {
    place->peer.application = value;
    place->stale = true;
  }
}

double peer_score::score(peer_handle peer) const noexcept {
  const auto* known = peers_.find(peer);
  if (!known)
    return 0;
  if (known->stale) {
    known->sum = sum_of(known->peer, topics_sum(known->peer));
    known->stale = false;
  }
  return known->sum
         + params_.colocation.weight * colocation_.surplus(known->peer.places);
}

expected<void, parameter_error>
peer_score::set_topic(std::string_view topic, const topic_score_parameters& p) {
  if (auto valid = validate(p); !valid)
    return valid;
  topics_.set(topic, p);
  cut_all();
  return {};
}

void peer_score::use(const score_parameters& p) {
  params_ = p;
  topics_.use(p.topics, p.default_topic);
  colocation_.use(p.colocation);
  cut_all();
}

void peer_score::cut_all() {
  peers_.each([this](peer_handle, scored& place) {
    cut(place.peer);
    place.stale = true;
  });
  for (auto& remembered : retained_)
    cut(remembered.peer);
}

void peer_score::cut(record& peer) const {
  for (auto& stats : peer.topics) {
    const auto& p = topics_.parameters(stats.topic);
    stats.counters.cap(topic_counter::first_deliveries, p.first_deliveries.cap);
    stats.counters.cap(topic_counter::mesh_deliveries, p.mesh_deliveries.cap);
  }
}

std::chrono::nanoseconds
peer_score::delivery_window(std::string_view topic) const {
  const auto index = topics_.find(topic);
  if (index != score_topics::none)
    return topics_.parameters(index).mesh_deliveries.window;
  return params_.default_topic ? params_.default_topic->mesh_deliveries.window
                               : std::chrono::nanoseconds::zero();
}

std::chrono::nanoseconds peer_score::largest_delivery_window() const {
  return topics_.largest_window();
}

std::size_t peer_score::stats_count(peer_handle peer) const noexcept {
  const auto* known = peers_.find(peer);
  return known ? known->peer.topics.size() : 0;
}

void peer_score::make_way(peer_handle peer, const libp2p::peer_id& id,
                          time_point now) {
  remove_peer(peers_.owner(peer.slot), now);
  remove_peer(find_peer(id), now);
}

peer_handle peer_score::find_peer(const libp2p::peer_id& id) const {
  const auto slot = by_id_.find(
      hash_of(id), [&](std::uint32_t at) { return peers_[at].peer.id == id; });
  return slot ? peers_.owner(*slot) : peer_handle{};
}

topic_stats* peer_score::stats_of(peer_handle peer, std::string_view topic) {
  auto* known = peers_.find(peer);
  if (!known)
    return nullptr;
  const auto index = topics_.find_or_add(topic);
  if (index == score_topics::none)
    return nullptr;
  known->stale = true;
  auto& all = known->peer.topics;
  auto at = std::lower_bound(all.begin(), all.end(), index, before_topic{});
  if (at == all.end() || at->topic != index) {
    at = all.insert(at, topic_stats{index, false, {}, {}});
    topics_.acquire(index);
  }
  return &*at;
}

topic_stats* peer_score::find_stats(peer_handle peer, std::string_view topic) {
  auto* known = peers_.find(peer);
  const auto index = topics_.find(topic);
  if (!known || index == score_topics::none)
    return nullptr;
  known->stale = true;
  auto& all = known->peer.topics;
  const auto at =
      std::lower_bound(all.begin(), all.end(), index, before_topic{});
  return at == all.end() || at->topic != index ? nullptr : &*at;
}

void peer_score::leave_mesh(topic_stats& stats) {
  const double lacking = topics_.rules(stats.topic).deficit(stats, refreshed_);
  stats.counters.add(topic_counter::mesh_failures, lacking * lacking);
  stats.in_mesh = false;
}

} // namespace grapevine::gossip
