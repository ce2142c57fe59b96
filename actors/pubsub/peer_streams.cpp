#include "actors/pubsub/peer_pubsub.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

// The peer's streams, and what arrives on them.

namespace grapevine {

namespace trace = gossip::trace;

namespace {

// Which of the offered protocols the peer speaks, the preferred one first; all
// of them while that is not known.
std::vector<std::string> spoken_by_both(const peer_link& link) {
  std::vector<std::string> result;
  for (const auto version : gossip::offered_versions()) {
    const auto id = gossip::protocol_id(version);
    if (!link.protocols
        || std::ranges::find(*link.protocols, id) != link.protocols->end())
      result.emplace_back(id);
  }
  return result;
}

inbound_rpc only_subscriptions(inbound_rpc rpc) {
  inbound_rpc result;
  result.subscriptions = std::move(rpc.subscriptions);
  return result;
}

} // namespace

bool peer_pubsub::speaks(std::string_view protocol) const {
  return gossip::version_of(protocol).has_value();
}

bool peer_pubsub::owns(const link_stream& stream) const {
  return outbound_ == stream
         || std::ranges::find(inbounds_, stream, &inbound_stream::at)
                != inbounds_.end();
}

void peer_pubsub::accepted(const link_stream& stream,
                           const std::string& protocol) {
  // What it has given up it ends: until then there may be more on an older one.
  if (inbounds_.size() >= peer_limits::inbound_streams) {
    links_.reset(inbounds_.front().at);
    lose_inbound(inbounds_.front(), "one of too many");
  }
  inbounds_.push_back({stream, rpc_inbox{ctx_->config, id_, ctx_->unfinished(),
                                         &trace_, ++accepted_}});
  if (const auto version = gossip::version_of(protocol))
    extensions_.open_inbound(*version, accepted_);
  if (!spoken_)
    spoken_ = gossip::version_of(protocol);
  tell_usable();
  join(*stream.link, protocol);
}

void peer_pubsub::opened(const link_stream& stream,
                         const std::string& protocol) {
  if (outbound_ != stream)
    return;
  outbound_state_ = outbound_state::greeting;
  trace_.record([&] { return trace::stream_opened{id_, protocol}; });
  join(*stream.link, protocol);
  const auto version = gossip::version_of(protocol);
  spoken_ = version;
  queue_.set_gossipsub(version && gossip::has_mesh(*version));
  if (version)
    announce_ = extensions_.open_outbound(*version);
  tell(self_, partners_.mesh, hello_wanted{{id_, peer_actor{self_}}});
}

void peer_pubsub::refused(const link_stream& stream) {
  if (outbound_ != stream)
    return;
  outbound_ = {};
  outbound_state_ = outbound_state::none;
  ctx_->log->debug("pubsub refused peer={}", to_string(id_));
}

void peer_pubsub::data(const link_stream& stream, bytes_view data) {
  // Streams are one-way: nothing is expected on ours.
  auto* in = find_inbound(stream);
  if (in == nullptr || leaving_)
    return;
  // Of the thread: idle peers have none.
  thread_local std::vector<inbound_rpc> rpcs;
  rpcs.clear();
  const auto fed = in->inbox.feed(data, now(self_), budget_, extensions_, rpcs);
  for (auto& rpc : rpcs)
    dispatch(rpc);
  rpcs.clear();
  if (!fed)
    refuse(*in, fed.error());
}

void peer_pubsub::refuse(const inbound_stream& stream, inbox_error why) {
  links_.reset(stream.at);
  // Whoever has another limit than we means no harm.
  if (why != inbox_error::too_large)
    tell(self_, partners_.mesh,
         misbehaved{id_, peer_limits::malformed_penalty, to_string(why)});
  lose_inbound(stream, to_string(why));
}

void peer_pubsub::ended(const link_stream& stream) {
  if (const auto* in = find_inbound(stream)) {
    // Also an answer: we have read it all.
    links_.close(stream);
    lose_inbound(*in, "ended by the peer");
  } else if (outbound_ == stream && ended_at_) {
    // It has read all of ours. Before our end, its own means nothing.
    close_outbound();
  }
}

void peer_pubsub::reset(const link_stream& stream) {
  if (const auto* in = find_inbound(stream))
    lose_inbound(*in, "reset by the peer");
  else if (outbound_ == stream) {
    tell_of_reset(*stream.link);
    lose_outbound();
  }
}

// Whoever does not want what we send may say it so. Of strangers nothing is
// said: they could fill the log.
void peer_pubsub::tell_of_reset(const peer_link& link) {
  const bool asked = link.conn->role() == libp2p::role::dialer;
  if (!std::exchange(reset_told_, true) && asked)
    ctx_->log->warn("the peer has reset the stream of our messages: it may not "
                    "take them peer={}",
                    to_string(id_));
}

void peer_pubsub::accept(const gossip::extension_news& news) {
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
    ctx_->log->debug("test extension received peer={}", to_string(id_));
}

void peer_pubsub::tell_usable() {
  const bool usable = extensions_.usable().partial_messages;
  if (std::exchange(partial_usable_, usable) != usable)
    tell(self_, partners_.mesh, partial_usable{id_, usable});
}

void peer_pubsub::dispatch(inbound_rpc& rpc) {
  count(rpc);
  accept(rpc.news);
  const peer_ref me{id_, peer_actor{self_}};
  if (standing_.graylisted)
    rpc = only_subscriptions(std::move(rpc));
  note_unwanted(rpc.idontwant);
  if (const auto entries = rpc.mesh_entries(); entries > 0) {
    undecided_messages_ += entries;
    tell(self_, partners_.mesh,
         control_received{me, std::move(rpc.subscriptions),
                          std::move(rpc.control), entries});
  }
  if (!rpc.iwant.empty() && !standing_.without_gossip)
    tell(self_, partners_.cache, iwant_received{me, std::move(rpc.iwant)});
  if (rpc.partial && partial_usable_)
    dispatch_partial(rpc);
  if (!rpc.msgs.empty())
    dispatch_messages(rpc);
}

void peer_pubsub::dispatch_partial(const inbound_rpc& rpc) {
  ++undecided_messages_;
  undecided_bytes_ += rpc.frame->size();
  tell(self_, partners_.mesh,
       partial_received{{id_, peer_actor{self_}}, rpc.frame, *rpc.partial});
}

void peer_pubsub::dispatch_messages(inbound_rpc& rpc) {
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
void peer_pubsub::pass_on_messages() {
  if (!arrived_.empty())
    tell(self_, partners_.cache,
         messages_received{{id_, peer_actor{self_}},
                           std::exchange(arrived_, {})});
}

// Also of what waits already: it may be late.
void peer_pubsub::note_unwanted(const std::vector<std::string>& ids) {
  std::vector<gossip::message_id> unwanted;
  for (const auto& id : ids) {
    unwanted.emplace_back(id);
    unwanted_.insert(unwanted.back(), now(self_));
  }
  if (!unwanted.empty())
    queue_.cancel(unwanted);
}

// Opens our stream once identify, or a stream of theirs, has told that the peer
// speaks pubsub.
void peer_pubsub::maybe_open_outbound() {
  if (outbound_state_ != outbound_state::none || links_.stopping()
      || (retry_at_ && now(self_) < *retry_at_))
    return;
  // Where its newest stream came from it is sure to be.
  for (auto in = inbounds_.rbegin(); in != inbounds_.rend(); ++in)
    if (!in->at.link->probed && open_outbound(in->at.link))
      return;
  for (const auto& link : links_.all())
    if ((link->protocols || inbound_on(link)) && open_outbound(link))
      return;
}

// While the connection that our stream is on has yet to prove that it lives: a
// newer one on which the peer speaks. Never an older one, so that two nodes
// that follow each other come to rest.
link_ptr peer_pubsub::better_link() const {
  if (!outbound_ || !outbound_.link->probed || links_.stopping())
    return nullptr;
  const auto& links = links_.all();
  for (auto i = links.rbegin(); i != links.rend() && *i != outbound_.link; ++i)
    if (!(*i)->probed && !refused_on(*i) && !(*i)->conn->ended()
        && inbound_on(*i))
      return *i;
  return nullptr;
}

// What the old stream holds goes out if its connection lives after all; what
// waits in the queue goes to the new one, behind another hello.
void peer_pubsub::maybe_move_outbound() {
  const auto link = better_link();
  if (!link || now(self_) < *outbound_.link->probed + peer_limits::move_pause)
    return;
  ctx_->log->debug("no sign of life, our stream moves to another connection "
                   "peer={}",
                   to_string(id_));
  if (outbound_state_ == outbound_state::opening)
    links_.reset(outbound_);
  else
    links_.close(outbound_);
  close_outbound();
  open_outbound(link);
}

bool peer_pubsub::refused_on(const link_ptr& link) const {
  return std::ranges::find(link->refused, this) != link->refused.end();
}

bool peer_pubsub::open_outbound(const link_ptr& link) {
  if (refused_on(link) || link->conn->ended())
    return false;
  auto protocols = spoken_by_both(*link);
  if (protocols.empty())
    return false;
  const auto stream = links_.open(link, std::move(protocols));
  if (!stream)
    return false;
  outbound_ = {link, *stream};
  outbound_state_ = outbound_state::opening;
  outbound_since_ = now(self_);
  retry_at_.reset();
  return true;
}

void peer_pubsub::note_closed() {
  if (outbound_state_ == outbound_state::greeting
      || outbound_state_ == outbound_state::open)
    trace_.record([&] { return trace::stream_closed{id_}; });
}

void peer_pubsub::close_outbound() {
  note_closed();
  outbound_ = {};
  outbound_state_ = outbound_state::none;
  extensions_.close_outbound();
  tell_usable();
}

void peer_pubsub::lose_outbound() {
  close_outbound();
  if (links_.stopping())
    return;
  if (now(self_) - outbound_since_ > peer_limits::stable_stream)
    lost_outbound_ = 0;
  if (lost_outbound_ >= peer_limits::reopen_tries) {
    give_up_ = "it closes our stream again and again";
    return schedule_flush();
  }
  retry_at_ = now(self_) + peer_limits::reopen_pause * (1U << lost_outbound_);
  ++lost_outbound_;
}

peer_pubsub::inbound_stream*
peer_pubsub::find_inbound(const link_stream& stream) {
  const auto found = std::ranges::find(inbounds_, stream, &inbound_stream::at);
  return found == inbounds_.end() ? nullptr : &*found;
}

const peer_pubsub::inbound_stream*
peer_pubsub::inbound_on(const link_ptr& link) const {
  for (const auto& one : inbounds_)
    if (one.at.link == link)
      return &one;
  return nullptr;
}

void peer_pubsub::lose_inbound(const inbound_stream& stream,
                               const std::string& why) {
  ctx_->log->debug("inbound pubsub stream: {} peer={}", why, to_string(id_));
  // What was announced on a stream ends with it.
  extensions_.close_inbound(stream.inbox.stream());
  tell_usable();
  inbounds_.erase(inbounds_.begin() + (&stream - inbounds_.data()));
  // Also what was said on any, once there is none.
  if (inbounds_.empty())
    unwanted_.clear();
}

} // namespace grapevine
