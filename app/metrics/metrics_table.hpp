#pragma once

#include "app/metrics/exposition.hpp"
#include "app/metrics/process_numbers.hpp"

#include <span>
#include <string_view>

namespace grapevine::app {

/// What metrics are read from.
struct metrics_source {
  const metrics_snapshot& node;
  const process_numbers& process;
};

/// A metric. Whoever adds one adds a row.
struct metric_row {
  std::string_view name;
  metric_type type = metric_type::counter;
  /// The names of its labels, as the documents show them.
  std::string_view labels;
  std::string_view help;
  void (*read)(const metrics_source& from, exposition& to) = nullptr;
};

/// All metrics, in the order in which they are told.
std::span<const metric_row> metrics_table();

} // namespace grapevine::app
