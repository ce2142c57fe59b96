// Who goes and comes in a scenario, and who dials whom again.
#include "sim/scenario_runner.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace grapevine::sim {

namespace {

using namespace std::chrono_literals;

// A connection and its handshakes take so many ways through the network.
constexpr std::int64_t ways_of_handshake = 8;

// What was sent last has arrived after so long.
constexpr auto farewell = 500ms;

// A node that has just published does not vanish: a message that nobody else
// has is nobody's fault.
constexpr auto publishing = 1s;

} // namespace

// -- incidents ----------------------------------------------------------------

void scenario_runner::plan_incidents() {
  for (const auto& one : s_.incidents)
    at(ticks(one.at), [this, &one] { begin(one); });
}

void scenario_runner::begin(const incident& what) {
  const auto nodes = chosen(what);
  if (what.what == incident::kind::partition) {
    divide(nodes, what.lasting);
    return;
  }
  microseconds pause{0};
  for (const auto node : nodes) {
    after(pause, [this, node, &what] {
      if (!net_.up(node))
        return;
      go(node, what.how);
      if (what.what == incident::kind::restart)
        after(what.lasting, [this, node] { come(node); });
    });
    pause += what.every;
  }
}

std::vector<node_index> scenario_runner::chosen(const incident& what) {
  std::vector<node_index> among;
  for (const auto node : what.which)
    among.push_back(static_cast<node_index>(node));
  if (!among.empty())
    return among;
  for (node_index node = 0; node < net_.size(); ++node)
    if (what.group.empty() ? group_of(node).options.honest
                           : group_of(node).name == what.group)
      among.push_back(node);
  auto count = what.nodes;
  if (what.part > 0)
    count = static_cast<std::size_t>(
        std::lround(what.part * static_cast<double>(among.size())));
  if (count == 0)
    return among;
  gossip::shuffle_front(std::span{among}, count, gen_);
  among.resize(std::min(count, among.size()));
  return among;
}

void scenario_runner::plan_churn() {
  const auto per_minute =
      s_.churn.per_minute * static_cast<double>(honest_.size());
  if (per_minute <= 0)
    return;
  const auto until = ticks(s_.duration - s_.drain);
  at(std::max(now_, ticks(s_.settle)) + about(60e6 / per_minute),
     [this, until] {
       if (now_ >= until)
         return;
       const auto node = honest_[gossip::random_below(gen_, honest_.size())];
       if (net_.up(node)
           && now_ >= members_[node].last_published + ticks(publishing)) {
         go(node, s_.churn.how);
         const auto away = about(static_cast<double>(ticks(s_.churn.away)) / 2);
         at(now_ + away, [this, node] { come(node); });
       }
       plan_churn();
     });
}

// -- going and coming ---------------------------------------------------------

void scenario_runner::go(node_index node, departure how) {
  ++departures_;
  const auto number = ++members_[node].departures;
  if (how == departure::kill) {
    end_links(node);
    return;
  }
  net_.mute(node);
  const microseconds known_after =
      how == departure::graceful ? microseconds{farewell} : s_.network.silence;
  after(known_after, [this, node, number] {
    if (members_[node].departures == number && !net_.up(node))
      end_links(node);
  });
}

void scenario_runner::end_links(node_index node) {
  const auto peers = net_.node(node).peers();
  net_.stop(node);
  for (const auto keeper : members_[node].keepers)
    dial_later(keeper, node, 0);
  if (s_.topology.kind == graph::subscribers)
    after(1s, [this, peers] {
      for (const auto peer : peers)
        if (net_.up(peer))
          look_for_another(peer);
    });
}

void scenario_runner::come(node_index node) {
  if (net_.up(node))
    return;
  // Its machine is back before anybody has noticed, or what it said last is
  // still on its way.
  if (net_.muted(node))
    end_links(node);
  net_.start(node);
  members_[node].since = now_;
  join_topics(node);
  for (auto& [peer, failures] : members_[node].kept) {
    failures = 0;
    dial(node, peer);
  }
  if (s_.topology.kind == graph::subscribers)
    dial_subscribers(node);
}

// -- subscribers --------------------------------------------------------------

void scenario_runner::dial_subscribers(node_index node) {
  for (const auto topic : members_[node].topics)
    for (std::size_t i = 0; i < s_.topology.dials; ++i)
      dial_one_of(node, topic);
}

void scenario_runner::dial_one_of(node_index node, std::size_t topic) {
  const auto& known = subscribers_[topic];
  for (int tries = 0; tries < 20; ++tries) {
    const auto peer = known[gossip::random_below(gen_, known.size())];
    if (peer == node || !net_.up(peer) || net_.divided({node, peer})
        || net_.connected({node, peer}))
      continue;
    net_.connect({node, peer});
    return;
  }
}

// For the topic in which it knows the fewest, if these are few.
void scenario_runner::look_for_another(node_index node) {
  const auto peers_in = [&](std::size_t topic) {
    return net_.node(node).meshes().peers_of(names_[topic]).size();
  };
  const auto& topics = members_[node].topics;
  const auto least = std::ranges::min(topics, {}, peers_in);
  if (peers_in(least) < 2 * s_.topology.dials)
    dial_one_of(node, least);
}

// -- kept peers ---------------------------------------------------------------

// As `kept_peers` of a node: pauses that double, drawn from their upper half.
void scenario_runner::dial_later(node_index node, node_index peer,
                                 unsigned failures) {
  const auto& group = group_of(node);
  const auto doubled =
      group.redial_min.count() * (std::int64_t{1} << std::min(failures, 30U));
  const auto longest = std::min(doubled, group.redial_max.count()) * 1'000;
  const auto half = static_cast<std::size_t>(longest / 2);
  const microseconds pause{
      static_cast<std::int64_t>(half + gossip::random_below(gen_, half + 1))};
  const auto life = members_[node].departures;
  after(pause, [this, node, peer, life] {
    if (members_[node].departures == life)
      dial(node, peer);
  });
}

void scenario_runner::dial(node_index node, node_index peer) {
  if (!net_.up(node) || net_.connected({node, peer}))
    return;
  auto& failures = members_[node].kept[peer];
  if (!net_.up(peer) || net_.divided({node, peer})) {
    dial_later(node, peer, ++failures);
    return;
  }
  failures = 0;
  const auto way = latencies()(node, peer, gen_);
  const auto life = members_[node].departures;
  after(way * ways_of_handshake, [this, node, peer, life] {
    if (members_[node].departures != life || !net_.up(node)
        || net_.connected({node, peer}))
      return;
    if (net_.up(peer) && !net_.divided({node, peer}))
      net_.connect({node, peer});
    else
      dial_later(node, peer, ++members_[node].kept[peer]);
  });
}

// -- partitions ---------------------------------------------------------------

void scenario_runner::divide(const std::vector<node_index>& apart,
                             milliseconds lasting) {
  std::vector<std::uint8_t> sides(net_.size());
  for (const auto node : apart)
    sides[node] = 1;
  net_.divide(std::move(sides));
  const auto number = ++divisions_;
  if (lasting > s_.network.silence)
    after(s_.network.silence, [this, number] {
      if (divisions_ == number)
        end_silent_links();
    });
  after(lasting, [this, number] {
    if (divisions_ == number)
      net_.heal();
  });
}

void scenario_runner::end_silent_links() {
  for (node_index node = 0; node < net_.size(); ++node)
    for (const auto peer : net_.node(node).peers()) {
      if (peer < node || !net_.divided({node, peer}))
        continue;
      net_.disconnect({node, peer});
      for (const auto& [from, to] : {edge{node, peer}, edge{peer, node}})
        if (members_[from].kept.contains(to))
          dial_later(from, to, 0);
    }
}

} // namespace grapevine::sim
