// Nodes, topics, links and messages of a scenario.
#include "sim/scenario_runner.hpp"
#include "sim/topology.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

namespace grapevine::sim {

namespace {

// Evenly from the open interval between 0 and 1.
double part(gossip::rng& gen) {
  constexpr std::size_t steps = 1U << 30U;
  return (static_cast<double>(gossip::random_below(gen, steps)) + 0.5)
         / static_cast<double>(steps);
}

// A node has found its peers after so long, or it will not.
constexpr std::chrono::seconds finding_peers{5};

// By Box and Muller: the standard library's gives other numbers elsewhere.
double normal(gossip::rng& gen) {
  const auto radius = std::sqrt(-2 * std::log(part(gen)));
  return radius * std::cos(2 * std::numbers::pi * part(gen));
}

microseconds drawn(const latency_range& range, gossip::rng& gen) {
  if (range.deviation.count() == 0)
    return range.min
           + duration_of(
               gossip::random_below(gen, ticks(range.max - range.min) + 1));
  const auto mean = static_cast<double>(range.min.count());
  const auto deviation = static_cast<double>(range.deviation.count());
  return microseconds{
      static_cast<std::int64_t>(std::max(0.0, mean + deviation * normal(gen)))};
}

} // namespace

void scenario_runner::populate() {
  for (std::size_t i = 0; i < s_.topics.count; ++i)
    names_.push_back("topic-" + std::to_string(i));
  subscribers_.resize(s_.topics.count);
  members_.resize(node_count(s_));
  for (std::size_t group = 0; group < s_.groups.size(); ++group)
    add_group(group);
  if (s_.network.shared_cores > 0) {
    const auto machine = net_.add_machine(s_.network.shared_cores);
    for (node_index node = 0; node < net_.size(); ++node)
      net_.place(node, {machine, group_of(node).upload});
  }
  for (node_index node = 0; node < net_.size(); ++node)
    choose_topics(node);
  for (node_index node = 0; node < net_.size(); ++node)
    join_topics(node);
  link_all();
}

void scenario_runner::add_group(std::size_t index) {
  const auto& group = s_.groups[index];
  const auto first = static_cast<node_index>(net_.size());
  net_.add_nodes(group.nodes, group.options);
  for (auto node = first; node < net_.size(); ++node) {
    members_[node].group = index;
    if (group.options.honest)
      honest_.push_back(node);
    placement where{{}, group.upload};
    if (group.cores > 0)
      where.machine = net_.add_machine(group.cores);
    net_.place(node, where);
  }
}

void scenario_runner::choose_topics(node_index node) {
  std::vector<std::size_t> all(s_.topics.count);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = i;
  const auto count = std::min(s_.topics.per_node, all.size());
  gossip::shuffle_front(std::span{all}, count, gen_);
  all.resize(count);
  if (group_of(node).options.honest)
    for (const auto topic : all)
      subscribers_[topic].push_back(node);
  members_[node].topics = std::move(all);
}

void scenario_runner::join_topics(node_index node) {
  for (const auto topic : members_[node].topics)
    net_.join(node, names_[topic]);
}

// Honest nodes first: attackers add themselves to what is there.
void scenario_runner::link_all() {
  for (const auto& [from, to] : honest_links()) {
    keep(honest_[from], honest_[to]);
    if (!net_.connected({honest_[from], honest_[to]}))
      net_.connect({honest_[from], honest_[to]});
  }
  if (s_.topology.kind == graph::subscribers)
    for (const auto node : honest_)
      dial_subscribers(node);
  add_attacks();
}

std::vector<edge> scenario_runner::honest_links() {
  const auto count = honest_.size();
  switch (s_.topology.kind) {
  case graph::random:
    return random_graph(count, s_.topology.dials, gen_);
  case graph::ring:
    return ring(count);
  case graph::line:
    return line(count);
  case graph::star:
    return star_of(count, s_.topology.hubs);
  case graph::tree:
    return tree(count, std::max<std::size_t>(1, s_.topology.branches));
  case graph::full:
    return full(count);
  case graph::chart:
    return chart(count);
  case graph::subscribers:
    break;
  }
  return {};
}

void scenario_runner::add_attacks() {
  auto victims = honest_;
  for (node_index node = 0; node < net_.size(); ++node) {
    if (group_of(node).options.honest)
      continue;
    const auto count = std::min(group_of(node).targets, victims.size());
    gossip::shuffle_front(std::span{victims}, count, gen_);
    for (std::size_t i = 0; i < count; ++i)
      net_.connect({node, victims[i]});
  }
}

void scenario_runner::keep(node_index node, node_index peer) {
  members_[node].kept.emplace(peer, 0);
  members_[peer].keepers.push_back(node);
}

std::function<microseconds(node_index, node_index, gossip::rng&)>
scenario_runner::latencies() const {
  if (s_.network.regions.empty())
    return
        [range = s_.network.latency](node_index, node_index, gossip::rng& gen) {
          return drawn(range, gen);
        };
  return [this](node_index from, node_index to, gossip::rng&) {
    const auto& regions = s_.network.regions;
    const auto region = [&](node_index node) {
      const auto found = std::ranges::find(regions, group_of(node).region);
      return found == regions.end()
                 ? node % regions.size()
                 : static_cast<std::size_t>(found - regions.begin());
    };
    return s_.network.matrix[region(from)][region(to)];
  };
}

// -- messages -----------------------------------------------------------------

void scenario_runner::plan_messages() {
  for (std::size_t i = 0; i < s_.messages.size(); ++i) {
    const auto& kind = s_.messages[i];
    const auto begin = ticks(kind.start.value_or(s_.settle));
    const auto end =
        std::min(ticks(kind.end.value_or(s_.duration)), ticks(s_.duration))
        - (kind.end ? 0 : ticks(s_.drain));
    if (kind.rate > 0)
      at(begin, [this, i, end] { publish_next(i, end); });
  }
}

void scenario_runner::publish_next(std::size_t index, tick end) {
  const auto& kind = s_.messages[index];
  const auto topics = kind.topic ? 1.0 : static_cast<double>(s_.topics.count);
  const auto mean = 1e6 / (kind.rate * topics);
  const auto pause =
      kind.even ? static_cast<tick>(std::llround(mean)) : about(mean);
  at(now_ + pause, [this, index, end] {
    if (now_ >= end)
      return;
    publish(s_.messages[index]);
    publish_next(index, end);
  });
}

// By somebody who is there, and not just started: who publishes before it has
// found anybody asks for it.
void scenario_runner::publish(const traffic& kind) {
  const auto topic =
      kind.topic.value_or(gossip::random_below(gen_, s_.topics.count));
  const auto& known = subscribers_[topic];
  const auto may = [&](node_index node) {
    return net_.up(node)
           && (net_.node(node).meshes().peer_count() > 0
               || now_ >= members_[node].since + ticks(finding_peers))
           && (kind.group.empty() || group_of(node).name == kind.group);
  };
  const auto count = kind.publishers > 0
                         ? std::min(kind.publishers, known.size())
                         : known.size();
  for (int tries = 0; count > 0 && tries < 50; ++tries) {
    const auto author = known[gossip::random_below(gen_, count)];
    if (!may(author))
      continue;
    members_[author].last_published = now_;
    net_.publish(author, names_[topic], kind.size);
    return;
  }
}

} // namespace grapevine::sim
