#include "actors/pubsub/peer_limits.hpp"
#include "actors/pubsub/peer_pubsub.hpp"

#include <algorithm>

// What the peer does not take or does not finish: what is dropped for it, what
// it is told of that, and how long it is waited for.

namespace grapevine {

namespace {

using level = gossip::byte_budget::level;

level level_of(const gossip::byte_budget* budget) {
  return budget != nullptr ? budget->fullness() : level::low;
}

// How long an RPC has that others wait for: of one with room they wait for the
// room, but one larger than usual has what that takes.
std::chrono::milliseconds hurried(std::chrono::milliseconds whole,
                                  const rpc_inbox& inbox) {
  if (!inbox.has_room())
    return whole / 6;
  const auto size = inbox.expected_size();
  const std::chrono::milliseconds more{
      (size - std::min(size, gossip::limits::rpc_size))
      / peer_limits::crowded_bytes_per_ms};
  return std::min(whole, whole / 30 + more);
}

// From an RPC's first byte to its last, or from when it had room.
std::chrono::milliseconds rpc_patience(const node_context& ctx,
                                       const rpc_inbox& inbox) {
  const auto whole = ctx.config.rpc_timeout;
  switch (level_of(ctx.unfinished())) {
  case level::low:
    return whole;
  case level::high:
    return std::max(whole / 6, hurried(whole, inbox));
  case level::full:
    break;
  }
  return hurried(whole, inbox);
}

} // namespace

// -- what is dropped ----------------------------------------------------------

void peer_pubsub::note_missed(const gossip::message& msg) {
  missed_.add(msg, now(self_));
}

// A burst is nobody's fault: who takes it while the window still holds what was
// dropped can ask for it. Only who is behind for longer reads slowly.
void peer_pubsub::report_dropped() {
  if (dropped_ == 0)
    return;
  const auto count = std::exchange(dropped_, 0);
  if (dropped_in_all_ == 0)
    ctx_->log->debug("too much waits, messages are dropped waiting_bytes={} "
                     "peer={}",
                     queue_.bytes_waiting(), to_string(id_));
  dropped_in_all_ += count;
  if (ctx_->memory)
    ctx_->memory->dropped.fetch_add(count, std::memory_order_relaxed);
  const auto burst = ctx_->config.params.timers.heartbeat_interval
                     * peer_limits::burst_heartbeats;
  if (behind_since_ && now(self_) - *behind_since_ >= burst)
    tell(self_, partners_.mesh, reads_slowly{id_, count});
}

// At the end of a turn: what is left counts for the node, and what is not left
// can be told of.
void peer_pubsub::settle_queue() {
  std::vector<gossip::message_ptr> shed;
  queue_.settle(shed);
  for (const auto& msg : shed) {
    trace_.record([&] {
      return gossip::trace::rpc_dropped{id_, gossip::trace::meta_of(*msg)};
    });
    note_missed(*msg);
  }
  dropped_ += shed.size();
  report_dropped();
  if (queue_.messages_wait()) {
    if (!behind_since_)
      behind_since_ = now(self_);
    return;
  }
  behind_since_.reset();
  if (dropped_in_all_ > 0)
    end_episode();
  if (!missed_.empty())
    tell_missed();
}

void peer_pubsub::end_episode() {
  const auto count = std::exchange(dropped_in_all_, 0);
  if (count == 0)
    return;
  // Who reads slowly may be any stranger.
  const bool shown = ctx_->memory && ctx_->memory->may_report(now(self_));
  ctx_->log->log(shown ? spdlog::level::info : spdlog::level::debug,
                 "messages were dropped, as too much waited count={} peer={}",
                 count, to_string(id_));
}

// The peer is gone, or nothing more is to be sent.
void peer_pubsub::forget_queue() {
  queue_.clear();
  report_dropped();
  end_episode();
  behind_since_.reset();
  missed_.clear();
  reads_ = {};
}

// It has read what was before them: now it can ask, and is answered at once.
void peer_pubsub::tell_missed() {
  if (outbound_state_ != outbound_state::open)
    return;
  const auto& config = ctx_->config.params;
  const auto heartbeat = config.timers.heartbeat_interval;
  const auto at = now(self_);
  // More often, the peer would accept no other IHAVE.
  if (told_missed_ && at - *told_missed_ < heartbeat / 2)
    return;
  told_missed_ = at;
  const auto windows = std::max<std::size_t>(config.gossip.history_length, 2);
  const auto there = heartbeat * static_cast<int>(windows - 1);
  for (const auto& one : missed_.take(at, there))
    if (!standing_.without_gossip)
      push_ihave(one.topic, one.ids);
  schedule_flush();
}

// -- what it owes -------------------------------------------------------------

// Whether no more of its RPC may come now, as others have used up the room.
bool peer_pubsub::must_wait() const noexcept {
  return std::ranges::any_of(
      inbounds_, [](const auto& one) { return one.inbox.waits_for_room(); });
}

void peer_pubsub::settle_inboxes() {
  if (inbounds_.empty())
    return;
  const auto at = now(self_);
  for (auto& one : inbounds_)
    one.inbox.settle(at);
  if (!standing_.graylisted)
    return;
  // From behind, as those that are given up leave the list. Nothing of a large
  // RPC would be accepted.
  for (auto i = inbounds_.size(); i-- > 0;)
    if (inbounds_[i].inbox.is_large())
      give_up(inbounds_[i], "a large RPC of a graylisted peer");
}

void peer_pubsub::give_up(const inbound_stream& stream, const char* why) {
  links_.reset(stream.at);
  lose_inbound(stream, why);
}

// As long as others leave room, it may be the line's fault.
std::chrono::milliseconds peer_pubsub::write_patience() const {
  const auto whole = ctx_->session->limits.write_timeout;
  return level_of(ctx_->queued()) == level::low ? whole : whole / 3;
}

// While we do not read, it is our fault that windows do not open and RPCs do
// not end.
void peer_pubsub::note_reading(bool on, time_point at) {
  // Also of a peer that lets us open no stream at all.
  bool waits = queue_.messages_wait();
  std::uint64_t taken = handed_;
  if (outbound_state_ == outbound_state::open) {
    const auto ahead = outbound_.link->conn->session().buffered(outbound_.id);
    waits = waits || ahead > 0;
    taken -= std::min<std::uint64_t>(taken, ahead);
  }
  reads_.excuse(!on, at);
  reads_.note(waits, taken, at);
  // Not while the node's budget makes it wait: all would wait for each other.
  const bool excused = !on && !must_wait();
  for (auto& one : inbounds_)
    one.inbox.excuse(excused, at);
}

void peer_pubsub::expire(time_point at) {
  if (reads_.timer().due(write_patience()) <= at) {
    for (const auto& link : links_.all())
      if (!outbound_ || outbound_.link == link)
        links_.fail_unread(link);
    reads_ = {};
  }
  expire_inboxes(at);
}

void peer_pubsub::expire_inboxes(time_point at) {
  // From behind, as those that are given up leave the list.
  for (auto i = inbounds_.size(); i-- > 0;) {
    const auto& inbox = inbounds_[i].inbox;
    const auto& owed = inbox.owed();
    if (owed.due(rpc_patience(*ctx_, inbox)) > at)
      continue;
    const bool whole = owed.due(ctx_->config.rpc_timeout) <= at;
    give_up(inbounds_[i], "an RPC was not finished in time");
    tell(self_, partners_.mesh,
         misbehaved{id_,
                    whole ? peer_limits::unfinished_penalty
                          : peer_limits::crowded_penalty,
                    "an RPC was not finished in time"});
  }
}

time_point peer_pubsub::next_due(time_point at) const {
  auto next = std::min(retry_at_.value_or(time_point::max()), records_.next());
  if (better_link())
    next = std::min(next, *outbound_.link->probed + peer_limits::move_pause);
  const auto whole = ctx_->session->limits.write_timeout;
  if (reads_.timer().running())
    next = std::min(next, reads_.timer().look_at(whole / 3, whole, at));
  const auto rpc = ctx_->config.rpc_timeout;
  for (const auto& one : inbounds_)
    if (one.inbox.owed().running())
      next = std::min(
          next, one.inbox.owed().look_at(hurried(rpc, one.inbox), rpc, at));
  if (must_wait())
    next = std::min(next, at + peer_limits::crowded_poll);
  if (!missed_.empty() && told_missed_ && !queue_.messages_wait()
      && outbound_state_ == outbound_state::open)
    next = std::min(next, *told_missed_
                              + ctx_->config.params.timers.heartbeat_interval);
  return next;
}

} // namespace grapevine
