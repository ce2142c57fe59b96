#include "tests/attack/sim_attack.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iostream>
#include <limits>
#include <span>

namespace grapevine::attack {

namespace {

sim::network_options network(std::uint64_t seed) {
  sim::network_options options;
  options.seed = seed;
  return options;
}

} // namespace

scene::scene(std::uint64_t seed, bool flood_publish)
    : net_{network(seed)}, flood_publish_{flood_publish} {}

void scene::add_honest(std::size_t count, std::size_t dials) {
  sim::node_options options;
  options.params.flood_publish = flood_publish_;
  for (std::size_t i = 0; i < count; ++i) {
    honest_.push_back(net_.add_node(options));
    net_.join(honest_.back(), topic);
  }
  for (const auto node : honest_)
    for (std::size_t made = 0, tries = 0; made < dials && tries < 100;
         ++tries) {
      const auto peer = random_of(honest_);
      if (peer == node || net_.connected({node, peer}))
        continue;
      net_.connect({node, peer});
      ++made;
    }
}

void scene::add_attackers(std::size_t count, const sim::node_options& options) {
  for (std::size_t i = 0; i < count; ++i) {
    attackers_.push_back(net_.add_node(options));
    net_.join(attackers_.back(), topic);
  }
}

void scene::attack(std::size_t targets) {
  auto victims = honest_;
  for (const auto attacker : attackers_) {
    gossip::shuffle_front(std::span{victims}, targets, net_.gen());
    for (std::size_t i = 0; i < std::min(targets, victims.size()); ++i)
      if (!net_.connected({attacker, victims[i]}))
        net_.connect({attacker, victims[i]});
  }
}

void scene::behave(const sim::conduct& how) {
  for (const auto attacker : attackers_)
    net_.behave(attacker, how);
}

void scene::publish(std::size_t count, milliseconds pause,
                    const std::vector<node_index>& authors) {
  for (std::size_t i = 0; i < count; ++i) {
    net_.publish(random_of(authors), topic);
    net_.run(pause);
  }
}

void scene::check_delivered(std::string_view name, double part) {
  net_.run(8s);
  const auto figures = net_.result();
  sim::print(std::cout, name, figures);
  CHECK(figures.expected > 0);
  CHECK(figures.delivery_rate >= part);
  CHECK(figures.unexpected == 0);
}

std::size_t scene::honest_in_mesh(node_index node) const {
  const auto mesh = net_.node(node).mesh_of(topic);
  return static_cast<std::size_t>(
      std::count_if(mesh.begin(), mesh.end(), [this](node_index peer) {
        return net_.node(peer).options().honest;
      }));
}

std::size_t scene::attackers_in_mesh(node_index node) const {
  return net_.node(node).mesh_of(topic).size() - honest_in_mesh(node);
}

std::size_t scene::attackers_in_meshes() const {
  std::size_t count = 0;
  for (const auto node : honest_)
    count += attackers_in_mesh(node);
  return count;
}

double scene::honest_control_rate(std::chrono::seconds duration) {
  const auto sent = [this] {
    std::uint64_t sum = 0;
    for (const auto node : honest_)
      sum += net_.control_sent(node);
    return sum;
  };
  const auto before = sent();
  net_.run(duration);
  return static_cast<double>(sent() - before)
         / static_cast<double>(honest_.size())
         / static_cast<double>(duration.count());
}

double scene::best_attacker_score() const {
  double best = -std::numeric_limits<double>::infinity();
  for (const auto node : honest_)
    for (const auto attacker : attackers_)
      if (net_.connected({node, attacker}))
        best = std::max(best, net_.node(node).score_of(attacker));
  return best;
}

node_index scene::random_of(const std::vector<node_index>& nodes) {
  return nodes[gossip::random_below(net_.gen(), nodes.size())];
}

sim::node_options squatter() {
  sim::node_options options;
  options.honest = false;
  options.conduct.relays = false;
  options.conduct.gossips = false;
  options.conduct.answers = false;
  // Never enough, never too many.
  options.params.mesh.degree = 1'000;
  options.params.mesh.degree_low = 1'000;
  options.params.mesh.degree_high = 2'000;
  return options;
}

} // namespace grapevine::attack
