#pragma once

#include "app/cluster/cluster_plan.hpp"
#include "app/cluster/fault_plan.hpp"
#include "app/failure.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace grapevine::app::cluster {

/// A network of its own for each node, all of them joined by a bridge, as the
/// `ip` and `tc` programs make them. For root. There is one such cluster on a
/// machine.
class node_networks {
public:
  node_networks() = default;
  node_networks(const node_networks&) = delete;
  node_networks& operator=(const node_networks&) = delete;
  /// Takes them away.
  ~node_networks();

  /// Makes them for these nodes; fails if they are there already.
  outcome<void> make(const std::vector<node_plan>& nodes);

  /// The name of a node's network; empty if there are none.
  std::string name(std::size_t node) const;

  outcome<void> cut(std::size_t node);
  outcome<void> join(std::size_t node);
  outcome<void> impair(std::size_t node, const link_quality& how);
  /// Whether `impair` can be done here; if not, why, and what to do.
  outcome<void> check_impair();
  outcome<void> repair(std::size_t node);

private:
  outcome<void> make_one(const node_plan& node);

  std::vector<std::string> names_;
  bool bridged_ = false;
};

} // namespace grapevine::app::cluster
