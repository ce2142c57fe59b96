#include "actors/pubsub/mesh_manager_state.hpp"

#include <utility>

// What the router wants done: from effects to messages.

namespace grapevine {

namespace {

using gossip::mesh_event_kind;

std::string_view name_of(mesh_event_kind kind) {
  switch (kind) {
  case mesh_event_kind::grafted:
    return "grafted";
  case mesh_event_kind::pruned:
    return "pruned";
  case mesh_event_kind::graft_in_backoff:
    return "graft during backoff";
  case mesh_event_kind::graft_flood:
    return "graft flood";
  case mesh_event_kind::graft_refused:
    return "graft refused";
  case mesh_event_kind::subscription_refused:
    return "subscription refused, too many topics";
  case mesh_event_kind::grafted_as_better:
    return "grafted for its score";
  case mesh_event_kind::offers_ignored:
    return "offered peers not accepted";
  case mesh_event_kind::proven:
    return "found by an offer and proven";
  case mesh_event_kind::mesh_stays_empty:
    return "nobody stays in the mesh";
  }
  return "unknown";
}

// The peer that all of it is for, if it is one.
std::optional<gossip::peer_handle>
single_receiver(const std::vector<gossip::gossip_due>& topics) {
  const auto& first = topics.front().peers;
  if (first.size() != 1)
    return std::nullopt;
  for (const auto& one : topics)
    if (one.peers != first)
      return std::nullopt;
  return first.front();
}

} // namespace

void mesh_manager_state::carry_out() {
  for (const auto& event : effects_.events)
    note(event);
  for (const auto& one : effects_.standings)
    tell_standing(one);
  report_events();
  send_announcements();
  for (auto& one : effects_.control)
    send_control(one);
  for (auto& one : effects_.partial)
    tell_peer(one.to, send_partial{std::move(one.frame)});
  for (auto& one : effects_.parts)
    deliver(one);
  send_gossip();
  if (!effects_.dials.empty())
    tell(self_, events_, connect_offered{std::exchange(effects_.dials, {})});
  for (const auto& one : effects_.paces)
    tell_peer(one.peer, return_credit{one.changes, 0});
  for (const auto& why : effects_.failures)
    ctx_->log->error("the rules of partial messages failed: {}", why);
  effects_.clear();
  trace_.flush();
}

void mesh_manager_state::note(const gossip::mesh_event& event) {
  const auto* peer = router_.find_peer(event.peer);
  if (peer != nullptr && event.kind == mesh_event_kind::grafted)
    trace_.record([&] {
      return gossip::trace::grafted{peer->id, event.topic};
    });
  if (peer != nullptr && event.kind == mesh_event_kind::pruned)
    trace_.record([&] { return gossip::trace::pruned{peer->id, event.topic}; });
  if (event.kind == mesh_event_kind::mesh_stays_empty)
    return warn_of_empty_mesh(event.topic);
  // A heartbeat can have thousands: nothing is put into words that nobody
  // reads.
  if (!ctx_->log->should_log(spdlog::level::debug))
    return;
  ctx_->log->debug("{} peer={} topic=\"{}\"", name_of(event.kind),
                   peer != nullptr ? to_string(peer->id) : "gone",
                   escaped(event.topic));
}

void mesh_manager_state::warn_of_empty_mesh(const std::string& topic) {
  ctx_->log->warn(
      "no peer of topic \"{}\" stays in this node's mesh, of {} that "
      "have it: they refuse it, or it them; do all nodes of the "
      "network have the same --policy and message ids?",
      escaped(topic), router_.meshes().peers_of(topic).size());
}

void mesh_manager_state::tell_standing(const gossip::standing_changed& one) {
  const auto& id = router_.find_peer(one.peer)->id;
  const auto score = router_.scores().score(one.peer);
  if (one.standing.graylisted && graylisted_.first(id, now(self_)))
    ctx_->log->warn("nothing is accepted of a peer any more, as its score is "
                    "too low score={:.2f} peer={}",
                    score, to_string(id));
  else
    ctx_->log->debug("standing score={:.2f} graylisted={} peer={}", score,
                     one.standing.graylisted, to_string(id));
  tell_peer(one.peer,
            set_standing{one.standing.graylisted, one.standing.without_gossip});
}

void mesh_manager_state::report_events() {
  if (!observed_)
    return;
  using kind = node_event::kind;
  std::vector<node_event> report;
  for (auto& one : effects_.subscriptions)
    report.push_back({one.subscribed ? kind::subscribed : kind::unsubscribed,
                      router_.find_peer(one.peer)->id, std::move(one.topic)});
  for (const auto& one : effects_.events) {
    const auto* peer = router_.find_peer(one.peer);
    if (peer != nullptr && one.kind == mesh_event_kind::grafted)
      report.push_back({kind::grafted, peer->id, one.topic});
    if (peer != nullptr && one.kind == mesh_event_kind::pruned)
      report.push_back({kind::pruned, peer->id, one.topic});
  }
  if (!report.empty())
    tell(self_, events_, node_events{std::move(report)});
}

void mesh_manager_state::send_announcements() {
  if (effects_.announcements.empty())
    return;
  const auto all = std::make_shared<const std::vector<proto::subscription>>(
      std::exchange(effects_.announcements, {}));
  router_.each_peer([&](peer_handle peer) {
    if (router_.greeted(peer))
      tell_peer(peer, grapevine::send_control{all, nullptr});
  });
}

void mesh_manager_state::send_control(gossip::control_due& control) {
  for (const auto& topic : control.grafts)
    ++counts_of(topic).grafts;
  for (const auto& prune : control.prunes)
    ++counts_of(prune.topic).prunes;
  auto ctrl = std::make_shared<proto::control>();
  ctrl->grafts = std::move(control.grafts);
  ctrl->prunes = std::move(control.prunes);
  tell_peer(control.to, grapevine::send_control{nullptr, std::move(ctrl)});
}

void mesh_manager_state::send_gossip() {
  if (effects_.gossip.empty())
    return;
  emit_gossip wanted{{}, std::exchange(effects_.gossip, {})};
  // Between heartbeats it is for one peer as a rule, which came into a mesh.
  if (const auto only = single_receiver(wanted.topics)) {
    wanted.peers.push_back(actor_of(*only));
    for (auto& topic : wanted.topics)
      topic.peers = {{0, only->generation}};
  } else {
    wanted.peers.resize(actors_.slot_count());
    actors_.each([&](peer_handle peer, const peer_actor& actor) {
      wanted.peers[peer.slot] = actor;
    });
  }
  tell(self_, cache_, std::move(wanted));
}

std::shared_ptr<mesh_manager_state::parts_load>
mesh_manager_state::load_of(const caf::actor& receiver) const {
  for (const auto& [topic, known] : partial_receivers_)
    if (known.actor == receiver)
      return known.load;
  return std::make_shared<parts_load>();
}

void mesh_manager_state::log_dropped_parts() {
  dropped_parts_.due(
      now(self_),
      [this](const std::string& topic, std::size_t count) {
        ctx_->log->warn("{} more partial messages dropped, as too many wait "
                        "for their receiver topic=\"{}\"",
                        count, escaped(topic));
      },
      [this](std::size_t count) {
        ctx_->log->warn("{} partial messages of further topics dropped", count);
      });
}

// To a receiver that takes them: what more waits for it than it has room for,
// it has missed.
void mesh_manager_state::deliver(gossip::deliver_partial& parts) {
  const auto receiver = partial_receivers_.find(parts.topic);
  const auto* from = router_.find_peer(parts.from);
  if (receiver == partial_receivers_.end() || from == nullptr)
    return;
  auto& [waiting, missed] = *receiver->second.load;
  const auto size = parts.group.size() + (parts.parts ? parts.parts->size() : 0)
                    + (parts.metadata ? parts.metadata->size() : 0);
  if (!waiting->has_room(size, max_waiting_news, max_waiting_part_bytes)) {
    ++missed;
    if (dropped_parts_.first(parts.topic, now(self_)))
      ctx_->log->warn("a partial message is dropped, as {} wait for their "
                      "receiver topic=\"{}\"",
                      waiting->messages(), escaped(parts.topic));
    return;
  }
  tell(self_, receiver->second.actor,
       partial_delivered{from->id,
                         std::move(parts.topic),
                         std::move(parts.group),
                         std::move(parts.parts),
                         std::move(parts.metadata),
                         std::exchange(missed, 0),
                         {waiting, 1, size}});
}

} // namespace grapevine
