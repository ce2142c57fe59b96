#pragma once

#include "app/failure.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::app::cluster {

/// What is done to a node, and what undoes that.
enum class fault_action {
  /// SIGKILL.
  kill,
  /// SIGTERM: it ends in order.
  stop,
  /// SIGSTOP: it is there and does nothing.
  pause,
  /// It has no network.
  cut,
  /// Its network is bad.
  impair,
  start,
  resume,
  join,
  repair,
};

/// `kill`.
std::string_view name_of(fault_action action);

/// How bad a network is; nothing of what is zero.
struct link_quality {
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds jitter{0};
  /// Of the packets, in percent.
  double loss = 0;
  /// Kilobits in a second.
  std::size_t rate = 0;
};

/// Something that is done to one node.
struct fault_step {
  /// Since the cluster was up.
  std::chrono::milliseconds at{0};
  fault_action what = fault_action::kill;
  /// The node's place in the cluster, from 0.
  std::size_t node = 0;
  link_quality quality{};
};

/// The cluster whose nodes are meant.
struct fault_context {
  std::size_t nodes = 0;
  /// Whether a node has a network of its own, which can be cut.
  bool namespaces = false;
  /// Decides whom faults hit that tell only how many.
  std::uint64_t seed = 1;
};

/// Reads the steps, in the order of their times, out of TOML:
///
///     [[fault]]
///     at = "10s"
///     do = "kill"        # kill, stop, pause, cut, impair
///     nodes = [3, 4]     # or: count = 2, of any nodes
///     for = "5s"         # then it is undone; without it, never
///
/// `impair` has `delay`, `jitter` (times), `loss` (percent) and `rate`
/// (kilobits in a second). `name` stands for the file in errors.
outcome<std::vector<fault_step>> parse_faults(std::string_view text,
                                              const std::string& name,
                                              const fault_context& where);

/// The same of a file.
outcome<std::vector<fault_step>> read_faults(const std::filesystem::path& file,
                                             const fault_context& where);

} // namespace grapevine::app::cluster
