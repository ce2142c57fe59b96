#include "tests/sim/sim_network.hpp"

#include <algorithm>
#include <functional>

namespace grapevine::sim {

namespace {

// The field of an RPC that holds messages, as the first byte of a frame's body.
constexpr std::uint8_t publish_tag = 0x12;

// Whether the frame carries messages: the send queue mixes them with nothing.
bool carries_messages(const bytes& frame) {
  std::size_t header = 1;
  while ((frame[header - 1] & 0x80) != 0)
    ++header;
  return frame[header] == publish_tag;
}

milliseconds up_to(milliseconds bound, gossip::rng& gen) {
  const auto count = static_cast<std::size_t>(bound.count()) + 1;
  return milliseconds{
      static_cast<std::int64_t>(gossip::random_below(gen, count))};
}

bool happens(double probability, gossip::rng& gen) {
  constexpr std::size_t steps = 1'000'000;
  return static_cast<double>(gossip::random_below(gen, steps))
         < probability * static_cast<double>(steps);
}

enum trace_kind : std::uint64_t {
  frame_sent = 1,
  frame_lost,
  delivered,
  beaten
};

} // namespace

sim_network::sim_network(const network_options& options)
    : options_{options}, gen_{options.seed} {}

node_index sim_network::add_node(const node_options& options) {
  const auto index = static_cast<node_index>(nodes_.size());
  node_observer& observer = *this;
  nodes_.push_back(
      std::make_unique<sim_node>(index, options, gen_(), observer));
  index_of_.emplace(identity_of(index), index);
  // Nodes were not started together: their heartbeats differ in phase.
  const auto interval = options.params.timers.heartbeat_interval;
  schedule(now_ + up_to(interval, gen_), [this, index] { beat(index); });
  return index;
}

void sim_network::add_nodes(std::size_t count, const node_options& options) {
  for (std::size_t i = 0; i < count; ++i)
    add_node(options);
}

void sim_network::connect(const std::vector<edge>& edges) {
  for (const edge& link : edges)
    connect(link);
}

void sim_network::connect(edge link) {
  const auto [dialler, listener] = link;
  const auto latency =
      options_.min_latency
      + up_to(options_.max_latency - options_.min_latency, gen_);
  const auto connection = next_connection_++;
  wires_[{dialler, listener}] = {connection, latency, now_};
  wires_[{listener, dialler}] = {connection, latency, now_};
  const auto version = std::min(nodes_[dialler]->options().version,
                                nodes_[listener]->options().version);
  nodes_[dialler]->connect(listener, version, true, now_);
  nodes_[listener]->connect(dialler, version, false, now_);
  flush(dialler);
  flush(listener);
}

void sim_network::disconnect(edge link) {
  const auto [a, b] = link;
  wires_.erase({a, b});
  wires_.erase({b, a});
  nodes_[a]->disconnect(b, now_);
  nodes_[b]->disconnect(a, now_);
  flush(a);
  flush(b);
}

void sim_network::isolate(node_index node) {
  for (const auto peer : nodes_[node]->peers())
    disconnect({node, peer});
}

void sim_network::join(node_index node, std::string_view topic) {
  nodes_[node]->join(topic, now_);
  flush(node);
}

void sim_network::join_all(std::string_view topic) {
  for (node_index i = 0; i < nodes_.size(); ++i)
    join(i, topic);
}

void sim_network::leave(node_index node, std::string_view topic) {
  nodes_[node]->leave(topic, now_);
  flush(node);
}

std::size_t sim_network::publish(node_index node, std::string_view topic) {
  constexpr std::size_t payload = 256;
  const bytes data(payload, static_cast<std::uint8_t>(messages_.size()));
  std::size_t reached = 0;
  const auto id = nodes_[node]->publish(topic, data, now_, reached);
  published record{now_, std::string{topic}, {}, {}};
  for (node_index i = 0; i < nodes_.size(); ++i)
    if (i != node && nodes_[i]->router().subscribed(topic))
      record.missing.insert(i);
  record.hops.emplace(node, 0);
  ++tally_.published;
  tally_.expected += record.missing.size();
  messages_.emplace(id, std::move(record));
  flush(node);
  return reached;
}

void sim_network::run(milliseconds duration) {
  const auto end = now_ + duration;
  while (!events_.empty() && events_.top().at <= end) {
    now_ = events_.top().at;
    const auto action = events_.top().action;
    events_.pop();
    action();
  }
  now_ = end;
}

report sim_network::result() const {
  return summarize(tally_);
}

void sim_network::forget_messages() {
  messages_.clear();
  tally_ = {};
}

void sim_network::on_validate(node_index node, const gossip::message_ptr& msg,
                              gossip::validation_token token) {
  schedule(now_ + options_.validation, [this, node, id = msg->id(), token] {
    nodes_[node]->decide(id, token, now_);
    flush(node);
  });
}

void sim_network::on_deliver(node_index node, const gossip::message_ptr& msg,
                             const libp2p::peer_id& source) {
  note(delivered, node, msg->id().hash());
  const auto record = messages_.find(msg->id());
  if (record == messages_.end())
    return;
  auto& [at, topic, missing, hops] = record->second;
  const auto distance = hops[index_of_.at(source)] + 1;
  // A second delivery shows as one too many.
  hops.emplace(node, distance);
  if (missing.erase(node) == 0) {
    ++tally_.unexpected;
    return;
  }
  ++tally_.delivered;
  tally_.hops.push_back(distance);
  tally_.latencies.push_back(
      std::chrono::duration_cast<milliseconds>(now_ - at));
}

void sim_network::on_mesh_event(node_index, const gossip::mesh_event& e) {
  ++mesh_events_.at(static_cast<std::size_t>(e.kind));
}

void sim_network::schedule(time_point at, std::function<void()> action) {
  events_.push({at, next_order_++, std::move(action)});
}

void sim_network::beat(node_index node) {
  note(beaten, node, 0);
  nodes_[node]->heartbeat(now_);
  flush(node);
  schedule(now_ + nodes_[node]->options().params.timers.heartbeat_interval,
           [this, node] { beat(node); });
}

void sim_network::flush(node_index node) {
  for (auto& [to, frame] : nodes_[node]->take_output())
    transmit(node, to, std::move(frame));
}

void sim_network::transmit(node_index from, node_index to, shared_bytes frame) {
  auto& way = wires_.at({from, to});
  const bool payload = carries_messages(*frame);
  auto at = now_ + way.latency + up_to(options_.jitter, gen_);
  (payload ? tally_.payload_bytes : tally_.control_bytes) += frame->size();
  note(frame_sent, from, to, std::hash<std::string_view>{}(as_text(*frame)));
  if (payload && happens(options_.loss, gen_)) {
    note(frame_lost, from, to);
    ++tally_.lost;
    return;
  }
  if (!payload) {
    at = std::max(at, way.last_control);
    way.last_control = at;
  }
  schedule(at,
           [this, from, to, connection = way.connection,
            frame = std::move(frame)] { arrive(from, to, connection, frame); });
}

void sim_network::arrive(node_index from, node_index to,
                         std::uint64_t connection, const shared_bytes& frame) {
  // What was under way when its connection ended is lost with it.
  const auto way = wires_.find({from, to});
  if (way == wires_.end() || way->second.connection != connection)
    return;
  if (carries_messages(*frame))
    ++tally_.copies;
  nodes_[to]->receive(from, *frame, now_);
  flush(to);
}

void sim_network::note(std::uint64_t what, std::uint64_t a, std::uint64_t b,
                       std::uint64_t c) {
  const auto time = static_cast<std::uint64_t>(now_.time_since_epoch().count());
  for (const auto value : {time, what, a, b, c})
    trace_ = (trace_ ^ value) * 0x100'0000'01b3;
}

} // namespace grapevine::sim
