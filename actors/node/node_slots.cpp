#include "actors/host/address_group.hpp"
#include "actors/host/connection.hpp"
#include "actors/node/node_state.hpp"

#include <algorithm>
#include <utility>

// Who gets a place among the node's peers, and who gives his to another.

namespace grapevine {

using libp2p::peer_id;

namespace {

peer_slots::origin origin_of(const connection& conn) {
  return {conn.role() == libp2p::role::dialer, address_group(conn.remote())};
}

// Of those that have a pubsub stream.
peer_slots::worths worths_of(const scores_snapshot& seen) {
  peer_slots::worths result;
  for (const auto& one : seen.peers)
    result[one.peer] = {
        std::ranges::any_of(one.score.topics,
                            &gossip::topic_score_snapshot::in_mesh),
        one.score.score};
  return result;
}

} // namespace

// Why nobody, or this peer, may connect now.
std::optional<refusal_reason> node_state::refusal(const arrival& one) const {
  const auto& msg = one.msg;
  if (phase_ != phase::running)
    return refusal_reason{refusal_cause::stopping, "the node stops"};
  if (blocked_.contains(msg.peer))
    return refusal_reason{refusal_cause::blocked, "the peer is blocked"};
  if (allowed_.forbids(msg.peer))
    return refusal_reason{refusal_cause::not_allowed, not_allowed};
  if (auto problem = network_problem(msg.conn->remote()))
    return refusal_reason{refusal_cause::network, *std::move(problem)};
  const auto* kept = one.by ? one.by->is<kept_dial>() : nullptr;
  if (kept != nullptr && kept_.contains(kept->address))
    return std::nullopt;
  if (auto problem = peer_problem(msg.peer))
    return problem;
  if (peers_.contains(msg.peer) || is_protected(msg.peer))
    return std::nullopt;
  return slots_.refusal(origin_of(*msg.conn));
}

void node_state::refuse(const arrival& one, const refusal_reason& why) {
  const auto& msg = one.msg;
  ++totals_.refused[why.cause];
  say(msg.attempt == 0, [&] {
    return fmt::format("connection refused: {} peer={} addr={}", why.text,
                       to_string(msg.peer), msg.conn->remote().to_text());
  });
  msg.conn->session().close();
  msg.conn->write();
  dial_ended(one.by, why.text);
}

void node_state::established(const connection_established& msg) {
  ++(msg.attempt == 0 ? totals_.handshakes_in : totals_.handshakes_out);
  const arrival one{msg, end_attempt(msg.attempt)};
  if (const auto why = refusal(one))
    return refuse(one, *why);
  if (!peers_.contains(msg.peer) && slots_.full())
    return make_room(one);
  admit(one);
}

// For a peer that always gets in: the one goes that is missed least, or any if
// nobody knows who that is.
void node_state::make_room(const arrival& one) {
  const auto then = [this, one](const peer_slots::worths& known) {
    if (const auto why = refusal(one))
      return refuse(one, *why);
    if (!peers_.contains(one.msg.peer) && slots_.full())
      if (const auto least = slots_.worst(
              known, [this](const peer_id& id) { return is_protected(id); }))
        evict(*least, "its place goes to a direct or kept peer");
    admit(one);
  };
  ask_worths(then, [then] { then({}); });
}

void node_state::admit(const arrival& one) {
  const auto& msg = one.msg;
  const bool known = peers_.contains(msg.peer);
  const bool was_offered = one.by && one.by->is<offered_dial>() != nullptr;
  auto& entry = peers_[msg.peer];
  if (!known) {
    entry.actor =
        parts_.peer(self_->system(), ctx_, msg.peer,
                    {mesh_, cache_, node_internal_actor{self_}, metrics_});
    entry.address = msg.conn->remote();
    entry.outbound = msg.conn->role() == libp2p::role::dialer;
    entry.offered = was_offered;
    entry.since = now(self_);
    slots_.add(msg.peer, origin_of(*msg.conn), entry.since);
    downs_.watch(entry.actor);
    peer_of_.insert_or_assign(entry.actor.address(), msg.peer);
    if (announced_anew_)
      tell(self_, entry.actor, use_addresses{announced_});
    say(!entry.outbound && !is_protected(msg.peer), [&] {
      return fmt::format("connected peer={} addr={} direction={}",
                         to_string(msg.peer), entry.address.to_text(),
                         entry.outbound ? "outbound" : "inbound");
    });
  }
  ++entry.adopted;
  tell(self_, entry.actor, adopt_connection{msg.conn, msg.events, was_offered});
  if (one.by)
    dial_led_to(*one.by, msg.peer);
  if (!known)
    event({node_event::kind::connected, msg.peer, {}});
  if (!has_few_peers())
    known_.enough();
  watch_crowd();
}

bool node_state::is_protected(const peer_id& peer) const {
  return direct_.contains(peer) || kept_.keeps(peer);
}

bool node_state::is_allowed(const peer_id& peer) const {
  return allowed_.allows(peer)
         || (is_protected(peer) && !allowed_.forbids(peer));
}

// Why there may be no connection to a peer, wherever it is.
std::optional<refusal_reason>
node_state::peer_problem(const peer_id& peer) const {
  if (blocked_.contains(peer))
    return refusal_reason{refusal_cause::blocked, "the peer is blocked"};
  if (!is_allowed(peer))
    return refusal_reason{refusal_cause::not_allowed, not_allowed};
  return std::nullopt;
}

std::optional<std::string>
node_state::network_problem(const libp2p::multiaddr& address) const {
  return host_->networks ? host_->networks->problem(address) : std::nullopt;
}

void node_state::evict(const peer_id& peer, const std::string& why) {
  const auto entry = peers_.find(peer);
  if (entry == peers_.end())
    return;
  tell(self_, entry->second.actor, disconnect_peer{why});
  drop(peer, why, ended_by::us);
}

// Only where somebody has to go is it asked what peers are worth: it costs the
// others nothing.
void node_state::ask_worths(
    const std::function<void(const peer_slots::worths&)>& then,
    const std::function<void()>& otherwise) {
  constexpr std::chrono::seconds patience{10};
  ask(self_, mesh_, patience, inspect_scores{})
      .then([then](const scores_snapshot& seen) { then(worths_of(seen)); },
            [otherwise](const caf::error&) { otherwise(); });
}

// -- those who have to go -----------------------------------------------------

// One look at a time, and at most one in a few seconds.
void node_state::watch_crowd() {
  if (trimming_ || !(slots_.crowded() || slots_.above_high_water()))
    return;
  trimming_ = true;
  constexpr std::chrono::milliseconds shortest{1};
  constexpr std::chrono::milliseconds longest{5'000};
  tell_self_later(self_,
                  std::clamp(config_.useless_grace / 6, shortest, longest),
                  trim_peers{});
}

void node_state::trim() {
  trimming_ = false;
  if (phase_ != phase::running)
    return;
  if (!slots_.crowded() && surplus({}).empty())
    return watch_crowd();
  trimming_ = true;
  // Without an answer all would seem to be of no use.
  ask_worths(
      [this](const peer_slots::worths& known) {
        trimming_ = false;
        if (phase_ != phase::running)
          return;
        disconnect_useless(known);
        disconnect_surplus(known);
        watch_crowd();
      },
      [this] {
        trimming_ = false;
        watch_crowd();
      });
}

void node_state::disconnect_useless(const peer_slots::worths& known) {
  if (!slots_.crowded())
    return;
  const auto stays = [this](const peer_id& one) { return is_protected(one); };
  for (const auto& peer : slots_.useless(known, stays, now(self_)))
    evict(peer, "it has no pubsub stream, and places are scarce");
}

std::vector<peer_id>
node_state::surplus(const peer_slots::worths& known) const {
  return slots_.surplus(
      known, [this](const peer_id& one) { return is_protected(one); },
      now(self_));
}

void node_state::disconnect_surplus(const peer_slots::worths& known) {
  const auto before = slots_.size();
  const auto leaving = surplus(known);
  for (const auto& peer : leaving)
    evict(peer, "there are more peers than the high-water mark");
  if (!leaving.empty())
    ctx_->log->info("disconnected {} of {} peers, those that are missed least: "
                    "more than high-water={} low-water={}",
                    leaving.size(), before, config_.high_water,
                    config_.low_water);
}

} // namespace grapevine
