#include "tests/sim/sim_node.hpp"

#include "gossip/frame_reader.hpp"
#include "gossip/signing.hpp"

#include <algorithm>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

namespace grapevine::sim {

namespace {

gossip::message_cache_options cache_options(node_index self) {
  gossip::message_cache_options options;
  options.self = identity_of(self);
  return options;
}

} // namespace

libp2p::peer_id identity_of(node_index node) {
  // A SHA2-256 multihash that no key has.
  bytes raw(34);
  raw[0] = 0x12;
  raw[1] = 32;
  for (std::size_t i = 0; i < 4; ++i)
    raw[2 + i] = static_cast<std::uint8_t>(node >> (8 * i));
  return libp2p::peer_id::from_bytes(raw).value();
}

sim_node::sim_node(node_index self, const node_options& options,
                   std::uint64_t seed, node_observer& observer)
    : self_{self}, options_{options}, observer_{observer}, gen_{seed},
      mesh_{options.params}, cache_{cache_options(self)} {}

void sim_node::connect(node_index peer, gossip::version version, bool outbound,
                       time_point now) {
  const auto id = identity_of(peer);
  const auto handle = mesh_.add_peer(id, {version, outbound, false});
  if (!handle)
    throw std::logic_error{"connected twice"};
  if (index_of_.size() <= handle->slot)
    index_of_.resize(handle->slot + 1);
  index_of_[handle->slot] = peer;
  gossip::send_queue_options queue;
  queue.gossipsub = gossip::has_mesh(version);
  auto& added =
      neighbours_
          .emplace(peer, neighbour{*handle, id, gossip::send_queue{queue},
                                   gossip::gossip_budget{options_.params, now}})
          .first->second;
  for (const auto& subscription : mesh_.hello())
    added.queue.push_subscription(subscription);
}

void sim_node::disconnect(node_index peer, time_point) {
  mesh_.remove_peer(neighbours_.at(peer).handle, mesh_effects_);
  neighbours_.erase(peer);
  carry_out_mesh();
}

void sim_node::join(std::string_view topic, time_point now) {
  mesh_.join(topic, now, gen_, mesh_effects_);
  carry_out_mesh();
}

void sim_node::leave(std::string_view topic, time_point now) {
  mesh_.leave(topic, now, mesh_effects_);
  carry_out_mesh();
}

gossip::message_id sim_node::publish(std::string_view topic, bytes_view data,
                                     time_point now, std::size_t& reached) {
  const auto msg = gossip::build_message({.topic = topic,
                                          .data = data,
                                          .from = identity_of(self_),
                                          .seqno = seqno_.next()},
                                         nullptr, gossip::default_message_id);
  receivers_.clear();
  reached = mesh_.publish_to(topic, now, gen_, receivers_);
  for (const auto peer : receivers_)
    neighbour_of(peer).queue.push_message(msg);
  cache_.publish(msg, now, message_effects_);
  // Its own deliver effect is for local subscribers: it was sent just now.
  message_effects_.clear();
  return msg->id();
}

void sim_node::receive(node_index peer, bytes_view frame, time_point now) {
  gossip::frame_reader reader;
  const auto encoded = reader.next(frame);
  if (!encoded || !*encoded)
    throw std::logic_error{"a frame that is none"};
  const auto rpc = proto::decode_rpc(**encoded, {});
  if (!rpc)
    throw std::logic_error{"an RPC that is none"};
  neighbour& from = neighbours_.at(peer);
  mesh_.subscriptions(from.handle, rpc->subscriptions, mesh_effects_);
  for (const auto& msg : rpc->messages)
    if (mesh_.subscribed(msg.topic))
      cache_.receive(from.id, msg,
                     gossip::message_id{gossip::default_message_id(msg)}, now,
                     message_effects_);
  carry_out_messages();
  apply_control(from, rpc->control, now);
  mesh_.welcome(from.handle, rpc->subscriptions, now, mesh_effects_);
  carry_out_mesh();
}

void sim_node::decide(const gossip::message_id& id,
                      gossip::validation_token token, time_point now) {
  cache_.decide(id, token, {}, now, message_effects_);
  carry_out_messages();
}

void sim_node::heartbeat(time_point now) {
  mesh_.heartbeat(now, gen_, mesh_effects_);
  carry_out_mesh();
  // Last: gossip is about the window as it was.
  cache_.shift(now);
}

std::vector<sim_node::outgoing> sim_node::take_output() {
  std::vector<outgoing> result;
  for (auto& [peer, to] : neighbours_)
    while (auto frame = to.queue.next_frame())
      result.push_back({peer, std::move(frame)});
  return result;
}

std::vector<node_index> sim_node::mesh_of(std::string_view topic) const {
  std::vector<node_index> result;
  for (const auto peer : mesh_.mesh_of(topic))
    result.push_back(index_of_[peer.slot]);
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<node_index> sim_node::peers() const {
  std::vector<node_index> result;
  for (const auto& [peer, to] : neighbours_)
    result.push_back(peer);
  return result;
}

std::uint64_t sim_node::dropped() const {
  std::uint64_t result = 0;
  for (const auto& [peer, to] : neighbours_)
    for (std::size_t i = 0; i < gossip::lane_count; ++i)
      result += to.queue.dropped(static_cast<gossip::lane>(i));
  return result;
}

sim_node::neighbour& sim_node::neighbour_of(gossip::peer_handle peer) {
  return neighbours_.at(index_of_[peer.slot]);
}

void sim_node::apply_control(neighbour& from, const proto::control& control,
                             time_point now) {
  answer_ihaves(from, control.ihaves, now);
  answer_iwant(from, control.iwant, now);
  for (const auto& topic : control.grafts)
    mesh_.graft(from.handle, topic, now, mesh_effects_);
  for (const auto& prune : control.prunes)
    mesh_.prune(from.handle, prune, now, mesh_effects_);
}

void sim_node::answer_ihaves(neighbour& from,
                             const std::vector<proto::ihave>& ihaves,
                             time_point now) {
  std::vector<std::string> wanted;
  for (const auto& ihave : ihaves)
    if (mesh_.accepts_ihave(from.handle, ihave.topic)
        && from.budget.accept_ihave(now))
      cache_.ihave(ihave.ids, options_.params.gossip.max_ihave_ids, now,
                   wanted);
  wanted.resize(from.budget.ask(wanted.size(), now));
  from.queue.push_iwant(wanted);
}

void sim_node::answer_iwant(neighbour& from,
                            const std::vector<std::string>& ids,
                            time_point now) {
  if (ids.empty() || !mesh_.accepts_iwant(from.handle))
    return;
  std::vector<gossip::message_ptr> answers;
  cache_.iwant(from.id, ids, from.budget.accept_iwant(ids.size(), now),
               answers);
  for (auto& msg : answers)
    from.queue.push_answer(std::move(msg));
}

void sim_node::carry_out_mesh() {
  for (const auto& change : mesh_effects_.announcements)
    for (auto& [peer, to] : neighbours_)
      to.queue.push_subscription(change);
  for (auto& control : mesh_effects_.control) {
    auto& queue = neighbour_of(control.to).queue;
    for (const auto& topic : control.grafts)
      queue.push_graft(topic);
    for (auto& prune : control.prunes)
      queue.push_prune(std::move(prune));
  }
  const auto most = options_.params.gossip.max_ihave_ids;
  for (const auto& gossip : mesh_effects_.gossip)
    for (const auto peer : gossip.peers)
      if (const auto ids = cache_.gossip_ids(gossip.topic, most, gen_);
          !ids.empty())
        neighbour_of(peer).queue.push_ihave(gossip.topic, ids);
  for (const auto& event : mesh_effects_.events)
    observer_.on_mesh_event(self_, event);
  mesh_effects_.clear();
}

void sim_node::carry_out_messages() {
  const auto effects = std::exchange(message_effects_, {});
  for (const auto& effect : effects)
    if (const auto* check = std::get_if<gossip::validate_message>(&effect))
      observer_.on_validate(self_, check->msg, check->token);
    else if (const auto* good = std::get_if<gossip::deliver_message>(&effect))
      forward(*good);
}

void sim_node::forward(const gossip::deliver_message& delivery) {
  const auto& msg = delivery.msg;
  observer_.on_deliver(self_, msg, delivery.source);
  const auto source = mesh_.find_peer(delivery.source);
  receivers_.clear();
  mesh_.relay_to(msg->topic(), source.value_or(gossip::peer_handle{}),
                 msg->author(), receivers_);
  for (const auto peer : receivers_) {
    neighbour& to = neighbour_of(peer);
    // Who sent it meanwhile has it.
    if (std::none_of(delivery.forwarders.begin(), delivery.forwarders.end(),
                     [&](const auto& other) { return other.peer == to.id; }))
      to.queue.push_message(msg);
  }
}

} // namespace grapevine::sim
