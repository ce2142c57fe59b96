#pragma once

#include "app/cluster/cluster_plan.hpp"
#include "app/cluster/cluster_watch.hpp"
#include "app/cluster/fault_plan.hpp"
#include "app/cluster/node_networks.hpp"
#include "app/cluster/node_process.hpp"
#include "app/console/signals.hpp"
#include "app/failure.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace grapevine::app::cluster {

/// Nodes that run on this machine: starts them, does to them what is planned,
/// and ends them.
class cluster {
public:
  using clock = std::chrono::steady_clock;
  using say = std::function<void(const std::string&)>;

  /// `note` is told what happens to the nodes.
  cluster(const cluster_wish& wish, std::vector<fault_step> faults, say note);
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;
  /// Ends all that still runs.
  ~cluster();

  /// Makes the networks and starts all nodes.
  outcome<void> start();

  /// Waits until all nodes answer and are in their meshes; which are not, if
  /// that takes longer than `patience`, or the flag is raised.
  std::vector<std::string> await_ready(std::chrono::milliseconds patience,
                                       const stop_flag& stop);

  /// Does what is planned at its time, and tells of nodes that end by
  /// themselves, until the flag is raised.
  void run(const stop_flag& stop);

  /// Ends the nodes in order: by SIGTERM, and those that are still there at the
  /// end of the time by SIGKILL.
  void stop(std::chrono::milliseconds patience);

  /// What the page shows.
  std::string describe() const { return watch_.describe().dump(); }

private:
  outcome<void> make_networks();
  void look_at_nodes();
  void apply(const fault_step& step);
  outcome<void> apply_to_process(const fault_step& step);
  outcome<void> apply_to_network(const fault_step& step);
  void tell(std::string text);

  std::vector<node_plan> plan_;
  std::vector<fault_step> faults_;
  say note_;
  node_networks networks_;
  bool namespaces_;
  std::vector<node_process> processes_;
  // Whether it is meant to run.
  std::deque<bool> wanted_;
  cluster_watch watch_;
};

} // namespace grapevine::app::cluster
