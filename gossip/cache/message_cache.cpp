#include "gossip/cache/message_cache.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

namespace grapevine::gossip {

namespace {

message_store_options store_options(const message_cache_options& options) {
  auto result = options.store;
  const auto& params = options.params;
  result.seen.ttl = params.timers.seen_ttl;
  result.window.history_length = params.gossip.history_length;
  result.window.retransmissions = params.gossip.retransmissions;
  return result;
}

} // namespace

message_cache::message_cache(const message_cache_options& options)
    : params_{options.params}, store_{store_options(options)} {
  if (options.gater)
    gater_.emplace(*options.gater);
}

// -- peers --------------------------------------------------------------------

void message_cache::add_peer(const libp2p::peer_id& peer,
                             std::span<const libp2p::ip_address> ips) {
  if (gater_)
    gater_->add_peer(peer,
                     ips.empty() ? std::nullopt : std::optional{ips.front()});
}

void message_cache::remove_peer(const libp2p::peer_id& peer, time_point now) {
  if (gater_)
    gater_->remove_peer(peer, now);
}

void message_cache::set_direct(const libp2p::peer_id& peer, bool direct) {
  if (direct)
    direct_.insert(peer);
  else
    direct_.erase(peer);
}

// -- messages -----------------------------------------------------------------

bool message_cache::hears(const libp2p::peer_id& from, time_point now,
                          rng& gen) {
  if (!gater_ || direct_.contains(from) || gater_->accepts(from, now, gen))
    return true;
  // It cannot keep what it promised.
  promises_.forget(from);
  return false;
}

credit message_cache::receive(const libp2p::peer_id& from,
                              const message_ptr& msg, time_point now,
                              message_effects& effects) {
  const auto first = effects.size();
  const auto result = store_.receive(from, msg, now, effects);
  settle(first, now, effects);
  return result;
}

void message_cache::unwanted(const message& msg, time_point now,
                             message_effects& effects) {
  came(msg.id(), now);
  tell_late(effects);
}

void message_cache::decide(const message_id& id, validation_token token,
                           verdict result, time_point now,
                           message_effects& effects) {
  const auto first = effects.size();
  store_.decide(id, token, std::move(result), now, effects);
  settle(first, now, effects);
}

bool message_cache::publish(message_ptr msg, time_point now,
                            message_effects& effects, std::any value) {
  const auto first = effects.size();
  const bool fresh =
      store_.publish(std::move(msg), now, effects, std::move(value));
  settle(first, now, effects);
  return fresh;
}

void message_cache::settle(std::size_t first, time_point now,
                           message_effects& effects) {
  for (auto i = first; i < effects.size(); ++i)
    std::visit([&](auto& e) { note(e, now); }, effects[i]);
  tell_late(effects);
}

void message_cache::note(validate_message& e, time_point now) {
  e.announce = !e.retry && is_large(*e.msg);
  if (gater_)
    gater_->validated();
  // Whoever forges a copy to keep a promise pays more for the forgery.
  came(e.msg->id(), now);
}

void message_cache::note(deliver_message& e, time_point now) {
  if (e.at_once) {
    e.announce = is_large(*e.msg);
    if (gater_)
      gater_->validated();
    came(e.msg->id(), now);
  }
  if (gater_ && !e.source.empty())
    gater_->delivered(e.source, e.msg->topic());
}

void message_cache::note(const duplicate_message& e, time_point) {
  if (e.own)
    promises_.fulfilled(e.id->raw());
  if (gater_)
    gater_->duplicate(e.peer);
}

void message_cache::note(const rejected_message& e, time_point now) {
  // It came, though nobody looked at it.
  if (!e.msg)
    came(*e.id, now);
  if (gater_)
    gater_->rejected(e.peer);
}

void message_cache::note(const ignored_message& e, time_point) {
  if (gater_)
    gater_->ignored(e.source);
}

void message_cache::note(const throttled_message& e, time_point now) {
  // It came, though it was dropped.
  came(*e.id, now);
  if (gater_)
    gater_->throttled(now);
}

bool message_cache::is_large(const message& msg) const {
  return msg.data().size() >= params_.gossip.idontwant_threshold;
}

// An answer that is late was no lie.
void message_cache::came(const message_id& id, time_point now) {
  promises_.fulfilled(id.raw());
  if (promises_.any_late())
    promises_.made_good(id.raw(), now, late_);
}

void message_cache::tell_late(message_effects& effects) {
  for (const auto& one : late_)
    effects.emplace_back(
        promise_counted{one.peer, -static_cast<double>(one.count)});
  late_.clear();
}

// -- gossip -------------------------------------------------------------------

std::vector<std::string> message_cache::ihave(std::span<const std::string> ids,
                                              time_point now, rng& gen) {
  std::vector<std::string> wanted;
  store_.ihave(ids, params_.gossip.max_ihave_ids, now, wanted);
  shuffle_front(std::span{wanted}, wanted.size(), gen);
  return wanted;
}

void message_cache::asked(const libp2p::peer_id& peer, std::string_view id,
                          time_point now) {
  // It may have come meanwhile.
  if (store_.seen().peek(id, now) == nullptr)
    promises_.track(peer, message_id{id}, now + params_.timers.iwant_followup);
}

std::shared_ptr<const proto::ihave>
message_cache::gossip_ids(const gossip_due& wanted, rng& gen) const {
  if (!store_.has_gossip(wanted.topic, wanted.windows))
    return nullptr;
  const auto most = params_.gossip.max_ihave_ids;
  // One peer alone, as one that came into the mesh, hears of no more anyway.
  const auto gathered =
      wanted.peers.size() == 1 ? most : std::numeric_limits<std::size_t>::max();
  auto all = std::make_shared<proto::ihave>();
  all->topic = wanted.topic;
  all->ids = store_.gossip_ids(wanted.topic, wanted.windows, gathered, gen);
  if (all->ids.size() > most)
    shuffle_front(std::span{all->ids}, all->ids.size(), gen);
  return all;
}

void message_cache::shift(time_point now, message_effects& effects) {
  store_.shift();
  if (gater_)
    gater_->decay(now);
  count_broken(now, effects);
}

void message_cache::count_broken(time_point now, message_effects& effects) {
  // A late heartbeat means that this node is: the answers may wait here.
  const auto interval = params_.timers.heartbeat_interval;
  if (looked_ && now - *looked_ > interval + interval / 2)
    promises_.postpone(now - *looked_ - interval);
  looked_ = now;
  std::vector<broken_promises> broken;
  promises_.broken(now, broken);
  for (const auto& one : broken)
    effects.emplace_back(
        promise_counted{one.peer, static_cast<double>(one.count)});
}

} // namespace grapevine::gossip
