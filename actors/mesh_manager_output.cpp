#include "actors/mesh_manager_state.hpp"

// What leaves the mesh manager: messages to peers, and what the router wants
// done.

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
    return "offered peers not heeded";
  }
  return "unknown";
}

/// Whether two messages of one turn have the same receivers.
bool go_the_same_way(const routed_message& a, const routed_message& b) {
  return a.source == b.source && a.forwarders.empty() && b.forwarders.empty()
         && a.msg->topic() == b.msg->topic()
         && a.msg->author() == b.msg->author();
}

// The peer that all of it is for, if it is one.
std::optional<gossip::peer_handle>
single_receiver(const std::vector<gossip::emit_gossip>& topics) {
  const auto& first = topics.front().peers;
  if (first.size() != 1)
    return std::nullopt;
  for (const auto& one : topics)
    if (one.peers != first)
      return std::nullopt;
  return first.front();
}

} // namespace

// -- messages -----------------------------------------------------------------

void mesh_manager_state::route(const route_messages& msg) {
  outbox_.expect(msg.msgs.size());
  const routed_message* previous = nullptr;
  std::optional<peer_handle> source;
  for (const auto& one : msg.msgs) {
    if (!previous || !go_the_same_way(*previous, one)) {
      source = mesh_.find_peer(one.source);
      choose_receivers(one, source);
    }
    previous = &one;
    credit(source, one);
    queue_for_receivers(one.msg);
  }
  send_queued(false);
}

void mesh_manager_state::choose_receivers(const routed_message& msg,
                                          std::optional<peer_handle> source) {
  receivers_.clear();
  mesh_.relay_to(msg.msg->topic(), source.value_or(peer_handle{}),
                 msg.msg->author(), receivers_);
  // Whoever sent it before the verdict has it.
  for (const auto& had : msg.forwarders)
    if (const auto peer = mesh_.find_peer(had.peer))
      std::erase(receivers_, *peer);
  partial_.spare_requesting(msg.msg->topic(), receivers_);
}

publish_receipt mesh_manager_state::route(const route_own& msg) {
  choose_receivers(*msg.msg);
  queue_for_receivers(msg.msg);
  send_queued(ctx_->config.params.flood_publish);
  return {msg.msg->id(), receivers_.size(), false};
}

// The i-th receiver begins with the i-th message, so that after the first round
// all messages are with somebody.
batch_receipt mesh_manager_state::route(const route_batch& msg) {
  batch_receipt result;
  std::vector<gossip::message_ptr> fresh;
  receivers_.clear();
  for (const auto& one : msg.msgs)
    if (!one.duplicate) {
      choose_receivers(*one.msg);
      fresh.push_back(one.msg);
    }
  for (const auto& one : msg.msgs)
    result.receipts.push_back(
        {one.msg->id(), one.duplicate ? 0 : receivers_.size(), one.duplicate});
  for (std::size_t turn = 0; turn < fresh.size(); ++turn)
    for (std::size_t i = 0; i < receivers_.size(); ++i)
      outbox_.push(receivers_[i].slot, fresh[(turn + i) % fresh.size()]);
  send_queued(ctx_->config.params.flood_publish);
  return result;
}

void mesh_manager_state::choose_receivers(const gossip::message& msg) {
  if (msg.data().size() >= ctx_->config.params.gossip.idontwant_threshold) {
    choose_warned(msg, {});
    tell_unwanted(msg);
    send_unwanted();
  }
  receivers_.clear();
  mesh_.publish_to(msg.topic(), now(self_), rng_, receivers_);
  partial_.spare_requesting(msg.topic(), receivers_);
}

void mesh_manager_state::queue_for_receivers(const gossip::message_ptr& msg) {
  for (const auto& receiver : receivers_)
    outbox_.push(receiver.slot, msg);
}

void mesh_manager_state::send_queued(bool flood) {
  outbox_.drain(
      [&](std::uint32_t number, std::vector<gossip::message_ptr> msgs) {
        const auto& to = slots_[number];
        const auto& traits = mesh_.find_peer(to.handle)->traits;
        const bool anyway = flood || traits.direct || !has_mesh(traits.version);
        tell(self_, to.actor, send_messages{std::move(msgs), anyway});
      });
}

void mesh_manager_state::announce(const announce_messages& msg) {
  const routed_message* previous = nullptr;
  for (const auto& one : msg.msgs) {
    if (!previous || !go_the_same_way(*previous, one))
      choose_warned(*one.msg,
                    mesh_.find_peer(one.source).value_or(peer_handle{}));
    previous = &one;
    tell_unwanted(*one.msg);
  }
  send_unwanted();
}

void mesh_manager_state::choose_warned(const gossip::message& msg,
                                       peer_handle source) {
  receivers_.clear();
  mesh_.idontwant_to(msg.topic(), source, receivers_);
  partial_.spare_supplying(msg.topic(), receivers_);
}

void mesh_manager_state::tell_unwanted(const gossip::message& msg) {
  for (const auto& receiver : receivers_)
    unwanted_.push(receiver.slot, std::string{msg.id().raw()});
}

void mesh_manager_state::send_unwanted() {
  unwanted_.drain([&](std::uint32_t number, std::vector<std::string> ids) {
    auto ctrl = std::make_shared<proto::control>();
    ctrl->idontwant = std::move(ids);
    tell(self_, slots_[number].actor, send_control{nullptr, std::move(ctrl)});
  });
}

// -- what the router wants done -----------------------------------------------

void mesh_manager_state::carry_out() {
  for (const auto& event : effects_.events)
    note(event);
  send_announcements();
  send_controls();
  gossip_partial();
  send_gossip();
  heed_offers();
  effects_.clear();
  trace_.flush();
}

void mesh_manager_state::send_announcements() {
  if (effects_.announcements.empty())
    return;
  for (auto& own : effects_.announcements)
    partial_.announce(own);
  const auto all = std::make_shared<const std::vector<proto::subscription>>(
      std::move(effects_.announcements));
  for (const auto& one : slots_)
    if (one.actor && one.reachable)
      tell(self_, one.actor, send_control{all, nullptr});
}

void mesh_manager_state::send_controls() {
  mesh_.offer_peers(rng_, effects_);
  for (auto& one : effects_.control) {
    auto ctrl = std::make_shared<proto::control>();
    ctrl->grafts = std::move(one.grafts);
    ctrl->prunes = std::move(one.prunes);
    add_records(ctrl->prunes);
    if (const auto& to = slots_[one.to.slot].actor)
      tell(self_, to, send_control{nullptr, std::move(ctrl)});
  }
}

void mesh_manager_state::send_gossip() {
  if (effects_.gossip.empty())
    return;
  emit_gossip wanted{{}, std::move(effects_.gossip)};
  // Between heartbeats it is for one peer as a rule, which came into a mesh.
  if (const auto only = single_receiver(wanted.topics)) {
    wanted.peers.push_back(slots_[only->slot].actor);
    for (auto& topic : wanted.topics)
      topic.peers = {{0, only->generation}};
    return tell(self_, cache_, std::move(wanted));
  }
  wanted.peers.reserve(slots_.size());
  for (const auto& one : slots_)
    wanted.peers.push_back(one.actor);
  tell(self_, cache_, std::move(wanted));
}

void mesh_manager_state::add_records(std::vector<proto::prune>& prunes) {
  for (auto& prune : prunes)
    for (auto& peer : prune.peers)
      if (const auto id = libp2p::peer_id::from_bytes(as_bytes(peer.id))) {
        // It is connected: what it said still holds.
        book_.touch(*id, now(self_));
        peer.signed_record = as_text(book_.sealed(*id, now(self_)));
      }
}

void mesh_manager_state::heed_offers() {
  for (const auto& offer : effects_.px) {
    // Each record costs the check of a signature.
    auto& last = slots_[offer.from.slot].offered;
    const auto pause = ctx_->config.params.timers.heartbeat_interval;
    if (last && now(self_) - *last < pause) {
      ctx_->log->debug("offered peers not heeded, too soon after the last");
      continue;
    }
    last = now(self_);
    auto found = candidates_of(offer, book_, now(self_),
                               {.narrowest = slots_[offer.from.slot].scope});
    if (!found.empty())
      tell(self_, events_, connect_offered{std::move(found)});
  }
}

// As often as the router asks who counts as outbound.
void mesh_manager_state::trust_the_proven() {
  const double good = ctx_->config.params.thresholds.opportunistic_graft;
  std::erase_if(newcomers_, [&](const newcomer& one) {
    const auto* record = mesh_.find_peer(one.peer);
    if (record == nullptr)
      return true;
    if (!gossip::has_proven_itself(score_.score(one.peer), good,
                                   now(self_) - one.since))
      return false;
    ctx_->log->debug("found by an offer and proven peer={}",
                     record->id.short_text());
    mesh_.set_outbound(one.peer, true);
    return true;
  });
}

void mesh_manager_state::note(const gossip::mesh_event& event) {
  score(event);
  const auto* peer = mesh_.find_peer(event.peer);
  if (peer != nullptr && event.kind == mesh_event_kind::grafted)
    trace_.record([&] {
      return gossip::trace::grafted{peer->id, event.topic};
    });
  if (peer != nullptr && event.kind == mesh_event_kind::pruned)
    trace_.record([&] { return gossip::trace::pruned{peer->id, event.topic}; });
  // A heartbeat can have thousands: nothing is put into words that nobody
  // reads.
  if (!ctx_->log->should_log(spdlog::level::debug))
    return;
  ctx_->log->debug("{} peer={} topic=\"{}\"", name_of(event.kind),
                   peer != nullptr ? peer->id.short_text() : "gone",
                   escaped(event.topic));
}

} // namespace grapevine
