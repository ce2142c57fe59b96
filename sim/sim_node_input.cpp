// What arrives at a node.
#include "gossip/stream/frame_reader.hpp"
#include "sim/sim_node.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace grapevine::sim {

namespace {

gossip::idontwant_set_options unwanted_options(const gossip::parameters& p) {
  gossip::idontwant_set_options options;
  options.ttl = p.timers.heartbeat_interval
                * static_cast<int>(p.gossip.idontwant_heartbeats);
  return options;
}

} // namespace

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
  if (!router_.standing_of(peer).graylisted) {
    if (!rpc.messages.empty())
      receive_messages(from, rpc.messages, now);
    apply_control(from, rpc.control, now);
  }
  // What the peer's own budget refuses does not reach the router.
  if (!rpc.control.ihaves.empty() && !from.budget.accept_ihave(now))
    rpc.control.ihaves.clear();
  router_.receive(peer, rpc.subscriptions, rpc.control, now, gen_,
                  buffers_.router);
  answer_ihaves(from, now);
  carry_out_router();
}

void sim_node::receive_messages(neighbour& from,
                                const std::vector<proto::message_view>& msgs,
                                time_point now) {
  const auto id = identity_of(from.index);
  if (!cache_.hears(id, now, gen_))
    return;
  for (const auto& msg : msgs) {
    if (conduct_.censored
        && equal(*msg.from, identity_of(*conduct_.censored).view()))
      continue;
    const auto received = gossip::message::copy_of(
        msg, gossip::message_id{gossip::default_message_id(msg)});
    if (router_.meshes().subscribed(msg.topic))
      cache_.receive(id, received, now, buffers_.messages);
    else
      cache_.unwanted(*received, now, buffers_.messages);
    // While the message is there, which effects name.
    carry_out_messages(now);
  }
}

void sim_node::apply_control(neighbour& from, const proto::control& control,
                             time_point now) {
  if (!control.idontwant.empty())
    note_unwanted(from, control.idontwant, now);
  if (!control.iwant.empty() && conduct_.answers)
    answer_iwant(from, control.iwant, now);
}

void sim_node::note_unwanted(neighbour& from,
                             const std::vector<std::string>& ids,
                             time_point now) {
  const auto kept = from.budget.accept_idontwant(ids.size(), now);
  if (kept > 0 && !from.unwanted)
    from.unwanted = std::make_unique<gossip::idontwant_set>(
        unwanted_options(options_->params));
  std::vector<gossip::message_id> unwanted;
  for (std::size_t i = 0; i < kept; ++i) {
    unwanted.emplace_back(ids[i]);
    from.unwanted->insert(unwanted.back(), now);
  }
  if (!unwanted.empty() && from.queue)
    from.queue->queue.cancel(unwanted);
}

void sim_node::answer_ihaves(neighbour& from, time_point now) {
  const auto& offered = buffers_.router.offered_ids;
  if (offered.empty())
    return;
  auto wanted = cache_.ihave(offered, now, gen_);
  wanted.resize(from.budget.ask(wanted.size(), now));
  if (wanted.empty()
      || queue_of(from).push_iwant(wanted) != gossip::push_result::queued)
    return;
  cache_.asked(identity_of(from.index), wanted.front(), now);
}

void sim_node::answer_iwant(neighbour& from,
                            const std::vector<std::string>& ids,
                            time_point now) {
  if (router_.standing_of(from.handle).without_gossip)
    return;
  std::vector<gossip::message_ptr> answers;
  cache_.store().iwant(identity_of(from.index), ids,
                       from.budget.accept_iwant(ids.size(), now), answers);
  for (auto& msg : answers)
    if (from.wants(msg->id(), now))
      queue_of(from).push_answer(std::move(msg));
}

} // namespace grapevine::sim
