#include "actors/pubsub/peer_limits.hpp"
#include "actors/pubsub/peer_pubsub.hpp"
#include "gossip/cache/ihave_encoder.hpp"

#include <algorithm>

// What goes to the peer: into the queue, from there to its stream, and out.

namespace grapevine {

namespace trace = gossip::trace;

namespace {

rpc_part subscription_part(const proto::subscription& one) {
  return one.subscribe ? rpc_part::subscribe : rpc_part::unsubscribe;
}

} // namespace

template <class Meta>
void peer_pubsub::note_dropped(gossip::push_result result, const Meta& meta) {
  if (result == gossip::push_result::full
      || result == gossip::push_result::too_large)
    trace_.record([&] { return trace::rpc_dropped{id_, meta()}; });
}

gossip::push_result peer_pubsub::counted(rpc_part part,
                                         gossip::push_result result) {
  if (result == gossip::push_result::queued)
    ++rpc_out_[part];
  return result;
}

void peer_pubsub::queue(send_messages& msg) {
  queue_.expect_messages(msg.msgs.size());
  for (auto& one : msg.msgs) {
    if (!msg.anyway && is_unwanted(*one))
      continue;
    const auto result = queue_.push_message(std::move(one));
    note_message(result, "message");
    // What is dropped was not taken. NOLINTNEXTLINE(bugprone-use-after-move)
    note_dropped(result, [&] { return trace::meta_of(*one); });
    if (result == gossip::push_result::full)
      note_missed(*one);
  }
  schedule_flush();
}

void peer_pubsub::queue(const send_run& msg) {
  if (takes_whole(msg)
      && queue_.push_run(msg.run) == gossip::push_result::queued)
    return schedule_flush();
  const auto all = msg.run->messages();
  send_messages single{{all.begin(), all.end()}, msg.anyway};
  queue(single);
}

// A trace tells of each frame by itself.
bool peer_pubsub::takes_whole(const send_run& msg) const {
  if (trace_.on())
    return false;
  return msg.anyway || unwanted_.empty()
         || std::ranges::none_of(msg.run->messages(),
                                 [this](const gossip::message_ptr& one) {
                                   return is_unwanted(*one);
                                 });
}

void peer_pubsub::queue(send_answers& msg) {
  for (auto& one : msg.msgs) {
    if (is_unwanted(*one))
      continue;
    const auto result = queue_.push_answer(std::move(one));
    note_message(result, "answer to IWANT");
    // What is dropped was not taken. NOLINTNEXTLINE(bugprone-use-after-move)
    note_dropped(result, [&] { return trace::meta_of(*one); });
  }
  schedule_flush();
}

void peer_pubsub::queue(const send_partial& msg) {
  note_message(queue_.push_partial(msg.frame), "partial message");
  schedule_flush();
}

void peer_pubsub::queue(const send_control& msg) {
  if (msg.subscriptions)
    for (const auto& one : *msg.subscriptions)
      reliable(counted(subscription_part(one), queue_.push_subscription(one)));
  if (msg.control)
    push(*msg.control);
  schedule_flush();
}

void peer_pubsub::queue(const send_gossip& msg) {
  schedule_flush();
  if (push_shared(msg.parts))
    return;
  for (const auto& one : msg.parts) {
    const std::span ids{one.all->ids};
    const auto behind = std::min(one.count, ids.size() - one.first);
    push_ihave(one.all->topic, ids.subspan(one.first, behind));
    push_ihave(one.all->topic, ids.first(one.count - behind));
  }
}

// False if there are few, or more than there is room for.
bool peer_pubsub::push_shared(std::span<const gossip::ihave_part> parts) {
  std::size_t ids = 0;
  for (const auto& one : parts)
    ids += one.count;
  if (ids < peer_limits::shared_ihave_ids)
    return false;
  // Of the thread, on which thousands of peers may be told the same.
  thread_local gossip::ihave_encoder encoder;
  const auto result =
      queue_.push_ihaves(encoder.encode(parts, ctx_->config.max_rpc_size));
  if (result == gossip::push_result::queued)
    rpc_out_[rpc_part::ihave] += parts.size();
  return result != gossip::push_result::full;
}

void peer_pubsub::hello(const send_hello& msg) {
  if (outbound_state_ != outbound_state::greeting)
    return;
  outbound_state_ = outbound_state::open;
  if (const auto ext = std::exchange(announce_, {}))
    reliable(queue_.push_extensions(*ext));
  push_test_extension();
  tell_usable();
  for (const auto& one : msg.subscriptions)
    reliable(counted(subscription_part(one), queue_.push_subscription(one)));
  for (const auto& topic : msg.grafts)
    reliable(counted(rpc_part::graft, queue_.push_graft(topic)));
  schedule_flush();
}

void peer_pubsub::push_test_extension() {
  if (outbound_state_ != outbound_state::open || !extensions_.take_test())
    return;
  queue_.push_test_extension();
  schedule_flush();
}

void peer_pubsub::push(const proto::control& ctrl) {
  for (const auto& topic : ctrl.grafts)
    reliable(counted(rpc_part::graft, queue_.push_graft(topic)));
  for (const auto& one : ctrl.prunes) {
    auto result = queue_.push_prune(one);
    // What others said of themselves must not be in the way.
    if (result == gossip::push_result::full && !one.peers.empty())
      result = queue_.push_prune({one.topic, {}, one.backoff});
    reliable(counted(rpc_part::prune, result));
  }
  for (const auto& one : ctrl.ihaves)
    push_ihave(one.topic, one.ids);
  if (!ctrl.idontwant.empty()) {
    const auto result =
        counted(rpc_part::idontwant, queue_.push_idontwant(ctrl.idontwant));
    droppable(result, "IDONTWANT");
    note_dropped(result, [&] {
      proto::control alone;
      alone.idontwant = ctrl.idontwant;
      return trace::meta_of(std::move(alone));
    });
  }
  if (!ctrl.iwant.empty())
    push_iwant(ctrl.iwant);
}

void peer_pubsub::push_ihave(const std::string& topic,
                             std::span<const std::string> ids) {
  if (ids.empty())
    return;
  const auto result = counted(rpc_part::ihave, queue_.push_ihave(topic, ids));
  droppable(result, "IHAVE");
  note_dropped(result, [&] {
    proto::control alone;
    alone.ihaves.push_back({topic, {ids.begin(), ids.end()}});
    return trace::meta_of(std::move(alone));
  });
}

// The first stands for all: the cache has shuffled them.
void peer_pubsub::push_iwant(const std::vector<std::string>& ids) {
  const auto asked = std::span{ids}.first(budget_.ask(ids.size(), now(self_)));
  if (asked.empty()
      || counted(rpc_part::iwant, queue_.push_iwant(asked))
             != gossip::push_result::queued)
    return;
  tell(self_, partners_.cache, iwant_sent{id_, asked.front()});
}

bool peer_pubsub::is_unwanted(const gossip::message& msg) const {
  return !unwanted_.empty() && unwanted_.contains(msg.id(), now(self_));
}

// What the peer was not told of subscriptions and meshes makes its view of us
// wrong for good: better to begin anew.
void peer_pubsub::reliable(gossip::push_result result) {
  if (result == gossip::push_result::full)
    give_up_ = "it does not read";
}

void peer_pubsub::droppable(gossip::push_result result, const char* what) {
  using gossip::push_result;
  if (!ctx_->log->should_log(spdlog::level::debug))
    return;
  if (result == push_result::full)
    ctx_->log->debug("queue full, {} dropped peer={}", what, to_string(id_));
  else if (result == push_result::too_large)
    ctx_->log->debug("{} larger than an RPC, dropped peer={}", what,
                     to_string(id_));
}

void peer_pubsub::note_message(gossip::push_result result, const char* what) {
  // What is full is told once, with a count: there may be thousands.
  if (result == gossip::push_result::full)
    ++dropped_;
  else
    droppable(result, what);
}

// Behind what is in the mailbox, so that all of it goes out together.
void peer_pubsub::schedule_flush() {
  if (std::exchange(flush_scheduled_, true))
    return;
  tell_self(self_, flush_output{});
}

// Not behind our end, nor into a connection that may be lost while there is
// another one.
bool peer_pubsub::may_fill() const {
  return outbound_state_ == outbound_state::open && !ended_at_
         && !better_link();
}

void peer_pubsub::note_sent(bytes_view frame) {
  trace_.record([&] {
    return trace::rpc_sent{
        id_, trace::meta_of_frame(frame, ctx_->config.message_ids)};
  });
}

bool peer_pubsub::fill(const link_ptr& link) {
  if (link != outbound_.link || !may_fill())
    return false;
  fill_outbound();
  return true;
}

// Moves frames from the queue to the stream as fast as the socket takes them.
void peer_pubsub::fill_outbound() {
  auto& conn = *outbound_.link->conn;
  // Of the thread: idle peers have none. Another peer's turn may have thrown.
  thread_local std::vector<shared_bytes> frames;
  frames.clear();
  do {
    for (auto ahead = conn.session().buffered(outbound_.id);
         ahead < peer_limits::write_ahead;) {
      auto frame = queue_.next_frame();
      if (!frame)
        break;
      note_sent(*frame);
      ahead += frame->size();
      handed_ += frame->size();
      frames.push_back(std::move(frame));
    }
    conn.session().write(outbound_.id, frames);
    frames.clear();
    conn.write();
  } while (!queue_.empty() && !conn.ended() && !conn.has_output()
           && conn.session().buffered(outbound_.id) < peer_limits::write_ahead);
}

std::size_t peer_pubsub::waiting() const {
  return queue_.bytes_waiting();
}

bool peer_pubsub::all_sent() const {
  if (outbound_state_ == outbound_state::none)
    return true;
  if (outbound_state_ != outbound_state::open || !queue_.empty())
    return false;
  const auto& conn = *outbound_.link->conn;
  // What the kernel still holds would be lost if it were answered by a reset.
  return conn.session().buffered(outbound_.id) == 0 && !conn.has_output()
         && conn.unacknowledged() == 0;
}

} // namespace grapevine
