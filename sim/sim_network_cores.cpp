// Whose turn it is on cores that nodes share. A kernel lets a process do what
// it has to do: a node that has taken a message in verifies it and sends it on
// before another one, for which a frame has come meanwhile, gets the core.
#include "sim/sim_network.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::sim {

// The one where it is the node's turn, else the one that is free first.
sim_network::core& sim_network::core_for(machine& of, node_index node) {
  const auto own = std::ranges::find_if(
      of.cores, [&](const core& one) { return one.busy && one.node == node; });
  return own != of.cores.end()
             ? *own
             : *std::ranges::min_element(of.cores, {}, &core::free);
}

void sim_network::tell_when_free(std::uint32_t where, core& of) {
  of.busy = true;
  event free;
  free.what = event::kind::core;
  free.where = where;
  free.token = static_cast<std::uint64_t>(&of - machines_[where].cores.data());
  events_.push(of.free, std::move(free));
}

// What the node had to do by now may have given it more to do.
void sim_network::end_turn(std::uint32_t where, core& of) {
  if (of.free > events_.now()) {
    tell_when_free(where, of);
    return;
  }
  of.busy = false;
  dispatch(where);
}

void sim_network::dispatch(std::uint32_t where) {
  for (core& one : machines_[where].cores)
    if (!one.busy && !machines_[where].waiting.empty())
      take_frame(where, one);
}

// Another one of the same node if there is any, else the one that has waited
// the longest.
void sim_network::take_frame(std::uint32_t where, core& with) {
  auto& waiting = machines_[where].waiting;
  auto next = std::ranges::find_if(
      waiting, [&](const event& e) { return wires_[e.where].to == with.node; });
  if (next == waiting.end())
    next = waiting.begin();
  event taken = std::move(*next);
  waiting.erase(next);
  with.node = wires_[taken.where].to;
  with.busy = true;
  taken.what = event::kind::served;
  const auto done =
      work(with.node, cost_of(options_.costs.receive, *taken.frame));
  events_.push(done, std::move(taken));
  // After that, which may make it longer.
  tell_when_free(where, with);
}

} // namespace grapevine::sim
