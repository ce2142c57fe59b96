#include "actors/node/node_state.hpp"

#include <algorithm>
#include <fmt/format.h>

// The node's peers: who is dialled, who is lost.

namespace grapevine {

using libp2p::multiaddr;
using libp2p::peer_id;

namespace {

// A connection that the other side ends sooner was never wanted.
constexpr std::chrono::seconds turned_away_within{3};

void answer(asked_dial dial, const caf::expected<peer_connected>& r) {
  if (r)
    dial.answer.deliver(*r);
  else
    dial.answer.deliver(r.error());
}

} // namespace

void node_state::failed(const dial_failed& msg) {
  ++totals_.failed[msg.cause];
  const auto dial = end_attempt(msg.attempt);
  if (const auto* kept = dial ? dial->is<kept_dial>() : nullptr;
      kept != nullptr && msg.is_self)
    leave_out_self(kept->address);
  dial_ended(dial, msg.reason);
}

void node_state::lost(const peer_lost& msg) {
  const auto i = peers_.find(msg.peer);
  // Another connection is already on its way to the actor.
  if (i == peers_.end() || i->second.adopted != msg.adopted)
    return;
  tell(self_, i->second.actor, stop_peer{std::chrono::milliseconds{0}});
  if (phase_ == phase::running)
    drop(msg.peer, msg.reason, msg.used ? ended_by::both : ended_by::them);
}

void node_state::drop(peer_id peer, const std::string& reason, ended_by by) {
  const auto entry = std::move(peers_.extract(peer).mapped());
  slots_.remove(peer);
  // An actor that died could not say so itself.
  const peer_left left{peer, entry.actor.address()};
  tell(self_, mesh_, left);
  tell(self_, cache_, left);
  say(!entry.outbound && !is_protected(peer), [&] {
    return fmt::format("disconnected: {} peer={}", reason, to_string(peer));
  });
  event({node_event::kind::disconnected, peer, {}});
  const auto lived = now(self_) - entry.since;
  const bool stable = lived > config_.redial_max;
  const bool turned_away =
      by == ended_by::them && entry.outbound && lived < turned_away_within;
  redial_lost(peer, turned_away, reason, stable);
  look_later();
}

// A peer that is full, or that blocks us, knows who we are only after the
// handshake, and has no words for it.
void node_state::redial_lost(const peer_id& peer, bool turned_away,
                             const std::string& reason, bool stable) {
  const std::string why = turned_away
                              ? "closes at once after connecting (" + reason
                                    + "): it may be full or block us"
                              : "disconnected: " + reason;
  for (const auto& [address, pause] : kept_.lost(peer, stable, why, rng_)) {
    if (turned_away)
      ctx_->log->warn("the peer {} peer={} addr={} retry_ms={}", why,
                      to_string(peer), address.to_text(), pause.count());
    redial_later(address, pause);
    use_names(names_.lost(address, now(self_), rng_));
  }
}

// -- dials --------------------------------------------------------------------

template <class Purpose>
void node_state::dial(const std::vector<multiaddr>& addresses, Purpose why) {
  const auto attempt = dials_.draw();
  auto connector = parts_.dialer(self_->system(), host_, attempt, addresses,
                                 node_internal_actor{self_});
  downs_.watch(connector);
  dials_.add(attempt, {std::move(connector), std::move(why)});
}

std::optional<dial_record> node_state::end_attempt(attempt_id attempt) {
  auto ended = dials_.take(attempt);
  dial_offered();
  return ended;
}

void node_state::dial_led_to(const dial_record& dial, const peer_id& peer) {
  if (const auto* kept = dial.is<kept_dial>())
    kept_led_to(kept->address, peer);
  else if (const auto* asked = dial.is<asked_dial>())
    answer(*asked, peer_connected{peer});
}

// Without a connection, or with one that was refused.
void node_state::dial_ended(const std::optional<dial_record>& dial,
                            const std::string& reason) {
  if (!dial)
    return;
  const bool running = phase_ == phase::running;
  if (const auto* asked = dial->is<asked_dial>())
    return answer(*asked, running
                              ? caf::make_error(node_errc::dial_failed, reason)
                              : not_running());
  if (dial->is<offered_dial>())
    return dial_known();
  const auto* kept = dial->is<kept_dial>();
  // It may have been given up and taken up again meanwhile.
  if (kept == nullptr || !running || dials_.dials(kept->address))
    return;
  if (const auto pause = kept_.failed(kept->address, reason, rng_)) {
    ctx_->log->warn("cannot connect: {} addr={} retry_ms={}", reason,
                    kept->address.to_text(), pause->count());
    redial_later(kept->address, *pause);
    use_names(names_.failed(kept->address, now(self_), rng_));
  }
}

// A connector that ends without a word has died.
bool node_state::dialer_ended(const caf::actor_addr& who,
                              const std::string& why) {
  const auto attempt = dials_.of(who);
  if (attempt)
    failed({*attempt, {}, why});
  return attempt.has_value();
}

void node_state::give_up_dials() {
  for (const auto& [attempt, dial] : dials_.take_all()) {
    tell(self_, dial.connector, close_transport{});
    refuse_answer(dial);
  }
}

void node_state::refuse_answer(const dial_record& dial) const {
  if (const auto* asked = dial.is<asked_dial>())
    answer(*asked, not_running());
}

// -- peers that others offer --------------------------------------------------

void node_state::offered(const connect_offered& msg) {
  // Without any, it is our own word that the pause is over.
  if (msg.candidates.empty())
    offers_later_ = false;
  if (phase_ != phase::running)
    return;
  for (auto candidate : msg.candidates) {
    skip_private(candidate.addresses);
    const auto peer = candidate.peer;
    if (!candidate.addresses.empty() && peer != ctx_->self
        && !peers_.contains(peer) && !peer_problem(peer)
        && (dials_.dials_offered(peer) || !offers_.add(std::move(candidate))))
      ctx_->log->debug("an offered peer is not dialled, others are peer={}",
                       to_string(peer));
  }
  dial_offered();
}

void node_state::dial_offered() {
  while (phase_ == phase::running && peers_.size() < config_.max_peers) {
    const auto next = offers_.next(now(self_), dials_.offered_count());
    if (!next)
      return dial_offered_later();
    if (peers_.contains(next->peer))
      continue;
    std::vector<multiaddr> addresses;
    for (const auto& address : next->addresses)
      addresses.push_back(address.without_peer().with_peer(next->peer));
    ctx_->log->debug("dialling an offered peer={}", to_string(next->peer));
    dial(addresses, offered_dial{next->peer});
  }
}

// Where it is the end of an attempt that is waited for, that calls.
void node_state::dial_offered_later() {
  const auto pause = offers_.pause(now(self_), dials_.offered_count());
  if (pause && !std::exchange(offers_later_, true))
    tell_self_later(self_, *pause, connect_offered{});
}

// -- direct, blocked and allowed peers ----------------------------------------

caf::result<changed> node_state::direct(const set_direct_peer& msg) {
  if (!msg.address.peer())
    return caf::make_error(node_errc::bad_address,
                           "a direct peer's address must end in /p2p/ID: "
                               + msg.address.to_text());
  if (const auto problem = dial_problem(msg.address); problem && msg.direct)
    return caf::make_error(node_errc::bad_address, *problem);
  return when_running([this, msg] { make_direct(msg.address, msg.direct); });
}

void node_state::make_direct(const multiaddr& address, bool direct) {
  const set_direct wish{*address.peer(), direct};
  tell(self_, mesh_, wish);
  tell(self_, cache_, wish);
  if (direct)
    direct_.insert(wish.peer);
  else
    direct_.erase(wish.peer);
  const auto configured = [&](const multiaddr& one) {
    return one.peer() == wish.peer;
  };
  if (direct)
    keep_address(address);
  else if (std::ranges::none_of(config_.peers, configured))
    kept_.forget(wish.peer);
}

void node_state::block(const peer_id& peer, bool blocked) {
  tell(self_, cache_, block_peer{peer, blocked});
  if (!blocked) {
    blocked_.erase(peer);
    return;
  }
  blocked_.insert(peer);
  disconnect_now(peer);
}

caf::result<changed> node_state::allow(const allow_peer& msg) {
  if (!allowed_.restricts())
    return caf::make_error(node_errc::bad_parameters,
                           "this node has no list of allowed peers, so that "
                           "all may be connected; to keep one out, block it");
  return when_running([this, msg] { allow_now(msg); });
}

void node_state::allow_now(const allow_peer& msg) {
  allowed_.say(msg.peer, msg.allowed);
  if (!msg.allowed)
    disconnect_now(msg.peer);
}

caf::result<peer_connected> node_state::connect(const connect_peer& msg) {
  auto promise = self_->make_response_promise<peer_connected>();
  if (phase_ != phase::running) {
    promise.deliver(not_running());
  } else if (const auto peer = msg.address.peer();
             peer && peers_.contains(*peer)) {
    promise.deliver(peer_connected{*peer});
  } else if (const auto problem = dial_problem(msg.address)) {
    promise.deliver(caf::make_error(node_errc::bad_address, *problem));
  } else if (const auto unwelcome =
                 peer ? peer_problem(*peer) : std::optional<refusal_reason>{}) {
    promise.deliver(caf::make_error(node_errc::dial_failed, unwelcome->text));
  } else {
    dial({msg.address}, asked_dial{promise});
  }
  return promise;
}

caf::result<changed> node_state::keep(const keep_connected& msg) {
  if (const auto problem = dial_problem(msg.address)) {
    config_.log->warn("{}", *problem);
    return caf::make_error(node_errc::bad_address, *problem);
  }
  return when_running([this, msg] { keep_address(msg.address); });
}

void node_state::keep_address(const multiaddr& address) {
  if (libp2p::names_peers(address)) {
    if (names_.add(address, now(self_)))
      look_up_names();
  } else if (kept_.add(address)) {
    redial({address});
  }
}

void node_state::redial(const redial_peer& msg) {
  if (phase_ != phase::running || !kept_.contains(msg.address))
    return;
  if (const auto peer = msg.address.peer(); peer && peers_.contains(*peer))
    kept_led_to(msg.address, *peer);
  else
    dial(names_.dialled(msg.address), kept_dial{msg.address});
}

void node_state::redial_later(const multiaddr& address,
                              kept_peers::duration pause) {
  tell_self_later(self_, pause, redial_peer{address});
}

caf::result<changed> node_state::disconnect(const disconnect_from& msg) {
  return when_running([this, msg] { disconnect_now(msg.peer); });
}

void node_state::disconnect_now(const peer_id& peer) {
  kept_.forget(peer);
  use_names(names_.leave_out(peer, now(self_), rng_));
  const auto i = peers_.find(peer);
  if (i == peers_.end())
    return;
  tell(self_, i->second.actor, disconnect_peer{"asked to"});
  drop(peer, "asked to", ended_by::us);
}

} // namespace grapevine
