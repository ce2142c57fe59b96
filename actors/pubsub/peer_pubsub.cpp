#include "actors/pubsub/peer_pubsub.hpp"

#include "actors/pubsub/peer_limits.hpp"

#include <algorithm>
#include <utility>

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

} // namespace

peer_pubsub::peer_pubsub(peer_actor::pointer self, context_ptr ctx,
                         libp2p::peer_id id, peer_partners partners,
                         peer_links& links)
    : self_{self}, ctx_{std::move(ctx)}, id_{id}, partners_{std::move(
                                                      partners)},
      links_{links}, queue_{queue_options(*ctx_)}, budget_{ctx_->config.params,
                                                           now(self_)},
      extensions_{{ctx_->config.partial_messages, ctx_->config.test_extension}},
      unwanted_{unwanted_options(ctx_->config.params)} {}

// -- the peer -----------------------------------------------------------------

void peer_pubsub::join(const peer_link& link, const std::string& protocol) {
  const auto version = gossip::version_of(protocol);
  if (joined_ || leaving_ || !version)
    return;
  joined_ = used_ = true;
  const bool dialled = link.conn->role() == libp2p::role::dialer;
  const peer_joined msg{
      {id_, peer_actor{self_}},
      {*version, dialled && !link.offered, false, dialled && link.offered},
      links_.addresses()};
  tell(self_, partners_.mesh, msg);
  tell(self_, partners_.cache, msg);
  ctx_->log->debug("pubsub up protocol={} peer={}", protocol, to_string(id_));
}

void peer_pubsub::leave() {
  if (!std::exchange(joined_, false))
    return;
  const peer_left msg{id_, self_->address()};
  tell(self_, partners_.mesh, msg);
  tell(self_, partners_.cache, msg);
}

void peer_pubsub::leaving() {
  leaving_ = true;
  leave();
}

void peer_pubsub::all_lost() {
  note_closed();
  leave();
  forget_queue();
  spoken_.reset();
  // Whoever comes back is judged anew.
  standing_ = {};
  // Verdicts that are still to come find nobody to give the credit to.
  undecided_messages_ = undecided_bytes_ = 0;
}

void peer_pubsub::identified(const libp2p::identify_info& info) {
  pass_on_record(records_.offer(info.signed_peer_record, now(self_)));
}

void peer_pubsub::pass_on_record(const std::optional<bytes>& record) {
  if (record)
    tell(self_, partners_.mesh, record_learned{id_, *record});
}

void peer_pubsub::stand(const set_standing& msg) {
  standing_ = msg;
}

// -- its connections ----------------------------------------------------------

void peer_pubsub::link_added(const link_ptr&) {
  lost_outbound_ = 0;
  retry_at_.reset();
  if (joined_)
    tell_addresses();
}

void peer_pubsub::link_lost(const link_ptr& link) {
  while (const auto* stream = inbound_on(link))
    lose_inbound(*stream, "connection lost");
  // No fault of the stream: the next one is opened without a pause.
  if (outbound_.link == link)
    close_outbound();
  if (links_.all().empty())
    return;
  if (joined_)
    tell_addresses();
  maybe_open_outbound();
}

void peer_pubsub::tell_addresses() {
  tell(self_, partners_.mesh,
       peer_moved{{id_, peer_actor{self_}}, links_.addresses()});
}

// -- turns --------------------------------------------------------------------

void peer_pubsub::settle() {
  pass_on_messages();
  maybe_move_outbound();
  maybe_open_outbound();
}

std::optional<std::string> peer_pubsub::before_write() {
  flush_scheduled_ = false;
  report_dropped();
  if (!give_up_.empty())
    return std::exchange(give_up_, {});
  settle_inboxes();
  return std::nullopt;
}

void peer_pubsub::after_write() {
  settle_queue();
  trace_.flush();
}

void peer_pubsub::tick(time_point at) {
  if (retry_at_ && at >= *retry_at_)
    retry_at_.reset();
  // It may say no more, and its memory wait for that.
  unwanted_.expire(at);
  pass_on_record(records_.due(at));
  expire(at);
}

// Some peers forget what they have not read once we go away: our stream is
// ended first, and they have a moment to end theirs in answer. Others never do;
// these open our windows as they read on, which is waited for as well.
bool peer_pubsub::finished(time_point at) {
  if (leaving_ && outbound_state_ != outbound_state::open)
    return true;
  if (!ended_at_ && all_sent()) {
    ended_at_ = at;
    if (outbound_) {
      links_.close(outbound_);
      outbound_.link->conn->write();
    }
  }
  return ended_at_
         && (!outbound_
             || at >= std::max(*ended_at_, links_.heard_at())
                          + peer_limits::end_wait);
}

// -- credit -------------------------------------------------------------------

bool peer_pubsub::may_read() const noexcept {
  return undecided_messages_ < peer_limits::undecided_messages
         && undecided_bytes_ < peer_limits::undecided_bytes && !must_wait();
}

void peer_pubsub::credit(const return_credit& msg) {
  const bool blocked = !may_read();
  undecided_messages_ -= std::min(undecided_messages_, msg.messages);
  undecided_bytes_ -= std::min(undecided_bytes_, msg.bytes);
  if (blocked && may_read())
    links_.rearm();
}

} // namespace grapevine
