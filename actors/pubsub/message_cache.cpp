#include "actors/pubsub/message_cache.hpp"

#include "actors/pubsub/message_cache_state.hpp"
#include "gossip/cache/cache_sizes.hpp"

#include <algorithm>
#include <utility>

namespace grapevine {

namespace {

// Messages whose places in the tables are fetched together: few enough that
// they are still there when their turn comes.
constexpr std::size_t look_ahead = 64;

// Peers that are told by IHAVE at once, at least; more are told in so many
// steps, within a part of the time to the next heartbeat: a quarter of
// thousands at once would keep the cores from all else for a tenth of a second.
constexpr std::size_t least_told = 64;
constexpr std::size_t told_steps = 32;
constexpr int told_within_percent = 75;

message_cache_actor::behavior_type
message_cache(message_cache_actor::pointer self, const context_ptr& ctx,
              const mesh_manager_actor& mesh,
              const std::vector<validator_actor>& validators) {
  auto state =
      std::make_shared<message_cache_state>(self, ctx, mesh, validators);
  return {
      [state](const peer_joined& msg) { state->joined(msg); },
      [state](const peer_left& msg) { state->left(msg); },
      [state](const messages_received& msg) { state->receive(msg); },
      [state](verdicts_reached& msg) { state->decide(msg); },
      [state](const iwant_received& msg) { state->iwant(msg); },
      [state](const ihave_received& msg) { state->ihave(msg); },
      [state](const iwant_sent& msg) { state->asked(msg); },
      [state](const block_peer& msg) { state->block(msg); },
      [state](const set_delivery_window& msg) { state->delivery_window(msg); },
      [state](const emit_gossip& msg) { state->gossip(msg); },
      [state](shift_window) { state->shift(); },
      [state](sweep_cache) { state->sweep(); },
      [self, state, mesh](publish_own& msg) -> caf::result<publish_receipt> {
        if (!state->publish(msg.msg, std::move(msg.value)))
          return publish_receipt{msg.msg->id(), 0, true};
        return delegate(self, mesh, route_own{msg.msg});
      },
      [self, state, mesh](publish_own_batch& msg) {
        return delegate(self, mesh, state->publish(msg));
      },
      [state](const set_direct& msg) { state->direct(msg); },
      [state](const bound_validation& msg) { state->bound(msg); },
      [state](const set_subscribers& msg) { state->subscribers(msg); },
      [state](const request_messages& msg) { state->request(msg); },
      [state](const subscriber_has_room& msg) { state->send_waiting(msg); },
      [state](inspect_cache) { return state->snapshot(); },
      [state](const tell_counts& msg) { state->tell_counts(msg); },
  };
}

} // namespace

message_cache_actor
spawn_message_cache(caf::actor_system& sys, context_ptr ctx,
                    mesh_manager_actor mesh,
                    std::vector<validator_actor> validators) {
  return sys.spawn(message_cache, std::move(ctx), std::move(mesh),
                   std::move(validators));
}

message_cache_state::message_cache_state(
    message_cache_actor::pointer self, context_ptr ctx, mesh_manager_actor mesh,
    std::vector<validator_actor> validators)
    : self_{self}, ctx_{std::move(ctx)}, mesh_{std::move(mesh)},
      validators_{std::move(validators)}, cache_{cache_options()},
      rng_{random_number()} {
  for (const auto& peer : ctx_->config.blocked_peers)
    cache_.store().block(peer);
}

gossip::message_cache_options message_cache_state::cache_options() const {
  const auto& config = ctx_->config;
  gossip::message_cache_options options{{}, config.params, config.gater};
  auto& store = options.store;
  if (config.policy == gossip::signing_policy::strict_sign) {
    store.self = ctx_->self;
    store.default_ids = config.message_ids.default_only();
  } else {
    store.sound = [this](const gossip::message& msg) { return sound(msg); };
  }
  store.seen.strategy = config.seen;
  store.seen.max_entries =
      config.max_seen_ids.value_or(gossip::limits::seen_entries);
  store.validation.max_bytes = gossip::rpc_room{config.max_rpc_size}.validating;
  store.window.max_bytes =
      config.max_window_bytes.value_or(gossip::limits::window_bytes);
  store.monotonic_seqno = config.monotonic_seqno;
  store.delivery_window =
      gossip::peer_score{config.score}.largest_delivery_window();
  return options;
}

// -- peers --------------------------------------------------------------------

void message_cache_state::joined(const peer_joined& msg) {
  peers_.insert_or_assign(msg.peer.id, msg.peer.actor);
  cache_.add_peer(msg.peer.id, msg.ips);
}

void message_cache_state::left(const peer_left& msg) {
  const auto i = peers_.find(msg.peer);
  if (i == peers_.end() || i->second.address() != msg.actor)
    return;
  peers_.erase(i);
  cache_.remove_peer(msg.peer, now(self_));
}

void message_cache_state::direct(const set_direct& msg) {
  cache_.set_direct(msg.peer, msg.direct);
}

void message_cache_state::block(const block_peer& msg) {
  if (msg.blocked)
    cache_.store().block(msg.peer);
  else
    cache_.store().unblock(msg.peer);
}

// -- messages -----------------------------------------------------------------

void message_cache_state::receive(const messages_received& msg) {
  return_credit back;
  const auto at = now(self_);
  const bool gated = !cache_.hears(msg.from.id, at, rng_);
  for (std::size_t i = 0; i < msg.msgs.size(); ++i) {
    if (i % look_ahead == 0)
      cache_.store().expect(std::span{msg.msgs}.subspan(
          i, std::min(look_ahead, msg.msgs.size() - i)));
    if (gated)
      ++counters_.gated;
    if (gated || !take(msg.from.id, msg.msgs[i], at)) {
      ++back.messages;
      back.bytes += msg.msgs[i]->encoded().size();
    }
  }
  if (back.messages > 0)
    tell(self_, msg.from.actor, back);
  carry_out();
}

// Whether it still takes up its sender's credit.
bool message_cache_state::take(const libp2p::peer_id& from,
                               const gossip::message_ptr& msg, time_point at) {
  auto* topic = find_wanted(msg->topic());
  if (topic == nullptr) {
    cache_.unwanted(*msg, at, effects_);
    return false;
  }
  ++topic->counts.received;
  topic->counts.received_bytes += msg->encoded().size();
  return cache_.receive(from, msg, at, effects_) == gossip::credit::pending;
}

message_cache_state::wanted_topic*
message_cache_state::find_wanted(std::string_view topic) {
  // Most messages are of the same topic as the one before.
  if (last_wanted_ == wanted_.end() || last_wanted_->first != topic)
    last_wanted_ = wanted_.find(topic);
  return last_wanted_ == wanted_.end() ? nullptr : &last_wanted_->second;
}

void message_cache_state::decide(verdicts_reached& msg) {
  for (auto& one : msg.verdicts)
    cache_.decide(one.id, one.token, std::move(one.result), now(self_),
                  effects_);
  if (msg.since)
    validation_.add(now(self_) - *msg.since, msg.verdicts.size());
  carry_out();
}

bool message_cache_state::publish(const gossip::message_ptr& msg,
                                  std::any value) {
  const bool fresh =
      cache_.publish(msg, now(self_), effects_, std::move(value));
  if (fresh)
    trace_published(*msg);
  // Its delivery to subscribers here; the way to peers is `route_own`.
  carry_out();
  return fresh;
}

route_batch message_cache_state::publish(publish_own_batch& msg) {
  route_batch result;
  msg.values.resize(msg.msgs.size());
  for (std::size_t i = 0; i < msg.msgs.size(); ++i)
    result.msgs.push_back(
        {msg.msgs[i], !publish(msg.msgs[i], std::move(msg.values[i]))});
  return result;
}

void message_cache_state::bound(const bound_validation& msg) {
  if (msg.topic == all_topics) {
    cache_.store().bound_validations(msg.messages);
    all_judged_ = msg.messages.has_value();
    return;
  }
  cache_.store().bound_validation(msg.topic, msg.messages);
  if (msg.messages)
    judged_.insert(msg.topic);
  else
    judged_.erase(msg.topic);
}

// Without a signature to check or a judge to ask, a validator would only cost
// time.
bool message_cache_state::sound(const gossip::message& msg) const {
  return !all_judged_ && (judged_.empty() || !judged_.contains(msg.topic()))
         && gossip::verify_unsigned(msg.fields()).has_value();
}

// -- gossip -------------------------------------------------------------------

void message_cache_state::iwant(const iwant_received& msg) {
  send_answers answer;
  cache_.store().iwant(msg.from.id, msg.ids, msg.ids.size(), answer.msgs);
  if (!answer.msgs.empty())
    tell(self_, msg.from.actor, std::move(answer));
}

void message_cache_state::ihave(const ihave_received& msg) {
  auto wanted = std::make_shared<proto::control>();
  wanted->iwant = cache_.ihave(msg.ids, now(self_), rng_);
  if (!wanted->iwant.empty())
    tell(self_, msg.from.actor, send_control{nullptr, std::move(wanted)});
}

void message_cache_state::asked(const iwant_sent& msg) {
  cache_.asked(msg.peer, msg.id, now(self_));
}

void message_cache_state::gossip(const emit_gossip& msg) {
  if (msg.topics.empty()) {
    gossip_later_ = false;
    return tell_gossip_on();
  }
  auto all = gossip_of(msg);
  if (all.size() <= least_told) {
    for (auto& one : all)
      tell(self_, one.peer, std::move(one.what));
    return;
  }
  // Late: what is left must not pile up.
  tell_gossip(gossip_waits_.size());
  gossip_step_ = std::max(least_told, all.size() / told_steps + 1);
  gossip_waits_.expect(all.size());
  for (auto& one : all)
    gossip_waits_.push_back(std::move(one));
  tell_gossip_on();
}

// All of a heartbeat is chosen before the window moves on, whenever it is told.
std::vector<message_cache_state::gossip_for>
message_cache_state::gossip_of(const emit_gossip& msg) {
  std::vector<send_gossip> told(msg.peers.size());
  for (const auto& one : msg.topics)
    cache_.gossip(one, rng_, [&](gossip::peer_handle to, auto part) {
      told[to.slot].parts.push_back(std::move(part));
    });
  std::vector<gossip_for> result;
  for (std::size_t i = 0; i < told.size(); ++i)
    if (!told[i].parts.empty() && msg.peers[i])
      result.push_back({msg.peers[i], std::move(told[i])});
  return result;
}

void message_cache_state::tell_gossip(std::size_t most) {
  for (; most > 0 && !gossip_waits_.empty(); --most) {
    auto next = gossip_waits_.pop_front();
    tell(self_, next.peer, std::move(next.what));
  }
}

void message_cache_state::tell_gossip_on() {
  tell_gossip(gossip_step_);
  if (gossip_waits_.empty() || std::exchange(gossip_later_, true))
    return;
  const std::chrono::nanoseconds interval =
      ctx_->config.params.timers.heartbeat_interval;
  tell_self_later(self_,
                  interval / 100 * told_within_percent
                      / static_cast<int>(told_steps),
                  emit_gossip{});
}

void message_cache_state::shift() {
  cache_.shift(now(self_), effects_);
  carry_out();
  flush_report();
  log_rejections();
  log_missed();
  log_early();
  sweep();
}

// In parts, behind what waits in the mailbox: a busy second leaves a hundred
// thousand messages to be freed.
void message_cache_state::sweep() {
  if (cache_.store().sweep(now(self_)))
    tell_self(self_, sweep_cache{});
}

void message_cache_state::delivery_window(const set_delivery_window& msg) {
  cache_.store().delivery_window(msg.length);
}

cache_snapshot message_cache_state::snapshot() const {
  auto result = counters_;
  result.validating = cache_.store().validating().size();
  const auto& seen = cache_.store().seen();
  result.seen = seen.size();
  result.forgotten_early = seen.forgotten_early();
  result.dropped_early = cache_.store().window().dropped_early();
  return result;
}

} // namespace grapevine
