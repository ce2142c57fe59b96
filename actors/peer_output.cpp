#include "actors/peer_limits.hpp"
#include "actors/peer_state.hpp"

// What goes to the peer: into the queue, from there to its stream, and out.

namespace grapevine {

void peer_state::queue(const send_message& msg) {
  wrote(queue_.push_message(msg.msg), "message");
  schedule_flush();
}

void peer_state::queue(const send_messages& msg) {
  for (const auto& one : msg.msgs)
    wrote(queue_.push_answer(one), "answer to IWANT");
  schedule_flush();
}

void peer_state::queue(const send_control& msg) {
  if (msg.subscriptions)
    for (const auto& one : *msg.subscriptions)
      told(queue_.push_subscription(one));
  if (msg.control)
    push(*msg.control);
  schedule_flush();
}

void peer_state::hello(const send_hello& msg) {
  if (outbound_state_ != outbound_state::greeting)
    return;
  outbound_state_ = outbound_state::open;
  for (const auto& one : msg.subscriptions)
    told(queue_.push_subscription(one));
  for (const auto& topic : msg.grafts)
    told(queue_.push_graft(topic));
  schedule_flush();
}

void peer_state::push(const proto::control& ctrl) {
  for (const auto& topic : ctrl.grafts)
    told(queue_.push_graft(topic));
  for (const auto& one : ctrl.prunes)
    told(queue_.push_prune(one));
  for (const auto& one : ctrl.ihaves)
    wrote(queue_.push_ihave(one.topic, one.ids), "IHAVE");
  if (!ctrl.iwant.empty()) {
    const auto ids =
        std::span{ctrl.iwant}.first(budget_.ask(ctrl.iwant.size(), now(self_)));
    wrote(queue_.push_iwant(ids), "IWANT");
  }
}

// What the peer was not told of subscriptions and meshes makes its view of us
// wrong for good: better to begin anew.
void peer_state::told(gossip::push_result result) {
  if (result == gossip::push_result::full)
    give_up_ = "it does not read";
}

void peer_state::wrote(gossip::push_result result, const char* what) {
  using gossip::push_result;
  if (result == push_result::full)
    ctx_->log->debug("queue full, {} dropped peer={}", what, id_.short_text());
  else if (result == push_result::too_large)
    ctx_->log->debug("{} larger than an RPC, dropped peer={}", what,
                     id_.short_text());
}

// Behind what is in the mailbox, so that all of it goes out together.
void peer_state::schedule_flush() {
  if (std::exchange(flush_scheduled_, true))
    return;
  tell_self(self_, flush_output{});
}

void peer_state::flush() {
  flush_scheduled_ = false;
  if (!give_up_.empty())
    return disconnect(std::exchange(give_up_, {}));
  // A copy: a link that ended is dropped while walking.
  for (const auto& link : std::vector{links_}) {
    if (link == outbound_.link && outbound_state_ == outbound_state::open)
      fill();
    else
      link->conn->write();
    if (link->conn->ended())
      drop_link(link);
  }
  rearm();
  if (stop_by_ && !links_.empty() && all_sent())
    finish();
}

// Moves frames from the queue to the stream as fast as the socket takes them.
void peer_state::fill() {
  auto& conn = *outbound_.link->conn;
  do {
    while (conn.session().buffered(outbound_.id) < peer_limits::write_ahead) {
      auto frame = queue_.next_frame();
      if (!frame)
        break;
      conn.session().write(outbound_.id, std::move(frame));
    }
    conn.write();
  } while (!queue_.empty() && !conn.ended() && !conn.has_output()
           && conn.session().buffered(outbound_.id) < peer_limits::write_ahead);
}

bool peer_state::all_sent() const {
  if (outbound_state_ == outbound_state::none)
    return true;
  if (outbound_state_ != outbound_state::open || !queue_.empty())
    return false;
  const auto& conn = *outbound_.link->conn;
  // What the kernel still holds would be lost if it were answered by a reset.
  return conn.session().buffered(outbound_.id) == 0 && !conn.has_output()
         && unacknowledged(conn.fd()) == 0;
}

} // namespace grapevine
