#include "actors/pubsub/mesh_manager_state.hpp"

#include <utility>

// Whom messages go to, by the router's word.

namespace grapevine {

namespace {

/// Whether two messages of one turn have the same receivers.
bool go_the_same_way(const routed_message& a, const routed_message& b) {
  return a.source == b.source && a.forwarders.empty() && b.forwarders.empty()
         && a.msg->topic() == b.msg->topic()
         && a.msg->author() == b.msg->author();
}

} // namespace

void mesh_manager_state::route(const route_messages& msg) {
  outbox_.expect(msg.msgs.size());
  const routed_message* previous = nullptr;
  std::optional<peer_handle> source;
  for (const auto& one : msg.msgs) {
    if (!previous || !go_the_same_way(*previous, one)) {
      send_together();
      source = router_.find_peer(one.source);
      choose_receivers(one, source);
    }
    previous = &one;
    router_.credit(*one.msg, source, one.forwarders);
    add_together(one.msg);
  }
  send_together();
  send_queued(false);
}

void mesh_manager_state::add_together(const gossip::message_ptr& msg) {
  const auto size = msg->frame().size();
  if (together_size_ + size > gossip::message_run::max_bytes)
    send_together();
  together_.push_back(msg);
  together_size_ += size;
}

// What has the same receivers goes to each of them as one, where that is worth
// it.
void mesh_manager_state::send_together() {
  auto msgs = std::exchange(together_, {});
  const auto size = std::exchange(together_size_, 0);
  if (!gossip::message_run::is_worthwhile(msgs.size(), size,
                                          receivers_.size())) {
    for (const auto& one : msgs)
      queue_for_receivers(one);
    return;
  }
  // What was routed before goes out before.
  send_queued(false);
  const auto run = std::make_shared<const gossip::message_run>(std::move(msgs));
  for (const auto receiver : receivers_)
    tell_peer(receiver, send_run{run, router_.goes_anyway(receiver, false)});
}

void mesh_manager_state::choose_receivers(const routed_message& msg,
                                          std::optional<peer_handle> source) {
  receivers_.clear();
  router_.relay_to(*msg.msg, source, msg.forwarders, receivers_);
}

publish_receipt mesh_manager_state::route(const route_own& msg) {
  choose_receivers(*msg.msg);
  queue_for_receivers(msg.msg);
  send_queued(true);
  return {msg.msg->id(), receivers_.size(), false};
}

// The i-th receiver begins with the i-th message, so that after the first round
// all messages are with somebody.
batch_receipt mesh_manager_state::route(const route_batch& msg) {
  batch_receipt result;
  std::vector<gossip::message_ptr> fresh;
  receivers_.clear();
  for (const auto& one : msg.msgs)
    if (!one.duplicate) {
      choose_receivers(*one.msg);
      fresh.push_back(one.msg);
    }
  for (const auto& one : msg.msgs)
    result.receipts.push_back(
        {one.msg->id(), one.duplicate ? 0 : receivers_.size(), one.duplicate});
  for (std::size_t turn = 0; turn < fresh.size(); ++turn)
    for (std::size_t i = 0; i < receivers_.size(); ++i)
      outbox_.push(receivers_[i], fresh[(turn + i) % fresh.size()]);
  send_queued(true);
  return result;
}

void mesh_manager_state::choose_receivers(const gossip::message& msg) {
  choose_warned(msg, {});
  tell_unwanted(msg);
  send_unwanted();
  receivers_.clear();
  router_.publish_to(msg, now(self_), rng_, receivers_);
}

void mesh_manager_state::queue_for_receivers(const gossip::message_ptr& msg) {
  for (const auto& receiver : receivers_)
    outbox_.push(receiver, msg);
}

void mesh_manager_state::send_queued(bool own) {
  outbox_.drain([&](peer_handle to, std::vector<gossip::message_ptr> msgs) {
    tell_peer(to, send_messages{std::move(msgs), router_.goes_anyway(to, own)});
  });
}

void mesh_manager_state::announce(const announce_messages& msg) {
  const routed_message* previous = nullptr;
  for (const auto& one : msg.msgs) {
    if (!previous || !go_the_same_way(*previous, one))
      choose_warned(*one.msg, router_.find_peer(one.source));
    previous = &one;
    tell_unwanted(*one.msg);
  }
  send_unwanted();
}

void mesh_manager_state::choose_warned(const gossip::message& msg,
                                       std::optional<peer_handle> source) {
  receivers_.clear();
  router_.warn_of(msg, source, receivers_);
}

void mesh_manager_state::tell_unwanted(const gossip::message& msg) {
  for (const auto& receiver : receivers_)
    unwanted_.push(receiver, std::string{msg.id().raw()});
}

void mesh_manager_state::send_unwanted() {
  unwanted_.drain([&](peer_handle to, std::vector<std::string> ids) {
    auto ctrl = std::make_shared<proto::control>();
    ctrl->idontwant = std::move(ids);
    tell_peer(to, grapevine::send_control{nullptr, std::move(ctrl)});
  });
}

} // namespace grapevine
