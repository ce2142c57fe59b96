#include "actors/node/metrics_book.hpp"

#include <set>
#include <utility>

namespace grapevine {

void metrics_book::begin(std::uint64_t round) {
  round_ = round;
  sums_.queued = {};
}

void metrics_book::note(actor_kind kind, const counts_answer& answer) {
  if (answer.round != 0)
    sums_.mailbox_lag[static_cast<std::size_t>(kind)].add(answer.lag);
}

void metrics_book::add(const peer_counts& told) {
  note(actor_kind::peer, told.answer);
  sums_.peers += told.since;
  if (told.answer.round != round_)
    return;
  for (std::size_t i = 0; i < told.queued.size(); ++i) {
    sums_.queued[i].items += told.queued[i].items;
    sums_.queued[i].bytes += told.queued[i].bytes;
  }
}

void metrics_book::add(const mesh_counts& told) {
  note(actor_kind::mesh_manager, told.answer);
  sums_.mesh = told.totals;
  sums_.other.counts += told.gone;
  meshes_.push_back(told);
}

void metrics_book::add(const cache_counts& told) {
  note(actor_kind::message_cache, told.answer);
  sums_.cache = told.totals;
  sums_.other.counts += told.gone;
  counted_.insert(counted_.end(), told.topics.begin(), told.topics.end());
}

void metrics_book::add(const heartbeat_counts& told) {
  note(actor_kind::heartbeat, told.answer);
  sums_.heartbeat_late += told.late;
}

void metrics_book::add(const validator_counts& told) {
  note(actor_kind::validator, told.answer);
}

void metrics_book::add(const node_counts& told) {
  note(actor_kind::node, told.answer);
  sums_.node = told.totals;
}

void metrics_book::add(const host_counts& told) {
  note(actor_kind::listener, told.answer);
  sums_.host.refused += told.refused;
  sums_.host.failed += told.failed;
}

metrics_snapshot metrics_book::end(std::size_t late) {
  use_topics();
  auto result = sums_;
  result.late = late;
  result.topics.reserve(named_.size());
  for (const auto& [name, one] : named_)
    result.topics.push_back(one);
  return result;
}

topic_metrics& metrics_book::entry(const std::string& topic) {
  const auto known = named_.find(topic);
  return known == named_.end() ? sums_.other : known->second;
}

// The mesh manager knows which topics there are, and in which order the node
// joined them. Without its word all stays as it was.
void metrics_book::use_topics() {
  if (!meshes_.empty()) {
    const auto& latest = meshes_.back().topics;
    std::set<std::string_view> there;
    for (const auto& one : latest)
      there.insert(one.topic);
    std::erase_if(named_, [&](const auto& known) {
      if (there.contains(known.first))
        return false;
      sums_.other.counts += known.second.counts;
      return true;
    });
    for (const auto& one : latest)
      if (named_.size() < max_topics)
        named_.try_emplace(one.topic, topic_metrics{one.topic, {}, {}});
    for (auto& [name, known] : named_)
      known.peers = {};
    sums_.other.peers = {};
    for (const auto& one : latest)
      entry(one.topic).peers += one.peers;
  }
  for (const auto& told : std::exchange(meshes_, {}))
    for (const auto& one : told.topics)
      entry(one.topic).counts += one.counts;
  for (const auto& one : std::exchange(counted_, {}))
    entry(one.topic).counts += one.counts;
}

} // namespace grapevine
