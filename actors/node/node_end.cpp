#include "actors/node/node_state.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

// What ends: parts of the node by themselves, and the node when it is stopped.

namespace grapevine {

namespace {

// How long a failed listener waits before it tries again.
constexpr std::chrono::seconds reopen_pause{1};

// How long actors have to end once they were told to.
constexpr std::chrono::seconds end_patience{1};

} // namespace

// -- what ends by itself ------------------------------------------------------

void node_state::someone_ended(const caf::actor_addr& who,
                               const caf::error& why) {
  const auto is = [&](const auto& handle) { return handle.address() == who; };
  if (phase_ == phase::stopping || phase_ == phase::ended) {
    part_stopped(who);
  } else if (is(mesh_) || is(cache_) || std::ranges::any_of(validators_, is)) {
    ctx_->log->critical("the {} has died: {}; the node ends",
                        is(mesh_)    ? "mesh manager"
                        : is(cache_) ? "message cache"
                                     : "validator",
                        reason_of(why));
    self_->quit(crashed);
  } else if (is(heartbeat_)) {
    ctx_->log->error("the heartbeat has died: {}; restarted", reason_of(why));
    heartbeat_ = parts_.heartbeat(self_->system(), ctx_, mesh_);
    downs_.watch(heartbeat_);
  } else if (is(resolver_)) {
    resolver_ended(reason_of(why));
  } else if (is(metrics_)) {
    ctx_->log->error("what counts for the metrics has died: {}; they begin "
                     "anew",
                     reason_of(why));
    metrics_ = parts_.metrics_collector(self_->system());
    downs_.watch(metrics_);
  } else if (const auto listener =
                 std::ranges::find_if(listeners_, is, &listener_entry::actor);
             listener != listeners_.end()) {
    // One that could not go on has said so itself.
    if (why)
      listener_lost({listener->address, reason_of(why)});
    listeners_.erase(listener);
  } else if (const auto peer = take_ended(who)) {
    // The node may have parted with it before.
    if (const auto i = peers_.find(*peer);
        i != peers_.end() && is(i->second.actor))
      drop(*peer, reason_of(why), ended_by::us);
  } else if (interfaces_watch_ && is(interfaces_watch_)) {
    interfaces_unwatched(reason_of(why));
  } else if (mdns_ && is(mdns_)) {
    mdns_ = mdns_actor{};
    ctx_->log->warn("no peers are looked for by mDNS any more: {}",
                    reason_of(why));
  } else if (store_ && is(*store_)) {
    store_ended(reason_of(why));
  } else if (!dialer_ended(who, reason_of(why))) {
    subscriber_ended(who);
    observer_ended(who);
  }
}

// Found by its address: with thousands of peers that end together, a search for
// each would take seconds.
std::optional<libp2p::peer_id>
node_state::take_ended(const caf::actor_addr& who) {
  auto node = peer_of_.extract(who);
  return node ? std::optional{node.mapped()} : std::nullopt;
}

// Whoever is told that the node has stopped may listen at its addresses.
void node_state::part_stopped(const caf::actor_addr& who) {
  if (phase_ == phase::ended) {
    ending_.erase(who);
    return answer_if_ended();
  }
  std::erase_if(listeners_, [&](const auto& listener) {
    return listener.actor.address() == who;
  });
  if (const auto peer = take_ended(who))
    if (const auto i = peers_.find(*peer);
        i != peers_.end() && i->second.actor.address() == who)
      peers_.erase(i);
  if (store_ && store_->address() == who)
    store_.reset();
  stop_if_done();
}

void node_state::stop_if_done() {
  if (topics_left_ && peers_.empty() && listeners_.empty() && !store_)
    finish_stop();
}

void node_state::listener_lost(const listener_failed& msg) {
  if (phase_ != phase::running)
    return;
  ctx_->log->error("not listening any more: {} addr={}; trying again",
                   msg.reason, msg.address.to_text());
  tell_self_later(self_, reopen_pause, reopen_listener{msg.address});
}

void node_state::reopen(const reopen_listener& msg) {
  if (phase_ != phase::running)
    return;
  auto bound = ctx_->transports.listen(msg.address);
  if (!bound)
    return listener_lost({msg.address, bound.error()});
  start_listener({msg.address, std::move(*bound)});
  // Another port may be free than before.
  look_at_addresses();
}

// -- stop ---------------------------------------------------------------------

caf::result<node_stopped> node_state::stop(const stop_node& msg) {
  auto promise = self_->make_response_promise<node_stopped>();
  if (phase_ == phase::made) {
    promise.deliver(node_stopped{});
    self_->quit();
    return promise;
  }
  if (phase_ != phase::running) {
    promise.deliver(not_running());
    return promise;
  }
  phase_ = phase::stopping;
  requests_.fail_all(not_running());
  stopped_ = promise;
  stop_deadline_ =
      std::clamp(msg.deadline, std::chrono::milliseconds{0}, longest_wait);
  for (const auto& one : listeners_)
    tell(self_, one.actor, close_transport{});
  tell(self_, heartbeat_, stop_heartbeat{});
  give_up_dials();
  close_store_at_end();
  tell_self_later(self_, stop_deadline_ + stop_deadline_ / 4, stop_expired{});
  // The cache answers once everything published before has gone to the mesh
  // manager, which answers once it is with the peers.
  const auto give_up = [this](const caf::error&) { stop_peers(); };
  ask(self_, cache_, stop_deadline_, inspect_cache{})
      .then(
          [this, give_up](const cache_snapshot&) {
            ask(self_, mesh_, stop_deadline_, leave_all{})
                .then([this](all_left) { stop_peers(); }, give_up);
          },
          give_up);
  return promise;
}

void node_state::stop_peers() {
  topics_left_ = true;
  for (const auto& [id, entry] : peers_)
    tell(self_, entry.actor, stop_peer{stop_deadline_});
  stop_if_done();
}

void node_state::stop_expired_now() {
  if (phase_ == phase::stopping) {
    ctx_->log->warn("stopped at the deadline with {} peers unfinished",
                    peers_.size());
    finish_stop();
    // They are quick, unless the application holds them.
    tell_self_later(self_, end_patience, stop_expired{});
  } else if (phase_ == phase::ended && stopped_) {
    ctx_->log->error("the node has ended, but {} of its actors are still in "
                     "the application's code: does a validator wait for "
                     "something?",
                     ending_.size());
    stopped_->deliver(caf::make_error(
        node_errc::still_busy,
        std::string{"the application's code has not come back"}));
    stopped_.reset();
    self_->quit();
  }
}

// Whatever calls the application's code, or sends to its actors, is waited for.
void node_state::finish_stop() {
  if (phase_ != phase::stopping)
    return;
  for (const auto& [id, entry] : peers_)
    wait_for_end(entry.actor);
  for (const auto& one : validators_)
    wait_for_end(one);
  wait_for_end(cache_);
  wait_for_end(mesh_);
  end_partners();
}

// Also of one that has ended before.
template <class Handle>
void node_state::wait_for_end(const Handle& who) {
  ending_.insert(who.address());
  downs_.forget(who.address());
  downs_.watch(who);
}

void node_state::answer_if_ended() {
  if (!stopped_ || !ending_.empty())
    return;
  stopped_->deliver(node_stopped{});
  stopped_.reset();
  self_->quit();
}

void node_state::end_partners() {
  constexpr auto reason = caf::exit_reason::user_shutdown;
  for (const auto& [id, entry] : std::exchange(peers_, {}))
    caf::anon_send_exit(entry.actor, reason);
  for (const auto& [attempt, dial] : dials_.take_all()) {
    caf::anon_send_exit(dial.connector, reason);
    refuse_answer(dial);
  }
  for (const auto& one : validators_)
    caf::anon_send_exit(one, reason);
  for (const auto& one : listeners_)
    caf::anon_send_exit(one.actor, reason);
  if (interfaces_watch_)
    caf::anon_send_exit(interfaces_watch_, reason);
  if (mdns_)
    caf::anon_send_exit(mdns_, reason);
  if (store_)
    caf::anon_send_exit(*store_, reason);
  caf::anon_send_exit(heartbeat_, reason);
  caf::anon_send_exit(metrics_, reason);
  caf::anon_send_exit(resolver_, reason);
  caf::anon_send_exit(cache_, reason);
  caf::anon_send_exit(mesh_, reason);
  ctx_->reactor->post(stop_reactor{});
  phase_ = phase::ended;
}

// -- requests -----------------------------------------------------------------

caf::result<changed> node_state::when_running(std::function<void()> what) {
  if (phase_ == phase::made)
    at_start_.push_back(std::move(what));
  else if (phase_ == phase::running)
    what();
  else
    return not_running();
  return changed{};
}

caf::error node_state::not_running() const {
  return caf::make_error(node_errc::not_running,
                         std::string{phase_ == phase::made
                                         ? "the node has not been started"
                                         : "the node is stopping"});
}

} // namespace grapevine
