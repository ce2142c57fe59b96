#include "tests/sim/sim_network.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

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

tick ticks(milliseconds duration) {
  return static_cast<tick>(duration.count());
}

tick up_to(milliseconds bound, gossip::rng& gen) {
  return gossip::random_below(gen, ticks(bound) + 1);
}

bool happens(double probability, gossip::rng& gen) {
  constexpr std::size_t steps = 1'000'000;
  return static_cast<double>(gossip::random_below(gen, steps))
         < probability * static_cast<double>(steps);
}

std::uint64_t mix(std::uint64_t digest, std::uint64_t value) noexcept {
  digest = (digest ^ value) * 0x9e37'79b9'7f4a'7c15;
  return digest ^ digest >> 32;
}

// Eight bytes at a time.
std::uint64_t digest_of(const bytes& frame) noexcept {
  std::uint64_t digest = frame.size();
  std::size_t i = 0;
  std::uint64_t word = 0;
  for (; i + sizeof word <= frame.size(); i += sizeof word) {
    std::memcpy(&word, frame.data() + i, sizeof word);
    digest = mix(digest, word);
  }
  for (; i < frame.size(); ++i)
    digest = mix(digest, frame[i]);
  return digest;
}

enum trace_kind : std::uint64_t {
  frame_sent = 1,
  frame_lost,
  delivered,
  beaten
};

} // namespace

sim_network::sim_network(const network_options& options)
    : options_{options}, gen_{options.seed}, ledger_{ticks(options.deadline)} {}

time_point sim_network::now() const noexcept {
  return time_point{std::chrono::hours{1} + milliseconds{events_.now()}};
}

// -- nodes and links ----------------------------------------------------------

node_index sim_network::add_node(const node_options& options) {
  const auto index = static_cast<node_index>(hosts_.size());
  hosts_.emplace_back();
  put_node(index, options);
  return index;
}

void sim_network::put_node(node_index index, const node_options& options) {
  node_observer& observer = *this;
  host& place = hosts_[index];
  place.node = std::make_unique<sim_node>(index, options, gen_(), now(),
                                          observer, buffers_);
  place.up = true;
  place.since = events_.now();
  place.ip = options.ip.value_or(address_of(index));
  // Nodes were not started together: their heartbeats differ in phase.
  event first;
  first.what = event::kind::heartbeat;
  first.where = index;
  first.life = place.life;
  events_.push(events_.now()
                   + up_to(options.params.timers.heartbeat_interval, gen_),
               std::move(first));
}

void sim_network::add_nodes(std::size_t count, const node_options& options) {
  for (std::size_t i = 0; i < count; ++i)
    add_node(options);
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
      ticks(options_.min_latency)
      + up_to(options_.max_latency - options_.min_latency, gen_);
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
  ++place.life;
}

void sim_network::start(node_index node) {
  const auto options = hosts_[node].node->options();
  put_node(node, options);
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

std::size_t sim_network::publish(node_index node, std::string_view topic) {
  const tick stable = ticks(options_.stable_after);
  expected_.clear();
  const bool invalid = hosts_[node].node->options().conduct.publishes_invalid;
  for (node_index i = 0; i < hosts_.size() && !invalid; ++i)
    if (hosts_[i].up && events_.now() - hosts_[i].since >= stable
        && hosts_[i].node->options().honest
        && hosts_[i].node->meshes().subscribed(topic))
      expected_.push_back(i);
  const bytes data = ledger_.next_payload(options_.payload);
  ledger_.published(node, expected_, hosts_.size(), events_.now());
  const auto reached = hosts_[node].node->publish(topic, data, now());
  flush(node);
  return reached;
}

// -- events -------------------------------------------------------------------

void sim_network::run(milliseconds duration) {
  const tick end = events_.now() + ticks(duration);
  tick seen = events_.now();
  for (event e; events_.pop(end, e); handle(e))
    if (events_.now() != seen) {
      seen = events_.now();
      prefetch();
    }
}

// Every event is about another node, whose memory was not used for a while: it
// takes longer to wait for it than to handle the event. What all events of a
// tick need is therefore asked for at once, in rounds, as one place tells where
// the next one is.
void sim_network::prefetch() {
  events_.each_due([this](const event& e) {
    if (e.what == event::kind::frame)
      __builtin_prefetch(&wires_[e.where]);
    __builtin_prefetch(e.frame.get());
  });
  const auto each_frame = [this](auto f) {
    events_.each_due([this, f](const event& e) {
      if (e.what == event::kind::frame && wires_[e.where].life == e.life)
        f(*hosts_[wires_[e.where].to].node, wires_[e.where].sender, *e.frame);
    });
  };
  each_frame([](const sim_node& node, auto, const bytes& frame) {
    node.prefetch();
    __builtin_prefetch(frame.data());
  });
  each_frame([](const sim_node& node, auto sender, const bytes&) {
    node.prefetch_place(sender);
  });
  each_frame([](const sim_node& node, auto sender, const bytes&) {
    node.prefetch_neighbour(sender);
  });
}

void sim_network::handle(const event& e) {
  switch (e.what) {
  case event::kind::frame:
    if (wires_[e.where].life == e.life)
      arrive(e);
    break;
  case event::kind::verdict:
    if (hosts_[e.where].life == e.life)
      decide(e);
    break;
  case event::kind::heartbeat:
    if (hosts_[e.where].life == e.life)
      beat(e.where);
    break;
  case event::kind::dial:
    if (hosts_[e.where].life == e.life)
      dial_offered(e);
    break;
  }
}

void sim_network::on_validate(node_index node, const gossip::message_ptr& msg,
                              gossip::validation_token token) {
  event verdict;
  verdict.what = event::kind::verdict;
  verdict.where = node;
  verdict.life = hosts_[node].life;
  verdict.token = token;
  verdict.msg = msg;
  events_.push(events_.now() + ticks(options_.validation), std::move(verdict));
}

void sim_network::decide(const event& e) {
  const auto& author = hosts_[index_of(e.msg->author())].node->options();
  gossip::verdict result;
  if (author.conduct.publishes_invalid)
    result.kind = gossip::verdict_kind::reject;
  hosts_[e.where].node->decide(e.msg->id(), e.token, result, now());
  flush(e.where);
}

void sim_network::on_deliver(node_index node, const gossip::message_ptr& msg,
                             node_index source) {
  note(delivered, node, msg->id().hash());
  const bool counts = hosts_[node].node->options().honest;
  ledger_.delivered(node, msg->data(), source, counts, events_.now());
}

void sim_network::on_mesh_event(node_index, const gossip::mesh_event& e) {
  ++mesh_events_.at(static_cast<std::size_t>(e.kind));
}

// Later: in this moment nodes are in the middle of something.
void sim_network::on_offer(node_index node, node_index peer) {
  if (options_.dial_offers_below == 0)
    return;
  event dial;
  dial.what = event::kind::dial;
  dial.where = node;
  dial.life = hosts_[node].life;
  dial.token = peer;
  events_.push(events_.now() + 1, std::move(dial));
}

void sim_network::dial_offered(const event& e) {
  const auto peer = static_cast<node_index>(e.token);
  const sim_node& node = *hosts_[e.where].node;
  if (peer != e.where && hosts_[peer].up && !connected({e.where, peer})
      && node.meshes().peer_count() < options_.dial_offers_below)
    connect({e.where, peer});
}

void sim_network::beat(node_index node) {
  note(beaten, node, 0);
  sim_node& beating = *hosts_[node].node;
  beating.heartbeat(now());
  flush(node);
  event next;
  next.what = event::kind::heartbeat;
  next.where = node;
  next.life = hosts_[node].life;
  events_.push(events_.now()
                   + ticks(beating.options().params.timers.heartbeat_interval),
               std::move(next));
}

void sim_network::flush(node_index node) {
  hosts_[node].node->take_output();
  for (auto& [to, frame] : buffers_.output)
    transmit(to, std::move(frame));
  buffers_.output.clear();
}

void sim_network::transmit(std::uint32_t index, shared_bytes frame) {
  wire& way = wires_[index];
  const bool payload = carries_messages(*frame);
  tally& counts = ledger_.counts();
  ++counts.frames;
  (payload ? counts.payload_bytes : counts.control_bytes) += frame->size();
  if (!payload)
    hosts_[way.from].control_sent += frame->size();
  note(frame_sent, way.from, way.to, digest_of(*frame));
  if (payload && happens(options_.loss, gen_)) {
    note(frame_lost, way.from, way.to);
    ++counts.lost;
    return;
  }
  auto at = events_.now() + way.latency + up_to(options_.jitter, gen_);
  if (!payload)
    way.last_control = at = std::max(at, way.last_control);
  event arrival;
  arrival.where = index;
  arrival.life = way.life;
  arrival.frame = std::move(frame);
  events_.push(at, std::move(arrival));
}

void sim_network::arrive(const event& e) {
  const wire& way = wires_[e.where];
  const node_index to = way.to;
  if (carries_messages(*e.frame) && hosts_[to].node->options().honest)
    ++ledger_.counts().copies;
  hosts_[to].node->receive(way.sender, *e.frame, now());
  flush(to);
}

void sim_network::note(std::uint64_t what, std::uint64_t a, std::uint64_t b,
                       std::uint64_t c) {
  trace_ = mix(mix(mix(trace_, events_.now() << 3 | what), a << 32 | b), c);
}

} // namespace grapevine::sim
