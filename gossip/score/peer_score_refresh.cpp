// The sum, its decay, and its parts for people.
#include "gossip/score/peer_score.hpp"

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
  const auto* known = peers_.find(peer);
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
         .score = topics_.rules(stats.topic).score(stats, refreshed_)});
  }
  std::sort(out.topics.begin(), out.topics.end(),
            [](const auto& a, const auto& b) { return a.topic < b.topic; });
  out.score = score(peer);
  out.topic_score = capped(topics_sum(counted));
  out.application = params_.application_weight * counted.application;
  out.colocation =
      params_.colocation.weight * colocation_.surplus(counted.places);
  out.behaviour = behaviour_part(counted.behaviour, params_.behaviour);
  out.slow_peer = slow_part(counted.slow, params_.slow_peers);
  return out;
}

double peer_score::topics_sum(const record& peer) const noexcept {
  double all = 0;
  for (const auto& stats : peer.topics)
    all += topics_.rules(stats.topic).score(stats, refreshed_);
  return all;
}

double peer_score::capped(double topics) const noexcept {
  return params_.topic_cap > 0 ? std::min(topics, params_.topic_cap) : topics;
}

double peer_score::sum_of(const record& peer, double topics) const noexcept {
  return capped(topics) + params_.application_weight * peer.application
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
  peers_.each([&](peer_handle, scored& place) {
    auto& peer = place.peer;
    decay_counter(peer.behaviour, behaviour, params_.decay_to_zero);
    decay_counter(peer.slow, slow, params_.decay_to_zero);
    place.sum = sum_of(peer, decay_topics(peer));
    place.stale = false;
  });
}

double peer_score::decay_topics(record& peer) {
  double all = 0;
  const auto to_zero = static_cast<float>(params_.decay_to_zero);
  auto kept = peer.topics.begin();
  // Sums up on the way: with many peers it is the memory that takes the time.
  for (auto& stats : peer.topics) {
    stats.counters.decay(factors_[stats.topic], to_zero);
    if (!stats.in_mesh && stats.counters.all_zero()) {
      topics_.release(stats.topic);
      continue;
    }
    all += topics_.rules(stats.topic).score(stats, refreshed_);
    if (&*kept != &stats)
      *kept = stats;
    ++kept;
  }
  peer.topics.erase(kept, peer.topics.end());
  return all;
}

} // namespace grapevine::gossip
