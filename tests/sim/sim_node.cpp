#include "tests/sim/sim_node.hpp"

#include "gossip/frame_reader.hpp"
#include "gossip/signing.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

namespace grapevine::sim {

namespace {

gossip::message_cache_options cache_options(node_index self) {
  gossip::message_cache_options options;
  options.self = identity_of(self);
  return options;
}

gossip::send_queue_options queue_options(gossip::version version) {
  gossip::send_queue_options options;
  options.gossipsub = gossip::has_mesh(version);
  return options;
}

// Numbers of a node that is started again continue beyond those of its former
// life.
std::uint64_t wall_clock(time_point now) {
  return static_cast<std::uint64_t>(now.time_since_epoch().count());
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

node_index index_of(const libp2p::peer_id& id) {
  node_index result = 0;
  for (std::size_t i = 0; i < 4; ++i)
    result |= node_index{id.view()[2 + i]} << (8 * i);
  return result;
}

sim_node::neighbour::neighbour(gossip::peer_handle peer, node_index node,
                               std::uint32_t way, const node_options& options,
                               gossip::version version, time_point now)
    : handle{peer}, index{node}, wire{way}, id{identity_of(node)},
      queue{queue_options(version)}, budget{options.params, now} {}

sim_node::sim_node(node_index self, const node_options& options,
                   std::uint64_t seed, time_point now, node_observer& observer,
                   turn_buffers& buffers)
    : self_{self}, options_{options}, observer_{observer}, buffers_{buffers},
      gen_{seed}, mesh_{options.params}, cache_{cache_options(self)},
      seqno_{wall_clock(now)} {}

gossip::peer_handle sim_node::connect(node_index peer, gossip::version version,
                                      bool outbound, std::uint32_t wire,
                                      time_point now) {
  const auto handle =
      mesh_.add_peer(identity_of(peer), {version, outbound, false});
  if (!handle)
    throw std::logic_error{"connected twice"};
  if (neighbours_.size() <= handle->slot)
    neighbours_.resize(handle->slot + 1);
  neighbours_[handle->slot] =
      std::make_unique<neighbour>(*handle, peer, wire, options_, version, now);
  neighbour& added = neighbour_of(*handle);
  for (const auto& subscription : mesh_.hello())
    queue_of(added).push_subscription(subscription);
  return *handle;
}

void sim_node::disconnect(gossip::peer_handle peer, time_point) {
  mesh_.remove_peer(peer, buffers_.mesh);
  std::erase(dirty_, peer);
  neighbours_[peer.slot].reset();
  carry_out_mesh();
}

void sim_node::join(std::string_view topic, time_point now) {
  mesh_.join(topic, now, gen_, buffers_.mesh);
  carry_out_mesh();
}

void sim_node::leave(std::string_view topic, time_point now) {
  mesh_.leave(topic, now, buffers_.mesh);
  carry_out_mesh();
}

std::size_t sim_node::publish(std::string_view topic, bytes_view data,
                              time_point now) {
  const auto msg = gossip::build_message({.topic = topic,
                                          .data = data,
                                          .from = identity_of(self_),
                                          .seqno = seqno_.next()},
                                         nullptr, gossip::default_message_id);
  auto& receivers = buffers_.receivers;
  receivers.clear();
  const auto reached = mesh_.publish_to(topic, now, gen_, receivers);
  for (const auto peer : receivers)
    queue_of(neighbour_of(peer)).push_message(msg);
  cache_.publish(msg, now, buffers_.messages);
  // Its own deliver effect is for local subscribers: it was sent just now.
  buffers_.messages.clear();
  return reached;
}

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
    mesh_.subscriptions(from.handle, rpc.subscriptions, buffers_.mesh);
  for (const auto& msg : rpc.messages)
    if (mesh_.subscribed(msg.topic)) {
      const gossip::message_id id{gossip::default_message_id(msg)};
      cache_.receive(from.id, msg, id, now, buffers_.messages);
      carry_out_messages();
    }
  apply_control(from, rpc.control, now);
  if (!rpc.subscriptions.empty())
    mesh_.welcome(from.handle, rpc.subscriptions, now, buffers_.mesh);
  carry_out_mesh();
}

void sim_node::decide(const gossip::message_id& id,
                      gossip::validation_token token, time_point now) {
  cache_.decide(id, token, {}, now, buffers_.messages);
  carry_out_messages();
}

void sim_node::heartbeat(time_point now) {
  mesh_.heartbeat(now, gen_, buffers_.mesh);
  carry_out_mesh();
  // Last: gossip is about the window as it was.
  cache_.shift(now);
}

void sim_node::take_output() {
  for (const auto peer : dirty_) {
    neighbour& to = neighbour_of(peer);
    to.dirty = false;
    while (auto frame = to.queue.next_frame())
      buffers_.output.push_back({to.wire, std::move(frame)});
  }
  dirty_.clear();
}

namespace {

// All cache lines of an object.
template <class T>
void prefetch_all(const T* object) noexcept {
  const auto* begin = reinterpret_cast<const char*>(object);
  for (std::size_t i = 0; i < sizeof(T); i += 64)
    __builtin_prefetch(begin + i);
}

} // namespace

void sim_node::prefetch() const noexcept {
  prefetch_all(this);
}

void sim_node::prefetch_neighbour(gossip::peer_handle peer) const noexcept {
  prefetch_all(neighbours_[peer.slot].get());
}

std::vector<node_index> sim_node::mesh_of(std::string_view topic) const {
  std::vector<node_index> result;
  for (const auto peer : mesh_.mesh_of(topic))
    result.push_back(neighbours_[peer.slot]->index);
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<node_index> sim_node::peers() const {
  std::vector<node_index> result;
  for (const auto& peer : neighbours_)
    if (peer)
      result.push_back(peer->index);
  std::sort(result.begin(), result.end());
  return result;
}

std::optional<std::uint32_t> sim_node::wire_to(node_index peer) const {
  for (const auto& to : neighbours_)
    if (to && to->index == peer)
      return to->wire;
  return std::nullopt;
}

std::uint64_t sim_node::dropped() const {
  std::uint64_t result = 0;
  for (const auto& to : neighbours_)
    for (std::size_t i = 0; to && i < gossip::lane_count; ++i)
      result += to->queue.dropped(static_cast<gossip::lane>(i));
  return result;
}

gossip::send_queue& sim_node::queue_of(neighbour& to) {
  if (!to.dirty) {
    to.dirty = true;
    dirty_.push_back(to.handle);
  }
  return to.queue;
}

void sim_node::apply_control(neighbour& from, const proto::control& control,
                             time_point now) {
  if (!control.ihaves.empty())
    answer_ihaves(from, control.ihaves, now);
  if (!control.iwant.empty())
    answer_iwant(from, control.iwant, now);
  for (const auto& topic : control.grafts)
    mesh_.graft(from.handle, topic, now, buffers_.mesh);
  for (const auto& prune : control.prunes)
    mesh_.prune(from.handle, prune, now, buffers_.mesh);
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
  if (!wanted.empty())
    queue_of(from).push_iwant(wanted);
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
    queue_of(from).push_answer(std::move(msg));
}

void sim_node::carry_out_mesh() {
  auto& effects = buffers_.mesh;
  if (effects.empty())
    return;
  for (const auto& change : effects.announcements)
    for (const auto& to : neighbours_)
      if (to)
        queue_of(*to).push_subscription(change);
  for (auto& control : effects.control) {
    auto& queue = queue_of(neighbour_of(control.to));
    for (const auto& topic : control.grafts)
      queue.push_graft(topic);
    for (auto& prune : control.prunes)
      queue.push_prune(std::move(prune));
  }
  for (const auto& gossip : effects.gossip)
    emit_gossip(gossip);
  for (const auto& event : effects.events)
    observer_.on_mesh_event(self_, event);
  effects.clear();
}

void sim_node::emit_gossip(const gossip::emit_gossip& gossip) {
  if (!cache_.has_gossip(gossip.topic))
    return;
  const auto most = options_.params.gossip.max_ihave_ids;
  std::vector<std::string> ids;
  for (const auto peer : gossip.peers) {
    // Where not all ids fit, each peer is told of others.
    if (ids.empty() || ids.size() == most)
      ids = cache_.gossip_ids(gossip.topic, most, gen_);
    queue_of(neighbour_of(peer)).push_ihave(gossip.topic, ids);
  }
}

void sim_node::carry_out_messages() {
  auto& effects = buffers_.carried_out;
  effects.swap(buffers_.messages);
  for (const auto& effect : effects)
    if (const auto* check = std::get_if<gossip::validate_message>(&effect))
      observer_.on_validate(self_, check->msg, check->token);
    else if (const auto* good = std::get_if<gossip::deliver_message>(&effect))
      forward(*good);
  effects.clear();
}

void sim_node::forward(const gossip::deliver_message& delivery) {
  const auto& msg = delivery.msg;
  observer_.on_deliver(self_, msg, index_of(delivery.source));
  const auto source = mesh_.find_peer(delivery.source);
  auto& receivers = buffers_.receivers;
  receivers.clear();
  mesh_.relay_to(msg->topic(), source.value_or(gossip::peer_handle{}),
                 msg->author(), receivers);
  for (const auto peer : receivers) {
    neighbour& to = neighbour_of(peer);
    // Who sent it meanwhile has it.
    if (std::none_of(delivery.forwarders.begin(), delivery.forwarders.end(),
                     [&](const auto& other) { return other.peer == to.id; }))
      queue_of(to).push_message(msg);
  }
}

} // namespace grapevine::sim
