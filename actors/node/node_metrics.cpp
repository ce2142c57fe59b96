#include "actors/node/node_state.hpp"
#include "actors/node/peers_inspector.hpp"

#include <algorithm>
#include <utility>

// The node's numbers and peers, for who watches it.

namespace grapevine {

namespace {

// Longer than either waits for those that it asks.
constexpr std::chrono::seconds metrics_patience{10};

} // namespace

// The collector answers: the node goes on meanwhile.
caf::result<metrics_snapshot> node_state::metrics() {
  if (phase_ != phase::running)
    return not_running();
  collect_metrics all;
  all.tellers.reserve(peers_.size() + validators_.size() + 4);
  all.tellers.emplace_back(node_internal_actor{self_});
  all.tellers.emplace_back(mesh_);
  all.tellers.emplace_back(cache_);
  all.tellers.emplace_back(heartbeat_);
  for (const auto& one : validators_)
    all.tellers.emplace_back(one);
  for (const auto& [id, entry] : peers_)
    all.tellers.emplace_back(entry.actor);
  for (const auto& one : listeners_)
    all.listeners.emplace_back(one.actor);
  return let_answer<metrics_snapshot>(metrics_, metrics_patience,
                                      std::move(all));
}

caf::result<peers_snapshot> node_state::inspect_all_peers() {
  if (phase_ != phase::running)
    return not_running();
  collect_peers all;
  all.peers.reserve(peers_.size());
  for (const auto& [id, entry] : peers_)
    all.peers.push_back({{id, entry.address, entry.outbound}, entry.actor});
  return let_answer<peers_snapshot>(spawn_peers_inspector(self_->system()),
                                    metrics_patience, std::move(all));
}

void node_state::tell_counts(const grapevine::tell_counts& msg) {
  node_counts told{msg.question.answered(now(self_)), totals_};
  auto& totals = told.totals;
  for (const auto& [id, entry] : peers_)
    ++(entry.outbound ? totals.outbound_peers : totals.inbound_peers);
  const auto& memory = *ctx_->memory;
  totals.queued_bytes = memory.queued.used();
  totals.max_queued_bytes = memory.queued.max();
  totals.unfinished_bytes = memory.unfinished.used();
  totals.max_unfinished_bytes = memory.unfinished.max();
  tell(self_, msg.to, told);
}

void node_state::pass_on(const host_counts& msg) {
  tell(self_, metrics_, msg);
}

} // namespace grapevine
