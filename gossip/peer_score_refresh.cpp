// The sum, its decay, and its parts for people.
#include "gossip/peer_score.hpp"

#include <algorithm>
#include <cmath>

namespace grapevine::gossip {

namespace {

double excess(double counter, double threshold) {
  return std::max(0.0, counter - threshold);
}

double behaviour_part(double counter, const misbehaviour_parameters& p) {
  const double counted = excess(counter, p.threshold);
  return p.weight * counted * counted;
}

double slow_part(double counter, const misbehaviour_parameters& p) {
  return p.weight * excess(counter, p.threshold);
}

void decay_counter(double& counter, double factor, double to_zero) {
  counter *= factor;
  if (counter < to_zero)
    counter = 0;
}

} // namespace

void peer_score::refresh(time_point now) {
  start_clock(now);
  forget_expired(now);
  if (now < *next_decay_)
    return;
  const auto ticks = 1 + (now - *next_decay_) / params_.decay_interval;
  *next_decay_ += ticks * params_.decay_interval;
  refreshed_ = now;
  decay(ticks);
  topics_.drop_unused();
}

score_snapshot peer_score::inspect(peer_handle peer) const {
  score_snapshot out;
  const auto* known = find(peer);
  if (!known)
    return out;
  const auto& counted = known->peer;
  for (const auto& stats : counted.topics) {
    const auto in_mesh =
        std::max(refreshed_ - stats.grafted, std::chrono::nanoseconds::zero());
    const auto& counters = stats.counters;
    out.topics.push_back(
        {.topic = topics_.name(stats.topic),
         .in_mesh = stats.in_mesh,
         .time_in_mesh = stats.in_mesh ? in_mesh : in_mesh.zero(),
         .first_deliveries = counters[topic_counter::first_deliveries],
         .mesh_deliveries = counters[topic_counter::mesh_deliveries],
         .mesh_failures = counters[topic_counter::mesh_failures],
         .invalid_messages = counters[topic_counter::invalid_messages],
         .score = topics_.score(stats, refreshed_)});
  }
  std::sort(out.topics.begin(), out.topics.end(),
            [](const auto& a, const auto& b) { return a.topic < b.topic; });
  out.score = score(peer);
  out.topic_score = topics_sum(counted);
  out.application = params_.application_weight * counted.application;
  out.colocation =
      params_.colocation.weight * score_colocation::surplus(counted.places);
  out.behaviour = behaviour_part(counted.behaviour, params_.behaviour);
  out.slow_peer = slow_part(counted.slow, params_.slow_peers);
  return out;
}

double peer_score::topics_sum(const record& peer) const noexcept {
  double all = 0;
  for (const auto& stats : peer.topics)
    all += topics_.score(stats, refreshed_);
  return params_.topic_cap > 0 ? std::min(all, params_.topic_cap) : all;
}

double peer_score::sum(const record& peer) const noexcept {
  return topics_sum(peer) + params_.application_weight * peer.application
         + behaviour_part(peer.behaviour, params_.behaviour)
         + slow_part(peer.slow, params_.slow_peers);
}

void peer_score::start_clock(time_point now) {
  if (!next_decay_)
    next_decay_ = now + params_.decay_interval;
}

void peer_score::decay(std::int64_t ticks) {
  topics_.decays(ticks, factors_);
  const auto times = static_cast<double>(ticks);
  const double behaviour = std::pow(params_.behaviour.decay, times);
  const double slow = std::pow(params_.slow_peers.decay, times);
  for (auto& place : slots_) {
    if (!place.used)
      continue;
    decay_topics(place.peer);
    decay_counter(place.peer.behaviour, behaviour, params_.decay_to_zero);
    decay_counter(place.peer.slow, slow, params_.decay_to_zero);
    place.sum = sum(place.peer);
    place.stale = false;
  }
}

void peer_score::decay_topics(record& peer) {
  const auto idle = [this](topic_stats& stats) {
    stats.counters.decay(factors_[stats.topic], params_.decay_to_zero);
    if (stats.in_mesh || !stats.counters.all_zero())
      return false;
    topics_.release(stats.topic);
    return true;
  };
  const auto left =
      std::remove_if(peer.topics.begin(), peer.topics.end(), idle);
  peer.topics.erase(left, peer.topics.end());
}

} // namespace grapevine::gossip
