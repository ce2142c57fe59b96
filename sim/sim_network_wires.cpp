// Frames on their way: who sends them, how long they take, what is lost.
#include "sim/network_trace.hpp"
#include "sim/sim_network.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace grapevine::sim {

namespace {

// The system's buffers take so much more than an uplink sends; the rest waits
// in the node's own queues, in their order.
constexpr tick uplink_backlog = ticks(milliseconds{100});

// As Linux has it: what is lost is sent again after so much and a round trip,
// and after twice that.
constexpr tick first_retransmission = ticks(milliseconds{200});

constexpr std::size_t packet_size = 1'448;

bool happens(double probability, gossip::rng& gen) {
  constexpr std::size_t steps = 1'000'000;
  return static_cast<double>(gossip::random_below(gen, steps))
         < probability * static_cast<double>(steps);
}

} // namespace

// -- what leaves a node -------------------------------------------------------

void sim_network::flush(node_index node) {
  host& from = hosts_[node];
  if (from.where.upload > 0) {
    flush_uplink(node);
    return;
  }
  from.node->take_output();
  for (auto& [to, frame] : buffers_.output)
    transmit(to, std::move(frame));
  buffers_.output.clear();
}

void sim_network::flush_uplink(node_index node) {
  host& from = hosts_[node];
  while (from.uplink_free < events_.now() + uplink_backlog) {
    auto next = from.node->take_one();
    if (!next)
      return;
    transmit(next->wire, std::move(next->frame));
  }
  if (from.waits_for_uplink || !from.node->has_output())
    return;
  from.waits_for_uplink = true;
  event more;
  more.what = event::kind::uplink;
  more.where = node;
  more.life = from.life;
  events_.push(from.uplink_free - uplink_backlog / 2, std::move(more));
}

tick sim_network::work(node_index node, double cost) {
  host& place = hosts_[node];
  if (place.awake_until < events_.now())
    cost += options_.costs.wake;
  const auto time = static_cast<tick>(std::llround(cost));
  place.usage.cpu += duration_of(time);
  auto done = events_.now() + time;
  if (place.where.machine) {
    core& with = core_for(machines_[*place.where.machine], node);
    done = with.free = std::max(with.free, events_.now()) + time;
    with.node = node;
    if (!with.busy)
      tell_when_free(*place.where.machine, with);
  }
  place.awake_until = std::max(place.awake_until, done);
  return done;
}

double sim_network::cost_of(double each, const bytes& frame) const {
  const auto& costs = options_.costs;
  return each * (carries_messages(frame) ? 1 : costs.control)
         + costs.kib * static_cast<double>(frame.size()) / 1'024;
}

// When its last bit has left the node.
tick sim_network::depart(node_index node, const bytes& frame) {
  host& from = hosts_[node];
  const auto bytes = wire_bytes(frame.size());
  from.usage.bytes_sent += bytes;
  auto at = events_.now();
  if (options_.costs.any())
    at = work(node, cost_of(options_.costs.send, frame));
  if (from.where.upload > 0) {
    const auto time = static_cast<double>(bytes) * 1e6 / from.where.upload;
    from.uplink_free =
        std::max(from.uplink_free, at) + static_cast<tick>(std::ceil(time));
    at = from.uplink_free;
  }
  return at;
}

void sim_network::transmit(std::uint32_t index, shared_bytes frame) {
  wire& way = wires_[index];
  const bool payload = carries_messages(*frame);
  tally& counts = ledger_.counts();
  ++counts.frames;
  (payload ? counts.payload_bytes : counts.control_bytes) += frame->size();
  if (!payload)
    hosts_[way.from].control_sent += frame->size();
  note(traced::frame_sent, way.from, way.to, digest_of(*frame));
  const auto left = depart(way.from, *frame);
  if (payload && happens(options_.loss, buffers_.gen)) {
    note(traced::frame_lost, way.from, way.to);
    ++counts.lost;
    return;
  }
  if (divided({way.from, way.to}))
    held_.push_back({index, way.life, std::move(frame)});
  else
    launch(index, std::move(frame), left);
}

// -- wires --------------------------------------------------------------------

void sim_network::launch(std::uint32_t index, shared_bytes frame, tick at) {
  wire& way = wires_[index];
  at += way.latency
        + gossip::random_below(buffers_.gen, ticks(options_.jitter) + 1);
  if (options_.packet_loss > 0)
    at += retransmission(way, *frame);
  if (!hosts_[way.to].where.machine)
    at += static_cast<tick>(cost_of(options_.costs.receive, *frame)
                            + options_.costs.wake);
  if (options_.ordered || !carries_messages(*frame))
    way.last = at = std::max(at, way.last);
  event arrival;
  arrival.where = index;
  arrival.life = way.life;
  arrival.frame = std::move(frame);
  events_.push(at, std::move(arrival));
}

tick sim_network::retransmission(const wire& way, const bytes& frame) {
  tick longest = 0;
  const auto packets = (frame.size() + packet_size - 1) / packet_size;
  for (std::size_t i = 0; i < packets; ++i) {
    tick delay = 0;
    auto pause = first_retransmission + 2 * way.latency;
    for (; happens(options_.packet_loss, buffers_.gen); pause *= 2) {
      delay += pause;
      ++ledger_.counts().lost;
    }
    longest = std::max(longest, delay);
  }
  return longest;
}

void sim_network::divide(std::vector<std::uint8_t> sides) {
  sides_ = std::move(sides);
  sides_.resize(hosts_.size());
  divided_at_ = events_.now();
}

// Each side tries again at its own times, the pauses between which have
// doubled.
void sim_network::heal() {
  sides_.clear();
  auto pause = first_retransmission;
  auto next = divided_at_ + pause;
  for (; next < events_.now(); next += pause)
    pause *= 2;
  const auto wait = next - events_.now();
  for (auto& [index, life, frame] : std::exchange(held_, {}))
    if (wires_[index].life == life)
      launch(index, std::move(frame), events_.now() + wait);
}

} // namespace grapevine::sim
