#include "actors/pubsub/peer.hpp"

#include "actors/host/coarse_deadline.hpp"
#include "actors/pubsub/peer_limits.hpp"
#include "actors/pubsub/peer_state.hpp"

#include <algorithm>

namespace grapevine {

namespace {

gossip::send_queue_options queue_options(const node_context& ctx) {
  gossip::send_queue_options options;
  options.max_rpc_size = ctx.config.max_rpc_size;
  options.payload_messages = ctx.config.send_queue_messages;
  // Many of the largest must fit, however large they may be: what waits for all
  // peers has a bound of its own.
  const auto largest = gossip::limits::lane_rpcs * ctx.config.max_rpc_size;
  options.payload_bytes = std::max(ctx.config.send_queue_bytes, largest);
  options.answer_bytes = std::max(options.answer_bytes, largest);
  options.budget = ctx.queued();
  return options;
}

gossip::idontwant_set_options unwanted_options(const gossip::parameters& p) {
  gossip::idontwant_set_options options;
  options.ttl = p.timers.heartbeat_interval
                * static_cast<int>(p.gossip.idontwant_heartbeats);
  return options;
}

// Gives a session's events to the peer, with the link they belong to.
class link_observer : public libp2p::session_observer {
public:
  link_observer(peer_state& peer, std::shared_ptr<peer_link> link)
      : peer_{peer}, link_{std::move(link)} {}

  void on_event(const libp2p::session_event& event) override {
    std::visit([this](const auto& e) { peer_.on(link_, e); }, event);
  }

private:
  peer_state& peer_;
  std::shared_ptr<peer_link> link_;
};

peer_actor::behavior_type peer(peer_actor::pointer self, const context_ptr& ctx,
                               const libp2p::peer_id& id,
                               const peer_partners& partners) {
  auto state = std::make_shared<peer_state>(self, ctx, id, partners);
  return {
      [state](const socket_ready& msg) { state->ready(msg); },
      [state](const adopt_connection& msg) { state->adopt(msg); },
      [state](send_messages& msg) { state->queue(msg); },
      [state](send_answers& msg) { state->queue(msg); },
      [state](const send_partial& msg) { state->queue(msg); },
      [state](const send_control& msg) { state->queue(msg); },
      [state](const send_gossip& msg) { state->queue(msg); },
      [state](const send_hello& msg) { state->hello(msg); },
      [state](const set_standing& msg) { state->stand(msg); },
      [state](const return_credit& msg) { state->credit(msg); },
      [state](flush_output) { state->flush(); },
      [state](peer_tick) { state->tick(); },
      [state](const disconnect_peer& msg) { state->disconnect(msg.reason); },
      [state](const stop_peer& msg) { state->stop(msg); },
  };
}

} // namespace

peer_actor spawn_peer(caf::actor_system& sys, context_ptr ctx,
                      libp2p::peer_id id, peer_partners partners) {
  return sys.spawn(peer, std::move(ctx), id, std::move(partners));
}

peer_state::peer_state(peer_actor::pointer self, context_ptr ctx,
                       libp2p::peer_id id, peer_partners partners)
    : self_{self}, ctx_{std::move(ctx)}, id_{id}, partners_{std::move(
                                                      partners)},
      queue_{queue_options(*ctx_)}, budget_{ctx_->config.params, now(self_)},
      extensions_{{ctx_->config.partial_messages, ctx_->config.test_extension}},
      unwanted_{unwanted_options(ctx_->config.params)} {}

// -- connections --------------------------------------------------------------

void peer_state::adopt(const adopt_connection& msg) {
  ++adopted_;
  if (links_.size() >= peer_limits::links || stop_by_) {
    ctx_->log->debug("connection refused, there are others peer={}",
                     id_.short_text());
    msg.conn->session().close();
    msg.conn->write();
    if (links_.empty())
      lost("stopping");
    return;
  }
  auto link = std::make_shared<peer_link>();
  link->conn = msg.conn;
  link->offered = msg.offered;
  links_.push_back(link);
  lost_outbound_ = 0;
  retry_at_.reset();
  link->conn->assign(peer_actor{self_});
  probe_older_links();
  if (joined_)
    tell_addresses();
  link_observer observer{*this, link};
  msg.events->replay(observer);
  settle();
}

void peer_state::ready(const socket_ready& msg) {
  const auto link = find_link(msg.id);
  if (!link)
    return;
  link->conn->on_ready(msg);
  if (msg.readable && may_read()) {
    heard_at_ = now(self_);
    link_observer observer{*this, link};
    link->conn->read(peer_limits::read_budget, now(self_), observer);
  }
  settle();
}

void peer_state::tick() {
  // One that an earlier tick has replaced.
  if (!tick_at_ || now(self_) < *tick_at_)
    return;
  tick_at_.reset();
  if (retry_at_ && now(self_) >= *retry_at_)
    retry_at_.reset();
  // It may say no more, and its memory wait for that.
  unwanted_.expire(now(self_));
  pass_on_record(records_.due(now(self_)));
  expire();
  for (const auto& link : links_) {
    link_observer observer{*this, link};
    if (link->conn->session().next_tick() <= now(self_))
      link->conn->session().tick(now(self_), observer);
  }
  settle();
}

// Does what the sessions' events asked for, also on other links, writes, and
// arms the sockets.
void peer_state::settle() {
  pass_on_messages();
  for (const auto& link : links_) {
    auto& session = link->conn->session();
    for (const auto& action : std::exchange(link->deferred, {})) {
      if (action.what == deferred_action::kind::reset)
        session.reset_stream(action.stream);
      else
        session.close_stream(action.stream);
    }
  }
  maybe_move_outbound();
  maybe_open_outbound();
  flush();
}

// Whoever connects again may have lost the way on which it came before.
void peer_state::probe_older_links() {
  const auto timeout = std::min<std::chrono::nanoseconds>(
      peer_limits::probe_timeout, ctx_->config.session.ping_timeout);
  for (const auto& link : links_) {
    if (link == links_.back() || link->probed)
      continue;
    link->conn->session().probe(now(self_), timeout);
    link->probed = now(self_);
  }
}

void peer_state::drop_link(const link_ptr& link) {
  last_reason_ = link->conn->reason();
  while (const auto* stream = inbound_on(link))
    lose_inbound(*stream, "connection lost");
  // No fault of the stream: the next one is opened without a pause.
  if (outbound_.link == link)
    close_outbound();
  std::erase(links_, link);
  if (links_.empty())
    return lost(last_reason_);
  if (joined_)
    tell_addresses();
  maybe_open_outbound();
}

std::vector<libp2p::ip_address> peer_state::addresses() const {
  std::vector<libp2p::ip_address> result;
  for (const auto& link : links_)
    if (const auto ip = libp2p::ip_address::of(link->conn->remote());
        ip && std::ranges::find(result, *ip) == result.end())
      result.push_back(*ip);
  return result;
}

void peer_state::tell_addresses() {
  tell(self_, partners_.mesh,
       peer_moved{{id_, peer_actor{self_}}, addresses()});
}

void peer_state::lost(const std::string& reason) {
  note_closed();
  leave();
  forget_queue();
  // Whoever comes back is judged anew.
  standing_ = {};
  // Verdicts that are still to come find nobody to give the credit to.
  undecided_messages_ = undecided_bytes_ = 0;
  if (stop_by_)
    return self_->quit();
  tell(self_, partners_.keeper, peer_lost{id_, adopted_, reason});
}

void peer_state::leave() {
  if (!std::exchange(joined_, false))
    return;
  const peer_left msg{id_, self_->address()};
  tell(self_, partners_.mesh, msg);
  tell(self_, partners_.cache, msg);
}

// As asked to: what waits for the peer still goes.
void peer_state::disconnect(const std::string& reason) {
  ctx_->log->debug("disconnecting: {} peer={}", reason, id_.short_text());
  leaving_ = true;
  leave();
  stop({peer_limits::farewell});
}

void peer_state::disconnect_now(const std::string& reason) {
  ctx_->log->debug("disconnecting: {} peer={}", reason, id_.short_text());
  for (const auto& link : links_) {
    link->conn->session().close();
    link->conn->write();
  }
  links_.clear();
  stop_by_ = now(self_);
  lost(reason);
}

void peer_state::stop(const stop_peer& msg) {
  stop_by_ = now(self_) + msg.deadline;
  if (links_.empty())
    return finish();
  flush();
}

// Some peers forget what they have not read once we go away: our stream is
// ended first, and they have a moment to end theirs in answer. Others never do;
// these open our windows as they read on, which is waited for as well.
void peer_state::maybe_finish() {
  const bool nothing_to_end =
      leaving_ && outbound_state_ != outbound_state::open;
  if (nothing_to_end || now(self_) >= *stop_by_)
    return finish();
  if (!ended_at_ && all_sent()) {
    ended_at_ = now(self_);
    if (outbound_) {
      outbound_.link->conn->session().close_stream(outbound_.id);
      outbound_.link->conn->write();
    }
  }
  if (ended_at_
      && (!outbound_
          || now(self_)
                 >= std::max(*ended_at_, heard_at_) + peer_limits::end_wait))
    finish();
}

void peer_state::finish() {
  for (const auto& link : links_) {
    link->conn->session().close();
    link->conn->write();
  }
  links_.clear();
  lost("stopped");
}

peer_state::link_ptr peer_state::find_link(socket_id id) const {
  for (const auto& link : links_)
    if (link->conn->id() == id)
      return link;
  return nullptr;
}

bool peer_state::may_read() const noexcept {
  return undecided_messages_ < peer_limits::undecided_messages
         && undecided_bytes_ < peer_limits::undecided_bytes && !must_wait();
}

void peer_state::rearm() {
  const bool read = may_read();
  const auto at = now(self_);
  for (const auto& link : links_) {
    // Its silence is then ours, and no sign that it has vanished.
    link->conn->session().hold(!read, at);
    link->conn->arm(read);
  }
  watch(read, at);
  schedule_tick();
}

// Called whenever the sessions' deadlines may have changed.
void peer_state::schedule_tick() {
  const auto at = now(self_);
  auto next = next_due(at);
  for (const auto& link : links_)
    next = std::min(next, link->conn->session().next_tick());
  if (retry_at_)
    next = std::min(next, *retry_at_);
  if (better_link())
    next = std::min(next, *outbound_.link->probed + peer_limits::move_pause);
  next = std::min(next, records_.next());
  if (stop_by_)
    next = std::min({next, *stop_by_, at + peer_limits::stop_poll});
  next = coarse_deadline(next, at);
  if (next == time_point::max() || (tick_at_ && *tick_at_ <= next))
    return;
  tick_at_ = next;
  tell_self_later(self_, std::max(next - at, decltype(next - at){0}),
                  peer_tick{});
}

} // namespace grapevine
