#include "actors/message_cache.hpp"

#include "gossip/rng.hpp"

#include <unordered_map>
#include <unordered_set>

namespace grapevine {

namespace {

gossip::message_cache_options cache_options(const node_context& ctx) {
  const auto& gossip = ctx.config.params.gossip;
  gossip::message_cache_options options;
  if (ctx.config.policy == gossip::signing_policy::strict_sign)
    options.self = ctx.self;
  options.window.history_length = gossip.history_length;
  options.window.history_gossip = gossip.history_gossip;
  options.window.retransmissions = gossip.retransmissions;
  return options;
}

class message_cache_state {
public:
  message_cache_state(message_cache_actor::pointer self, context_ptr ctx,
                      mesh_manager_actor mesh,
                      std::vector<validator_actor> validators)
      : self_{self}, ctx_{std::move(ctx)}, mesh_{std::move(mesh)},
        validators_{std::move(validators)}, cache_{cache_options(*ctx_)},
        rng_{random_number()} {}

  void joined(const peer_joined& msg) {
    peers_.insert_or_assign(msg.peer.id, msg.peer.actor);
  }

  void left(const peer_left& msg) {
    if (const auto i = peers_.find(msg.peer);
        i != peers_.end() && i->second.address() == msg.actor)
      peers_.erase(i);
  }

  void receive(const messages_received& msg) {
    return_credit back;
    for (const auto& one : msg.msgs) {
      if (!wanted_.contains(one.view.topic)
          || cache_.receive(msg.from.id, one.view, one.id, now(self_), effects_)
                 == gossip::credit::returned) {
        ++back.messages;
        back.bytes += one.view.encoded.size();
      }
    }
    if (back.messages > 0)
      tell(self_, msg.from.actor, back);
    carry_out();
  }

  void decide(const verdicts_reached& msg) {
    for (const auto& one : msg.verdicts)
      cache_.decide(one.id, one.token, one.result, now(self_), effects_);
    carry_out();
  }

  void iwant(const iwant_received& msg) {
    send_messages answer;
    cache_.iwant(msg.from.id, msg.ids, msg.ids.size(), answer.msgs);
    if (!answer.msgs.empty())
      tell(self_, msg.from.actor, std::move(answer));
  }

  void ihave(const ihave_received& msg) {
    auto wanted = std::make_shared<proto::control>();
    cache_.ihave(msg.ids, ctx_->config.params.gossip.max_ihave_ids, now(self_),
                 wanted->iwant);
    if (!wanted->iwant.empty())
      tell(self_, msg.from.actor, send_control{nullptr, std::move(wanted)});
  }

  void gossip(const emit_gossip& msg) {
    const auto most = ctx_->config.params.gossip.max_ihave_ids;
    if (!cache_.has_gossip(msg.topic))
      return;
    for (const auto& peer : msg.peers) {
      // Drawn anew for each, so that together they hear of more ids.
      auto ctrl = std::make_shared<proto::control>();
      ctrl->ihaves.push_back(
          {msg.topic, cache_.gossip_ids(msg.topic, most, rng_)});
      tell(self_, peer, send_control{nullptr, std::move(ctrl)});
    }
  }

  void shift() { cache_.shift(now(self_)); }

  // The receipt of a message that goes out comes from the mesh manager.
  bool publish(const gossip::message_ptr& msg) {
    const bool fresh = cache_.publish(msg, now(self_), effects_);
    // Its delivery to subscribers here; the way to peers is `route_own`.
    carry_out();
    return fresh;
  }

  void subscribers(const set_subscribers& msg) {
    if (msg.joined)
      wanted_.insert_or_assign(msg.topic, msg.subscribers);
    else
      wanted_.erase(msg.topic);
  }

  cache_snapshot snapshot() const {
    auto result = counters_;
    result.validating = cache_.validating().size();
    result.seen = cache_.seen().size();
    return result;
  }

private:
  void carry_out() {
    for (auto& effect : effects_)
      std::visit([this](auto& e) { apply(e); }, effect);
    effects_.clear();
    flush();
  }

  void apply(gossip::validate_message& e) {
    to_validate_.push_back(std::move(e));
  }

  void apply(gossip::deliver_message& e) {
    ++counters_.delivered;
    deliver(e.msg, e.source);
    if (!e.source.empty())
      to_route_.push_back({std::move(e.msg), e.source});
  }

  void apply(const gossip::duplicate_message&) { ++counters_.duplicates; }

  void apply(const gossip::rejected_message& e) {
    ++counters_.rejected;
    ctx_->log->debug("message rejected: {} peer={} topic=\"{}\"",
                     to_string(e.reason), e.peer.short_text(),
                     escaped(e.topic));
  }

  void apply(const gossip::ignored_message&) { ++counters_.ignored; }

  void apply(const gossip::throttled_message& e) {
    ++counters_.throttled;
    ctx_->log->debug("message dropped, too many under validation peer={}",
                     e.peer.short_text());
  }

  void apply(const gossip::release_credit& e) {
    auto& back = credit_[e.peer];
    ++back.messages;
    back.bytes += e.bytes;
  }

  void deliver(const gossip::message_ptr& msg, const libp2p::peer_id& source) {
    const auto i = wanted_.find(msg->topic());
    if (i == wanted_.end())
      return;
    for (const auto& subscriber : i->second)
      tell(self_, subscriber,
           message_delivered{msg, source, std::chrono::system_clock::now()});
  }

  // One actor message for all that this turn has for a receiver.
  void flush() {
    if (!to_route_.empty())
      tell(self_, mesh_, route_messages{std::exchange(to_route_, {})});
    if (!to_validate_.empty()) {
      next_validator_ = (next_validator_ + 1) % validators_.size();
      tell(self_, validators_[next_validator_],
           validate_messages{std::exchange(to_validate_, {}), self_});
    }
    for (const auto& [peer, back] : credit_)
      if (const auto i = peers_.find(peer); i != peers_.end())
        tell(self_, i->second, back);
    credit_.clear();
  }

  // Finds by a view of a name without copying it.
  struct name_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using subscriber_map =
      std::unordered_map<std::string, std::vector<caf::actor>, name_hash,
                         std::equal_to<>>;

  message_cache_actor::pointer self_;
  context_ptr ctx_;
  mesh_manager_actor mesh_;
  std::vector<validator_actor> validators_;
  std::size_t next_validator_ = 0;
  gossip::message_cache cache_;
  gossip::rng rng_;
  std::unordered_map<libp2p::peer_id, peer_actor> peers_;
  subscriber_map wanted_;
  cache_snapshot counters_;
  // Of one turn; kept for their memory.
  gossip::message_effects effects_;
  std::vector<gossip::validate_message> to_validate_;
  std::vector<routed_message> to_route_;
  std::unordered_map<libp2p::peer_id, return_credit> credit_;
};

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
      [state](const verdicts_reached& msg) { state->decide(msg); },
      [state](const iwant_received& msg) { state->iwant(msg); },
      [state](const ihave_received& msg) { state->ihave(msg); },
      [state](const emit_gossip& msg) { state->gossip(msg); },
      [state](shift_window) { state->shift(); },
      [self, state,
       mesh](const publish_own& msg) -> caf::result<publish_receipt> {
        if (!state->publish(msg.msg))
          return publish_receipt{msg.msg->id(), 0, true};
        return hand_on(self, mesh, route_own{msg.msg});
      },
      [state](const set_subscribers& msg) { state->subscribers(msg); },
      [state](inspect_cache) { return state->snapshot(); },
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

} // namespace grapevine
