#include "sim/sim_node.hpp"

#include "gossip/message/signing.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace grapevine::sim {

namespace {

gossip::message_cache_options cache_options(node_index self,
                                            const node_options& options,
                                            const gossip::router& router) {
  gossip::message_cache_options result{{}, options.params, options.gater};
  auto& store = result.store;
  store.self = identity_of(self);
  store.default_ids = options.knows_own_ids;
  store.validation = options.validation;
  store.delivery_window = router.scores().largest_delivery_window();
  return result;
}

// Where the peers are is for a directory to say.
std::vector<gossip::dial_candidate> all_of(const gossip::px_offer& offer) {
  std::vector<gossip::dial_candidate> result;
  for (const auto& peer : offer.peers)
    if (const auto id = libp2p::peer_id::from_bytes(as_bytes(peer.id)))
      result.push_back({*id, {}});
  return result;
}

gossip::router_options router_options(const node_options& options) {
  gossip::router_options result{options.params, options.score};
  result.resolve = [](const gossip::px_offer& offer, gossip::address_scope) {
    return all_of(offer);
  };
  return result;
}

// Numbers of a node that is started again continue beyond those of its former
// life.
std::uint64_t wall_clock(time_point now) {
  return static_cast<std::uint64_t>(now.time_since_epoch().count());
}

} // namespace

libp2p::peer_id identity_of(node_index node) {
  // A SHA2-256 multihash that no key has.
  std::array<std::uint8_t, 34> raw{};
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

libp2p::ip_address address_of(node_index node) {
  // In no range that is private.
  const std::array<std::uint8_t, 4> raw{
      44, static_cast<std::uint8_t>(node >> 16),
      static_cast<std::uint8_t>(node >> 8), static_cast<std::uint8_t>(node)};
  return libp2p::ip_address::from_bytes(raw).value();
}

sim_node::neighbour::neighbour(gossip::peer_handle peer, node_index node,
                               std::uint32_t way, const node_options& options,
                               gossip::version version, time_point now)
    : handle{peer}, index{node}, wire{way}, budget{options.params, now},
      gossipsub{gossip::has_mesh(version)} {}

sim_node::sim_node(node_index self, std::shared_ptr<const node_options> options,
                   time_point now, node_observer& observer,
                   turn_buffers& buffers)
    : self_{self}, options_{std::move(options)}, conduct_{options_->conduct},
      observer_{observer}, buffers_{buffers}, gen_{buffers.gen},
      router_{router_options(*options_)},
      cache_{cache_options(self, *options_, router_)}, seqno_{wall_clock(now)} {
}

gossip::peer_handle sim_node::connect(node_index peer, gossip::version version,
                                      bool outbound, std::uint32_t wire,
                                      const libp2p::ip_address& ip,
                                      time_point now) {
  const auto id = identity_of(peer);
  const auto handle = router_.add_peer(id, {version, outbound, false}, {&ip, 1},
                                       now, buffers_.router);
  if (!handle)
    throw std::logic_error{"connected twice"};
  cache_.add_peer(id, {&ip, 1});
  if (neighbours_.size() <= handle->slot)
    neighbours_.resize(handle->slot + 1);
  neighbours_[handle->slot] =
      std::make_unique<neighbour>(*handle, peer, wire, *options_, version, now);
  neighbour& added = neighbour_of(*handle);
  carry_out_router();
  for (const auto& subscription : router_.greet(*handle).subscriptions) {
    queue_of(added).push_subscription(subscription);
    if (conduct_.grafts_at_once)
      queue_of(added).push_graft(subscription.topic);
  }
  return *handle;
}

void sim_node::disconnect(gossip::peer_handle peer, time_point now) {
  router_.remove_peer(peer, now, gen_, buffers_.router);
  carry_out_router();
  neighbour& gone = neighbour_of(peer);
  cache_.remove_peer(identity_of(gone.index), now);
  if (gone.queue)
    dropped_ += gone.queue->dropped();
  std::erase(dirty_, peer);
  neighbours_[peer.slot].reset();
}

void sim_node::join(std::string_view topic, time_point now) {
  router_.join(topic, now, gen_, buffers_.router);
  carry_out_router();
}

void sim_node::leave(std::string_view topic, time_point now) {
  router_.leave(topic, now, gen_, buffers_.router);
  carry_out_router();
}

std::size_t sim_node::publish(std::string_view topic, bytes_view data,
                              time_point now) {
  const auto msg = gossip::build_message({.topic = topic,
                                          .data = data,
                                          .from = identity_of(self_),
                                          .seqno = seqno_.next()},
                                         nullptr, gossip::default_message_id);
  tell_unwanted(*msg, {});
  auto& receivers = buffers_.receivers;
  receivers.clear();
  router_.publish_to(*msg, now, gen_, receivers);
  const auto reached = receivers.size();
  for (const auto peer : receivers)
    send(neighbour_of(peer), msg, router_.goes_anyway(peer, true), now);
  cache_.publish(msg, now, buffers_.messages);
  // Its own deliver effect is for local subscribers: it was sent just now.
  buffers_.messages.clear();
  return reached;
}

void sim_node::decide(const gossip::message_id& id,
                      gossip::validation_token token, gossip::verdict result,
                      time_point now) {
  cache_.decide(id, token, std::move(result), now, buffers_.messages);
  carry_out_messages(now);
}

void sim_node::heartbeat(time_point now) {
  router_.heartbeat(now, gen_, buffers_.router);
  carry_out_router();
  if (conduct_.invented_ids > 0)
    invent_gossip();
  // Last: gossip is about the window as it was.
  cache_.shift(now, buffers_.messages);
  carry_out_messages(now);
  while (cache_.store().sweep(now)) {
  }
}

std::optional<outgoing> sim_node::take_one() {
  while (!dirty_.empty()) {
    neighbour& to = neighbour_of(dirty_.front());
    std::rotate(dirty_.begin(), dirty_.begin() + 1, dirty_.end());
    if (auto frame = to.queue->queue.next_frame())
      return outgoing{to.wire, std::move(frame)};
    give_back(to);
    dirty_.pop_back();
  }
  return std::nullopt;
}

void sim_node::take_output() {
  for (const auto peer : dirty_) {
    neighbour& to = neighbour_of(peer);
    while (auto frame = to.queue->queue.next_frame())
      buffers_.output.push_back({to.wire, std::move(frame)});
    give_back(to);
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
  for (const auto peer : router_.meshes().mesh_of(topic))
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

const sim_node::neighbour* sim_node::find_neighbour(node_index peer) const {
  for (const auto& to : neighbours_)
    if (to && to->index == peer)
      return to.get();
  return nullptr;
}

std::optional<std::uint32_t> sim_node::wire_to(node_index peer) const {
  const auto* to = find_neighbour(peer);
  return to ? std::optional{to->wire} : std::nullopt;
}

double sim_node::score_of(node_index peer) const {
  const auto* known = find_neighbour(peer);
  return known ? router_.scores().score(known->handle) : 0;
}

std::uint64_t sim_node::dropped() const {
  auto result = dropped_;
  for (const auto& to : neighbours_)
    if (to && to->queue)
      result += to->queue->dropped();
  return result;
}

std::uint64_t lent_queue::dropped() const noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < gossip::lane_count; ++i)
    sum += queue.dropped(static_cast<gossip::lane>(i));
  return sum - dropped_before;
}

gossip::send_queue& sim_node::queue_of(neighbour& to) {
  if (to.queue)
    return to.queue->queue;
  auto& unused = buffers_.queues;
  if (unused.empty())
    unused.push_back(std::make_unique<lent_queue>());
  to.queue = std::move(unused.back());
  unused.pop_back();
  to.queue->queue.set_gossipsub(to.gossipsub);
  dirty_.push_back(to.handle);
  return to.queue->queue;
}

void sim_node::give_back(neighbour& to) {
  const auto dropped = to.queue->dropped();
  dropped_ += dropped;
  to.queue->dropped_before += dropped;
  buffers_.queues.push_back(std::move(to.queue));
}

} // namespace grapevine::sim
