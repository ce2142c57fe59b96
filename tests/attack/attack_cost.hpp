#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace grapevine::test {

/// CPU time of this process without that of the calling thread: what the nodes
/// of a test, whose actors have threads of their own, have used.
std::chrono::nanoseconds node_cpu_time();

/// What an attack cost the node, beside harmless input of the same size.
struct attack_cost {
  std::chrono::nanoseconds attack{};
  std::chrono::nanoseconds control{};

  /// How many times the control the attack costs. What is below a tick of the
  /// clock's precision counts as one.
  double factor() const;
};

/// Runs both, each on a node of its own and again while it is in doubt, and
/// notes what they cost in the table that is printed when the program ends.
/// Each must not return before the node has done all that follows from its
/// input.
attack_cost compare_cost(const std::string& name,
                         const std::function<void()>& attack,
                         const std::function<void()>& control);

} // namespace grapevine::test
