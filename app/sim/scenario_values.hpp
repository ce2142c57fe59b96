#pragma once

#include "app/options/option_values.hpp"
#include "sim/scenario.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

// How the values of a scenario are read and written, besides those that options
// have, too.

namespace grapevine::app {

/// How a group's nodes behave.
enum class behaviour {
  honest,
  /// Take places and give nothing: neither messages nor gossip nor answers.
  silent,
  /// The same, and take every place that they can get in a mesh.
  squatter,
  /// Tell at each heartbeat of messages that there are not.
  liar,
  /// Publish what nobody takes.
  forger,
};

/// The node's conduct and numbers.
void behave(sim::node_options& node, behaviour how);

template <>
struct value_text<std::string> {
  static parsed<std::string> parse(std::string_view text) {
    return std::string{text};
  }
  static std::string format(const std::string& value) { return value; }
};

/// `250us`, `5ms`, `1.5s`.
template <>
struct value_text<std::chrono::microseconds> {
  static parsed<std::chrono::microseconds> parse(std::string_view text);
  static std::string format(std::chrono::microseconds value);
};

/// `20ms`, `5ms..80ms` or `40ms+-10ms`.
template <>
struct value_text<sim::latency_range> {
  static parsed<sim::latency_range> parse(std::string_view text);
  static std::string format(const sim::latency_range& value);
};

template <>
struct value_text<sim::graph> {
  static parsed<sim::graph> parse(std::string_view text);
  static std::string format(sim::graph value);
  static std::vector<std::string> choices();
};

template <>
struct value_text<sim::departure> {
  static parsed<sim::departure> parse(std::string_view text);
  static std::string format(sim::departure value);
  static std::vector<std::string> choices();
};

template <>
struct value_text<sim::incident::kind> {
  static parsed<sim::incident::kind> parse(std::string_view text);
  static std::string format(sim::incident::kind value);
  static std::vector<std::string> choices();
};

template <>
struct value_text<behaviour> {
  static parsed<behaviour> parse(std::string_view text);
  static std::string format(behaviour value);
  static std::vector<std::string> choices();
};

} // namespace grapevine::app
