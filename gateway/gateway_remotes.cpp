// What the remotes of a gateway have there, and what becomes of it when they
// go.
#include "gateway/gateway_state.hpp"

#include <utility>

namespace grapevine {

namespace {

bool is_lost_connection(const caf::error& why) {
  return why == caf::make_error(caf::exit_reason::remote_link_unreachable);
}

} // namespace

std::optional<gateway_state::remotes::iterator>
gateway_state::remote_of(const caf::node_id& id) {
  if (const auto found = remotes_.find(id); found != remotes_.end())
    return found;
  if (remotes_.size() >= options_.max_remotes)
    return std::nullopt;
  say("a remote has come: " + to_string(id));
  remote fresh{request_rate{options_.max_requests_per_second},
               request_rate{options_.max_bytes_per_second},
               0,
               now(),
               false,
               {},
               {}};
  return remotes_.emplace(id, std::move(fresh)).first;
}

// -- what a remote has --------------------------------------------------------

gateway_state::subscription* gateway_state::find(remotes::iterator who,
                                                 const place& where) {
  auto& all = who->second.subscriptions;
  const auto found = all.find(where);
  return found == all.end() ? nullptr : &found->second;
}

gateway_state::subscription*
gateway_state::subscription_at(remotes::iterator who, const place& where,
                               forward_to to) {
  downs_.watch(to.subscriber);
  if (auto* entry = find(who, where)) {
    entry->subscriber = to.subscriber;
    entry->lost_until.reset();
    tell(self_, entry->forwarder, std::move(to));
    return entry;
  }
  auto& all = who->second.subscriptions;
  if (all.size() >= options_.max_subscriptions)
    return nullptr;
  auto subscriber = to.subscriber;
  auto forwarder =
      spawn_forwarder(self_->system(), self_->address(), std::move(to));
  return &all.emplace(where, subscription{std::move(subscriber),
                                          std::move(forwarder), std::nullopt})
              .first->second;
}

void gateway_state::give_up(remotes::iterator who, const place& where) {
  if (auto taken = who->second.subscriptions.extract(where))
    end(taken.mapped());
}

// The node takes the forwarder's end as that of its subscriptions.
void gateway_state::end(const subscription& what) {
  caf::anon_send_exit(what.forwarder, caf::exit_reason::user_shutdown);
}

// -- who goes -----------------------------------------------------------------

void gateway_state::actor_lost(const caf::actor_addr& who,
                               const caf::error& why) {
  if (who == node_.address()) {
    say("the node has ended, and the gateway with it");
    return self_->quit();
  }
  const auto found = remotes_.find(who.node());
  if (found == remotes_.end())
    return;
  auto& one = found->second;
  for (auto i = one.subscriptions.begin(); i != one.subscriptions.end();)
    if (const auto current = i++; current->second.subscriber.address() == who)
      lose(found, current, is_lost_connection(why));
  for (auto i = one.validated.begin(); i != one.validated.end();)
    if (const auto current = i++; current->second == who) {
      end_validation(current->first);
      one.validated.erase(current);
    }
}

void gateway_state::lose(remotes::iterator who,
                         std::map<place, subscription>::iterator what,
                         bool counts) {
  const auto& [where, topic] = what->first;
  auto& entry = what->second;
  if (counts && topic && options_.linger.count() > 0) {
    entry.lost_until = now() + options_.linger;
    tell(self_, entry.forwarder, forwarding_lost{});
  } else {
    end(entry);
    who->second.subscriptions.erase(what);
  }
}

// Its machine may have vanished, and come back.
void gateway_state::lose_all(remotes::iterator who) {
  say("a remote has not said that it is there: " + to_string(who->first));
  auto& one = who->second;
  one.leased = false;
  for (auto i = one.subscriptions.begin(); i != one.subscriptions.end();)
    if (const auto current = i++; !current->second.lost_until)
      lose(who, current, true);
  for (const auto& [topic, judge] : std::exchange(one.validated, {}))
    end_validation(topic);
}

void gateway_state::forget(remotes::iterator who, std::string_view why) {
  say("a remote has gone: " + to_string(who->first) + ": " + std::string{why});
  remotes_.erase(who);
}

bool gateway_state::is_idle(const remote& one, time_point now) const {
  return one.subscriptions.empty() && one.validated.empty()
         && one.outstanding == 0 && now - one.heard > options_.lease;
}

void gateway_state::look() {
  const auto when = now();
  for (auto i = remotes_.begin(); i != remotes_.end();) {
    const auto current = i++;
    auto& one = current->second;
    std::erase_if(one.subscriptions, [&](const auto& entry) {
      const auto& until = entry.second.lost_until;
      const bool over = until && *until <= when;
      if (over)
        end(entry.second);
      return over;
    });
    if (one.leased && when - one.heard > options_.lease)
      lose_all(current);
    if (is_idle(one, when))
      forget(current, "it has nothing here");
  }
  tell_self_later(self_, look_interval, look_at_remotes{});
}

} // namespace grapevine
