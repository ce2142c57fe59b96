#include "actors/pubsub/peer_state.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

// The peer's streams, and what arrives on them.

namespace grapevine {

namespace trace = gossip::trace;

namespace {

using kind = deferred_action::kind;

inbound_rpc only_subscriptions(inbound_rpc rpc) {
  inbound_rpc result;
  result.subscriptions = std::move(rpc.subscriptions);
  return result;
}

} // namespace

void peer_state::on(const link_ptr&, const libp2p::session_ready&) {}

void peer_state::on(const link_ptr& link,
                    const libp2p::peer_identified& event) {
  if (!event.push || !event.info.protocols.empty()) {
    link->protocols = event.info.protocols;
    link->refused = false;
  }
  pass_on_record(records_.offer(event.info.signed_peer_record, now(self_)));
  if (!event.push)
    ctx_->log->debug("identified peer={} agent=\"{}\"", id_.short_text(),
                     escaped(event.info.agent_version));
}

void peer_state::pass_on_record(const std::optional<bytes>& record) {
  if (record)
    tell(self_, partners_.mesh, record_learned{id_, *record});
}

void peer_state::on(const link_ptr& link,
                    const libp2p::stream_accepted& event) {
  // What it has given up it ends: until then there may be more on an older one.
  if (inbounds_.size() >= peer_limits::inbound_streams) {
    const auto oldest = inbounds_.front().at;
    oldest.link->deferred.push_back({kind::reset, oldest.id});
    lose_inbound(inbounds_.front(), "one of too many");
  }
  inbounds_.push_back(
      {{link, event.id},
       rpc_inbox{ctx_->config, id_, ctx_->unfinished(), &trace_, ++accepted_}});
  if (const auto version = gossip::version_of(event.protocol))
    extensions_.open_inbound(*version, accepted_);
  tell_usable();
  join(*link, event.protocol);
}

void peer_state::on(const link_ptr& link, const libp2p::stream_opened& event) {
  if (!outbound_.is(link, event.id))
    return;
  outbound_state_ = outbound_state::greeting;
  trace_.record([&] { return trace::stream_opened{id_, event.protocol}; });
  join(*link, event.protocol);
  const auto version = gossip::version_of(event.protocol);
  queue_.set_gossipsub(version && gossip::has_mesh(*version));
  if (version)
    announce_ = extensions_.open_outbound(*version);
  tell(self_, partners_.mesh, hello_wanted{{id_, peer_actor{self_}}});
}

void peer_state::on(const link_ptr& link, const libp2p::stream_refused& event) {
  if (!outbound_.is(link, event.id))
    return;
  link->refused = true;
  outbound_ = {};
  outbound_state_ = outbound_state::none;
  ctx_->log->debug("pubsub refused peer={}", id_.short_text());
}

void peer_state::on(const link_ptr& link, const libp2p::stream_data& event) {
  // Streams are one-way: nothing is expected on ours.
  auto* stream = find_inbound(link, event.id);
  if (stream == nullptr || leaving_)
    return;
  // Of the thread: idle peers have none.
  thread_local std::vector<inbound_rpc> rpcs;
  rpcs.clear();
  const auto fed =
      stream->inbox.feed(event.data, now(self_), budget_, extensions_, rpcs);
  for (auto& rpc : rpcs)
    dispatch(rpc);
  rpcs.clear();
  if (!fed)
    refuse(*stream, fed.error());
}

void peer_state::refuse(const inbound_stream& stream, inbox_error why) {
  stream.at.link->deferred.push_back({kind::reset, stream.at.id});
  // Whoever has another limit than we means no harm.
  if (why != inbox_error::too_large)
    tell(self_, partners_.mesh,
         misbehaved{id_, peer_limits::malformed_penalty, to_string(why)});
  lose_inbound(stream, to_string(why));
}

void peer_state::on(const link_ptr& link, const libp2p::stream_ended& event) {
  if (const auto* stream = find_inbound(link, event.id)) {
    // Also an answer: we have read it all.
    link->deferred.push_back({kind::close, event.id});
    lose_inbound(*stream, "ended by the peer");
  } else if (outbound_.is(link, event.id) && ended_at_) {
    // It has read all of ours. Before our end, its own means nothing.
    close_outbound();
  }
}

void peer_state::on(const link_ptr& link, const libp2p::stream_reset& event) {
  if (const auto* stream = find_inbound(link, event.id))
    lose_inbound(*stream, "reset by the peer");
  else if (outbound_.is(link, event.id))
    lose_outbound();
}

void peer_state::on(const link_ptr& link, const libp2p::ping_measured&) {
  link->probed.reset();
}

void peer_state::on(const link_ptr& link, const libp2p::session_closed& event) {
  link->conn->explain(to_string(event.why));
}

void peer_state::join(const peer_link& link, const std::string& protocol) {
  const auto version = gossip::version_of(protocol);
  if (joined_ || leaving_ || !version)
    return;
  joined_ = true;
  const bool dialled = link.conn->role() == libp2p::role::dialer;
  const peer_joined msg{
      {id_, peer_actor{self_}},
      {*version, dialled && !link.offered, false, dialled && link.offered},
      addresses()};
  tell(self_, partners_.mesh, msg);
  tell(self_, partners_.cache, msg);
  ctx_->log->debug("pubsub up protocol={} peer={}", protocol, id_.short_text());
}

void peer_state::heed(const gossip::extension_news& news) {
  // As much as go takes for it.
  constexpr double penalty = 10;
  if (news.misbehaved)
    tell(self_, partners_.mesh,
         misbehaved{id_, penalty, "extensions announced again"});
  if (news.settled) {
    push_test_extension();
    tell_usable();
  }
  if (news.tested)
    ctx_->log->debug("test extension received peer={}", id_.short_text());
}

void peer_state::tell_usable() {
  const bool usable = extensions_.usable().partial_messages;
  if (std::exchange(partial_usable_, usable) != usable)
    tell(self_, partners_.mesh, partial_usable{id_, usable});
}

void peer_state::dispatch(inbound_rpc& rpc) {
  heed(rpc.news);
  const peer_ref me{id_, peer_actor{self_}};
  if (standing_.graylisted)
    rpc = only_subscriptions(std::move(rpc));
  note_unwanted(rpc.idontwant);
  if (const auto entries = rpc.mesh_entries(); entries > 0) {
    undecided_messages_ += entries;
    tell(self_, partners_.mesh,
         rpc_received{me, std::move(rpc.subscriptions), std::move(rpc.control),
                      entries});
  }
  if (!rpc.iwant.empty() && !standing_.without_gossip)
    tell(self_, partners_.cache, iwant_received{me, std::move(rpc.iwant)});
  if (rpc.partial && partial_usable_)
    dispatch_partial(rpc);
  if (!rpc.msgs.empty())
    dispatch_messages(rpc);
}

void peer_state::dispatch_partial(const inbound_rpc& rpc) {
  ++undecided_messages_;
  undecided_bytes_ += rpc.frame->size();
  tell(self_, partners_.mesh,
       partial_received{{id_, peer_actor{self_}}, rpc.frame, *rpc.partial});
}

void peer_state::dispatch_messages(inbound_rpc& rpc) {
  undecided_messages_ += rpc.msgs.size();
  for (const auto& msg : rpc.msgs)
    undecided_bytes_ += msg->encoded().size();
  if (arrived_.empty())
    arrived_ = std::move(rpc.msgs);
  else
    std::ranges::move(rpc.msgs, std::back_inserter(arrived_));
  // The gater draws lots for each RPC.
  if (ctx_->config.gater)
    pass_on_messages();
}

// What one read of the socket brought goes through the cache together.
void peer_state::pass_on_messages() {
  if (!arrived_.empty())
    tell(self_, partners_.cache,
         messages_received{{id_, peer_actor{self_}},
                           std::exchange(arrived_, {})});
}

// Also of what waits already: it may be late.
void peer_state::note_unwanted(const std::vector<std::string>& ids) {
  std::vector<gossip::message_id> unwanted;
  for (const auto& id : ids) {
    unwanted.emplace_back(id);
    unwanted_.insert(unwanted.back(), now(self_));
  }
  if (!unwanted.empty())
    queue_.cancel(unwanted);
}

void peer_state::stand(const set_standing& msg) {
  standing_ = msg;
}

void peer_state::credit(const return_credit& msg) {
  const bool blocked = !may_read();
  undecided_messages_ -= std::min(undecided_messages_, msg.messages);
  undecided_bytes_ -= std::min(undecided_bytes_, msg.bytes);
  if (blocked && may_read())
    rearm();
}

// Opens our stream once identify, or a stream of theirs, has told that the peer
// speaks pubsub.
void peer_state::maybe_open_outbound() {
  if (outbound_state_ != outbound_state::none || stop_by_
      || (retry_at_ && now(self_) < *retry_at_))
    return;
  // Where its newest stream came from it is sure to be.
  for (auto in = inbounds_.rbegin(); in != inbounds_.rend(); ++in)
    if (!in->at.link->probed && open_outbound(in->at.link))
      return;
  for (const auto& link : links_)
    if ((link->protocols || inbound_on(link)) && open_outbound(link))
      return;
}

// While the connection that our stream is on has yet to prove that it lives: a
// newer one on which the peer speaks. Never an older one, so that two nodes
// that follow each other come to rest.
peer_state::link_ptr peer_state::better_link() const {
  if (!outbound_ || !outbound_.link->probed || stop_by_)
    return nullptr;
  for (auto i = links_.rbegin(); i != links_.rend() && *i != outbound_.link;
       ++i)
    if (!(*i)->probed && !(*i)->refused && !(*i)->conn->ended()
        && inbound_on(*i))
      return *i;
  return nullptr;
}

// What the old stream holds goes out if its connection lives after all; what
// waits in the queue goes to the new one, behind another hello.
void peer_state::maybe_move_outbound() {
  const auto link = better_link();
  if (!link || now(self_) < *outbound_.link->probed + peer_limits::move_pause)
    return;
  ctx_->log->debug("no sign of life, our stream moves to another connection "
                   "peer={}",
                   id_.short_text());
  auto& session = outbound_.link->conn->session();
  if (outbound_state_ == outbound_state::opening)
    session.reset_stream(outbound_.id);
  else
    session.close_stream(outbound_.id);
  close_outbound();
  open_outbound(link);
}

bool peer_state::open_outbound(const link_ptr& link) {
  if (link->refused || link->conn->ended())
    return false;
  auto protocols = link->pubsub_protocols();
  if (protocols.empty())
    return false;
  const auto stream =
      link->conn->session().open_stream(std::move(protocols), now(self_));
  if (!stream)
    return false;
  outbound_ = {link, *stream};
  outbound_state_ = outbound_state::opening;
  outbound_since_ = now(self_);
  retry_at_.reset();
  return true;
}

void peer_state::note_closed() {
  if (outbound_state_ == outbound_state::greeting
      || outbound_state_ == outbound_state::open)
    trace_.record([&] { return trace::stream_closed{id_}; });
}

void peer_state::close_outbound() {
  note_closed();
  outbound_ = {};
  outbound_state_ = outbound_state::none;
  extensions_.close_outbound();
  tell_usable();
}

void peer_state::lose_outbound() {
  close_outbound();
  if (stop_by_)
    return;
  if (now(self_) - outbound_since_ > peer_limits::stable_stream)
    lost_outbound_ = 0;
  if (lost_outbound_ >= peer_limits::reopen_tries) {
    give_up_ = "it closes our stream again and again";
    return schedule_flush();
  }
  retry_at_ = now(self_) + peer_limits::reopen_pause * (1U << lost_outbound_);
  ++lost_outbound_;
  schedule_tick();
}

peer_state::inbound_stream* peer_state::find_inbound(const link_ptr& link,
                                                     libp2p::stream_id id) {
  for (auto& one : inbounds_)
    if (one.at.is(link, id))
      return &one;
  return nullptr;
}

const peer_state::inbound_stream*
peer_state::inbound_on(const link_ptr& link) const {
  for (const auto& one : inbounds_)
    if (one.at.link == link)
      return &one;
  return nullptr;
}

void peer_state::lose_inbound(const inbound_stream& stream,
                              const std::string& why) {
  ctx_->log->debug("inbound pubsub stream: {} peer={}", why, id_.short_text());
  // What was announced on a stream ends with it.
  extensions_.close_inbound(stream.inbox.stream());
  tell_usable();
  inbounds_.erase(inbounds_.begin() + (&stream - inbounds_.data()));
  // Also what was said on any, once there is none.
  if (inbounds_.empty())
    unwanted_.clear();
}

} // namespace grapevine
