#pragma once

#include "app/cluster/cluster_plan.hpp"
#include "app/failure.hpp"

#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>

namespace grapevine::app::cluster {

/// A node of the cluster as a process of this program's. It ends with the
/// thread that has made it, however that ends.
class node_process {
public:
  enum class state { ended, running, paused };

  /// `network` is the name of the one that it runs in; empty: this process's.
  explicit node_process(const node_plan& plan, std::string network = {})
      : plan_{&plan}, network_{std::move(network)} {}
  node_process(const node_process&) = delete;
  node_process& operator=(const node_process&) = delete;
  node_process(node_process&& other) noexcept
      : plan_{other.plan_}, network_{std::move(other.network_)},
        process_{std::exchange(other.process_, 0)}, paused_{other.paused_},
        how_{std::move(other.how_)} {}
  /// Kills it.
  ~node_process();

  /// Starts it, if it does not run. What it writes goes to its log, behind what
  /// is there.
  outcome<void> start();

  /// Sends it a signal, if it runs.
  void signal(int number);

  /// Whether it runs; looks whether it has ended.
  state look();

  /// How it has ended: `status 1`, `signal 9`; empty if it has not.
  const std::string& how_it_ended() const noexcept { return how_; }

private:
  const node_plan* plan_;
  std::string network_;
  pid_t process_ = 0;
  bool paused_ = false;
  std::string how_;
};

/// Where a node's output goes: `log` in its folder.
std::filesystem::path log_of(const node_plan& plan);

} // namespace grapevine::app::cluster
