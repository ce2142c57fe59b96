// What arrives at a node.
#include "gossip/frame_reader.hpp"
#include "tests/sim/sim_node.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace grapevine::sim {

void sim_node::receive(gossip::peer_handle peer, bytes_view frame,
                       time_point now) {
  gossip::frame_reader reader;
  const auto encoded = reader.next(frame);
  if (!encoded || !*encoded)
    throw std::logic_error{"a frame that is none"};
  auto& rpc = buffers_.rpc;
  if (!proto::decode_rpc(**encoded, {}, rpc))
    throw std::logic_error{"an RPC that is none"};
  neighbour& from = neighbour_of(peer);
  if (!rpc.subscriptions.empty())
    mesh_.subscriptions(peer, rpc.subscriptions, buffers_.mesh);
  if (!mesh_.graylisted(peer)) {
    if (!rpc.messages.empty())
      receive_messages(from, rpc.messages, now);
    apply_control(from, rpc.control, now);
  }
  if (!rpc.subscriptions.empty())
    mesh_.welcome(peer, rpc.subscriptions, now, buffers_.mesh);
  carry_out_mesh(now);
}

void sim_node::receive_messages(neighbour& from,
                                const std::vector<proto::message_view>& msgs,
                                time_point now) {
  if (gater_ && !gater_->accepts(from.id, now, gen_)) {
    promises_.forget(from.id);
    return;
  }
  for (const auto& msg : msgs) {
    if (!mesh_.subscribed(msg.topic))
      continue;
    if (options_.conduct.censored
        && equal(*msg.from, identity_of(*options_.conduct.censored).view()))
      continue;
    const auto received = gossip::message::copy_of(
        msg, gossip::message_id{gossip::default_message_id(msg)});
    cache_.receive(from.id, received, now, buffers_.messages);
    // While the message is there, which effects name.
    carry_out_messages(now);
  }
}

void sim_node::apply_control(neighbour& from, const proto::control& control,
                             time_point now) {
  if (!control.idontwant.empty())
    note_unwanted(from, control.idontwant, now);
  for (const auto& topic : control.grafts)
    mesh_.graft(from.handle, topic, now, buffers_.mesh);
  for (const auto& prune : control.prunes)
    mesh_.prune(from.handle, prune, now, buffers_.mesh);
  if (!control.ihaves.empty())
    answer_ihaves(from, control.ihaves, now);
  if (!control.iwant.empty() && options_.conduct.answers)
    answer_iwant(from, control.iwant, now);
}

void sim_node::note_unwanted(neighbour& from,
                             const std::vector<std::string>& ids,
                             time_point now) {
  const auto kept = from.budget.accept_idontwant(ids.size(), now);
  std::vector<gossip::message_id> unwanted;
  for (std::size_t i = 0; i < kept; ++i) {
    unwanted.emplace_back(ids[i]);
    from.unwanted.insert(unwanted.back(), now);
  }
  if (!unwanted.empty())
    from.queue.cancel(unwanted);
}

void sim_node::answer_ihaves(neighbour& from,
                             const std::vector<proto::ihave>& ihaves,
                             time_point now) {
  if (!from.budget.accept_ihave(now))
    return;
  std::vector<std::string> wanted;
  for (const auto& ihave : ihaves)
    if (mesh_.accepts_ihave(from.handle, ihave.topic))
      cache_.ihave(ihave.ids, options_.params.gossip.max_ihave_ids, now,
                   wanted);
  if (wanted.empty())
    return;
  // The first stands for all: nobody may know which.
  gossip::shuffle_front(std::span{wanted}, wanted.size(), gen_);
  wanted.resize(from.budget.ask(wanted.size(), now));
  if (wanted.empty()
      || queue_of(from).push_iwant(wanted) != gossip::push_result::queued)
    return;
  promises_.track(from.id, gossip::message_id{wanted.front()},
                  now + options_.params.timers.iwant_followup);
}

void sim_node::answer_iwant(neighbour& from,
                            const std::vector<std::string>& ids,
                            time_point now) {
  if (!mesh_.accepts_iwant(from.handle))
    return;
  std::vector<gossip::message_ptr> answers;
  cache_.iwant(from.id, ids, from.budget.accept_iwant(ids.size(), now),
               answers);
  for (auto& msg : answers)
    if (!from.unwanted.contains(msg->id(), now))
      queue_of(from).push_answer(std::move(msg));
}

} // namespace grapevine::sim
