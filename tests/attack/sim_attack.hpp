#pragma once

#include "sim/sim_network.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::attack {

using namespace std::chrono_literals;
using sim::milliseconds;
using sim::node_index;

/// The only topic.
inline constexpr std::string_view topic = "topic";

/// A network of honest nodes, as `grapevine` is by default, and of others.
class scene {
public:
  /// Without flood publishing a message depends on the meshes and gossip alone.
  explicit scene(std::uint64_t seed, bool flood_publish = true);

  /// Each dials `dials` other honest nodes, at random.
  void add_honest(std::size_t count, std::size_t dials);

  /// Not connected yet.
  void add_attackers(std::size_t count, const sim::node_options& options);

  /// Each dials `targets` of the honest nodes, at random, besides those that it
  /// is connected to.
  void attack(std::size_t targets);

  /// All attackers behave so from now on.
  void behave(const sim::conduct& how);

  /// One message every `pause` from a random one of `authors`.
  void publish(std::size_t count, milliseconds pause,
               const std::vector<node_index>& authors);

  /// Lets what is under way arrive, gossip included, prints the figures, and
  /// checks that honest nodes got at least this part of what they published.
  void check_delivered(std::string_view name, double part);
  void check_all_delivered(std::string_view name) {
    check_delivered(name, 1.0);
  }

  /// How many of a node's mesh are honest.
  std::size_t honest_in_mesh(node_index node) const;
  std::size_t attackers_in_mesh(node_index node) const;
  /// Over all honest nodes.
  std::size_t attackers_in_meshes() const;

  /// Bytes of control that an honest node sends per second, over `duration`.
  double honest_control_rate(std::chrono::seconds duration);

  /// The best score that any honest node gives to any of its attackers.
  double best_attacker_score() const;

  sim::sim_network& net() noexcept { return net_; }
  const std::vector<node_index>& honest() const noexcept { return honest_; }
  const std::vector<node_index>& attackers() const noexcept {
    return attackers_;
  }

private:
  node_index random_of(const std::vector<node_index>& nodes);

  sim::sim_network net_;
  bool flood_publish_;
  std::vector<node_index> honest_;
  std::vector<node_index> attackers_;
};

/// An attacker that takes every place it can get in a mesh, keeps to the rules
/// for it, and gives nothing.
sim::node_options squatter();

} // namespace grapevine::attack
