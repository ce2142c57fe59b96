#include "actors/pubsub/mesh_manager_state.hpp"

#include <chrono>
#include <utility>

// What the mesh manager counts.

namespace grapevine {

namespace {

// Topics whose GRAFTs and PRUNEs are told apart between two questions. Nobody
// has so many meshes.
constexpr std::size_t max_topics = 4'096;

} // namespace

void mesh_manager_state::heartbeat() {
  // The work's own time: the actor's clock stands still in tests.
  const auto begin = std::chrono::steady_clock::now();
  do_heartbeat();
  heartbeats_.add(std::chrono::steady_clock::now() - begin);
}

topic_counts& mesh_manager_state::counts_of(const std::string& topic) {
  const auto known = counts_.find(topic);
  if (known != counts_.end())
    return known->second;
  // The empty name is no topic's.
  return counts_[counts_.size() < max_topics ? topic : std::string{}];
}

mesh_totals mesh_manager_state::totals() const {
  mesh_totals result;
  result.heartbeat_duration = heartbeats_;
  result.pubsub_peers = router_.meshes().peer_count();
  router_.each_peer([&](peer_handle peer) {
    const auto standing = router_.standing_of(peer);
    result.without_gossip += standing.without_gossip ? 1 : 0;
    result.graylisted += standing.graylisted ? 1 : 0;
  });
  return result;
}

void mesh_manager_state::tell_counts(const grapevine::tell_counts& msg) {
  mesh_counts told{msg.question.answered(now(self_)), totals(), {}, {}};
  auto counts = std::exchange(counts_, {});
  for (const auto& topic : router_.meshes().snapshot()) {
    const auto health = router_.health_of(topic);
    topic_metrics one{topic.topic,
                      {topic.subscribed, health.healthy, topic.mesh,
                       topic.fanout, topic.peers},
                      {}};
    if (const auto found = counts.find(topic.topic); found != counts.end())
      one.counts = std::exchange(found->second, {});
    told.topics.push_back(std::move(one));
  }
  for (const auto& [topic, rest] : counts)
    told.gone += rest;
  tell(self_, msg.to, std::move(told));
}

} // namespace grapevine
