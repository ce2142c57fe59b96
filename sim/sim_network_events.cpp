// What happens in a network, and when.
#include "sim/network_trace.hpp"
#include "sim/sim_network.hpp"

#include <utility>

namespace grapevine::sim {

void sim_network::run(microseconds duration) {
  const tick end = events_.now() + ticks(duration);
  for (event e; events_.pop(end, e); handle(e))
    prefetch();
}

// Every event is about another node, whose memory was not used for a while: it
// takes longer to wait for it than to handle the event. What the next ones need
// is therefore asked for before, in steps, as one place tells where the next
// one is.
void sim_network::prefetch() const {
  constexpr std::size_t first = 12;
  constexpr std::size_t step = 3;
  if (const auto* e = events_.ahead(first); e != nullptr) {
    if (e->what == event::kind::frame)
      __builtin_prefetch(&wires_[e->where]);
    __builtin_prefetch(e->frame.get());
  }
  const auto at_frame = [this](std::size_t distance, auto f) {
    const auto* e = events_.ahead(distance);
    if (e != nullptr && e->what == event::kind::frame
        && wires_[e->where].life == e->life)
      f(*hosts_[wires_[e->where].to].node, wires_[e->where].sender, *e->frame);
  };
  at_frame(first - step, [](const sim_node& node, auto, const bytes& frame) {
    node.prefetch();
    __builtin_prefetch(frame.data());
  });
  at_frame(first - 2 * step, [](const sim_node& node, auto sender,
                                const bytes&) { node.prefetch_place(sender); });
  at_frame(first - 3 * step,
           [](const sim_node& node, auto sender, const bytes&) {
             node.prefetch_neighbour(sender);
           });
}

void sim_network::handle(event& e) {
  if (e.what == event::kind::core)
    return end_turn(e.where, machines_[e.where].cores[e.token]);
  const bool on_wire =
      e.what == event::kind::frame || e.what == event::kind::served;
  if (on_wire ? wires_[e.where].life != e.life : hosts_[e.where].life != e.life)
    return;
  const auto node = on_wire ? wires_[e.where].to : e.where;
  if (hosts_[node].muted)
    return;
  switch (e.what) {
  case event::kind::frame:
    return arrive(e);
  case event::kind::served:
    return serve(e);
  case event::kind::verdict:
    return decide(e);
  case event::kind::heartbeat:
    return beat(node);
  case event::kind::dial:
    return dial_offered(e);
  case event::kind::core:
    return;
  case event::kind::uplink:
    hosts_[node].waits_for_uplink = false;
    return flush_uplink(node);
  }
}

void sim_network::arrive(event& e) {
  host& to = hosts_[wires_[e.where].to];
  to.usage.bytes_received += wire_bytes(e.frame->size());
  if (carries_messages(*e.frame) && to.node->options().honest)
    ++ledger_.counts().copies;
  if (!to.where.machine) {
    // That was part of the way here.
    work(wires_[e.where].to, cost_of(options_.costs.receive, *e.frame));
    serve(e);
    return;
  }
  const auto where = *to.where.machine;
  machines_[where].waiting.push_back(std::move(e));
  dispatch(where);
}

void sim_network::serve(const event& e) {
  const wire& way = wires_[e.where];
  const auto to = way.to;
  hosts_[to].node->receive(way.sender, *e.frame, now());
  flush(to);
}

void sim_network::on_validate(node_index node, const gossip::message_ptr& msg,
                              gossip::validation_token token) {
  event verdict;
  verdict.what = event::kind::verdict;
  verdict.where = node;
  verdict.life = hosts_[node].life;
  verdict.token = token;
  verdict.msg = msg;
  events_.push(work(node, options_.costs.verify) + ticks(options_.validation),
               std::move(verdict));
}

void sim_network::decide(const event& e) {
  const auto& author = hosts_[index_of(e.msg->author())].node->behaviour();
  gossip::verdict result;
  if (author.publishes_invalid)
    result.kind = gossip::verdict_kind::reject;
  hosts_[e.where].node->decide(e.msg->id(), e.token, result, now());
  flush(e.where);
}

void sim_network::on_deliver(node_index node, const gossip::message_ptr& msg,
                             node_index source) {
  note(traced::delivered, node, msg->id().hash());
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
  events_.push(events_.now() + ticks(milliseconds{1}), std::move(dial));
}

void sim_network::dial_offered(const event& e) {
  const auto peer = static_cast<node_index>(e.token);
  const sim_node& node = *hosts_[e.where].node;
  if (peer != e.where && up(peer) && !divided({e.where, peer})
      && !connected({e.where, peer})
      && node.meshes().peer_count() < options_.dial_offers_below)
    connect({e.where, peer});
}

void sim_network::beat(node_index node) {
  note(traced::beaten, node, 0);
  sim_node& beating = *hosts_[node].node;
  beating.heartbeat(now());
  if (options_.costs.any())
    work(node, options_.costs.heartbeat
                   + options_.costs.heartbeat_peer
                         * static_cast<double>(beating.meshes().peer_count()));
  flush(node);
  event next;
  next.what = event::kind::heartbeat;
  next.where = node;
  next.life = hosts_[node].life;
  events_.push(events_.now()
                   + ticks(beating.options().params.timers.heartbeat_interval),
               std::move(next));
}

void sim_network::note(traced what, std::uint64_t a, std::uint64_t b,
                       std::uint64_t c) {
  const auto when = events_.now() << 3 | static_cast<std::uint64_t>(what);
  trace_ = mix(mix(mix(trace_, when), a << 32 | b), c);
}

} // namespace grapevine::sim
