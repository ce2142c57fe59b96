#include "sim/sim_network.hpp"

#include <algorithm>
#include <stdexcept>

namespace grapevine::sim {

namespace {

tick up_to(microseconds bound, gossip::rng& gen) {
  return gossip::random_below(gen, ticks(bound) + 1);
}

} // namespace

sim_network::sim_network(const network_options& options)
    : options_{options}, ledger_{ticks(options.deadline),
                                 ticks(options.slice)} {
  buffers_.gen.seed(options.seed);
}

time_point sim_network::now() const noexcept {
  return time_point{std::chrono::hours{1} + duration_of(events_.now())};
}

// -- nodes and links ----------------------------------------------------------

node_index sim_network::add_node(const node_options& options) {
  add_nodes(1, options);
  return static_cast<node_index>(hosts_.size() - 1);
}

void sim_network::put_node(node_index index,
                           std::shared_ptr<const node_options> shared) {
  const auto& options = *shared;
  node_observer& observer = *this;
  host& place = hosts_[index];
  place.node = std::make_unique<sim_node>(index, std::move(shared), now(),
                                          observer, buffers_);
  place.up = true;
  place.muted = false;
  place.waits_for_uplink = false;
  place.since = events_.now();
  place.ip = options.ip.value_or(address_of(index));
  // Nodes were not started together: their heartbeats differ in phase.
  event first;
  first.what = event::kind::heartbeat;
  first.where = index;
  first.life = place.life;
  events_.push(
      events_.now()
          + up_to(options.params.timers.heartbeat_interval, buffers_.gen),
      std::move(first));
}

void sim_network::add_nodes(std::size_t count, const node_options& options) {
  const auto shared = std::make_shared<const node_options>(options);
  for (std::size_t i = 0; i < count; ++i) {
    hosts_.emplace_back();
    put_node(static_cast<node_index>(hosts_.size() - 1), shared);
  }
}

void sim_network::connect(const std::vector<edge>& edges) {
  for (const edge& link : edges)
    connect(link);
}

std::uint32_t sim_network::take_wire() {
  if (free_wires_.empty()) {
    free_wires_.push_back(static_cast<std::uint32_t>(wires_.size()));
    wires_.emplace_back();
  }
  const auto index = free_wires_.back();
  free_wires_.pop_back();
  return index;
}

void sim_network::connect(edge link) {
  const auto [dialler, listener] = link;
  const auto there = take_wire();
  const auto back = take_wire();
  const auto latency =
      options_.latency_of
          ? ticks(options_.latency_of(dialler, listener, buffers_.gen))
          : ticks(options_.min_latency)
                + up_to(options_.max_latency - options_.min_latency,
                        buffers_.gen);
  sim_node& a = *hosts_[dialler].node;
  sim_node& b = *hosts_[listener].node;
  const auto version = std::min(a.options().version, b.options().version);
  wires_[there] = {
      dialler,
      listener,
      back,
      b.connect(dialler, version, false, back, hosts_[dialler].ip, now()),
      wires_[there].life,
      latency,
      events_.now()};
  wires_[back] = {
      listener,
      dialler,
      there,
      a.connect(listener, version, true, there, hosts_[listener].ip, now()),
      wires_[back].life,
      latency,
      events_.now()};
  flush(dialler);
  flush(listener);
}

void sim_network::disconnect(edge link) {
  const auto there = hosts_[link.first].node->wire_to(link.second);
  if (!there)
    throw std::logic_error{"disconnected twice"};
  const auto back = wires_[*there].back;
  for (const auto index : {*there, back}) {
    wire& ended = wires_[index];
    // What was under way is lost.
    ++ended.life;
    hosts_[ended.to].node->disconnect(ended.sender, now());
    free_wires_.push_back(index);
  }
  flush(link.first);
  flush(link.second);
}

bool sim_network::connected(edge link) const {
  return hosts_[link.first].node->wire_to(link.second).has_value();
}

void sim_network::isolate(node_index node) {
  for (const auto peer : hosts_[node].node->peers())
    disconnect({node, peer});
}

void sim_network::stop(node_index node) {
  isolate(node);
  ledger_.gone(node, events_.now());
  host& place = hosts_[node];
  place.up = false;
  place.muted = false;
  ++place.life;
}

void sim_network::start(node_index node) {
  const auto before = std::move(hosts_[node].node);
  put_node(node, before->shared_options());
  behave(node, before->behaviour());
}

void sim_network::mute(node_index node) {
  hosts_[node].muted = true;
  ledger_.gone(node, events_.now());
}

std::uint32_t sim_network::add_machine(std::size_t cores) {
  machines_.push_back({std::vector<core>(cores), {}});
  return static_cast<std::uint32_t>(machines_.size() - 1);
}

void sim_network::place(node_index node, const placement& where) {
  hosts_[node].where = where;
}

// -- topics and messages ------------------------------------------------------

void sim_network::join(node_index node, std::string_view topic) {
  hosts_[node].node->join(topic, now());
  flush(node);
}

void sim_network::join_all(std::string_view topic) {
  for (node_index i = 0; i < hosts_.size(); ++i)
    join(i, topic);
}

void sim_network::leave(node_index node, std::string_view topic) {
  hosts_[node].node->leave(topic, now());
  flush(node);
}

std::size_t sim_network::publish(node_index node, std::string_view topic,
                                 std::size_t payload) {
  const tick stable = ticks(options_.stable_after);
  expected_.clear();
  const bool invalid = hosts_[node].node->behaviour().publishes_invalid;
  for (node_index i = 0; i < hosts_.size() && !invalid; ++i)
    if (up(i) && events_.now() - hosts_[i].since >= stable
        && hosts_[i].node->options().honest
        && hosts_[i].node->meshes().subscribed(topic))
      expected_.push_back(i);
  const bytes data = ledger_.next_payload(payload);
  ledger_.published(node, expected_, hosts_.size(), events_.now());
  const auto reached = hosts_[node].node->publish(topic, data, now());
  flush(node);
  return reached;
}

} // namespace grapevine::sim
