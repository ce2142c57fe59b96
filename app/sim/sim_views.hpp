#pragma once

#include "sim/scenario.hpp"
#include "sim/scenario_run.hpp"

#include <string>
#include <string_view>

// What a simulation gave, for people and for programs.

namespace grapevine::app {

/// Lines for a terminal, the last one without a line feed.
std::string sim_text(const sim::scenario& s, const sim::scenario_result& r);

/// A JSON object on one line.
std::string sim_json(const sim::scenario& s, const sim::scenario_result& r);

/// A page that needs nothing else: figures, charts, and the scenario's file.
std::string sim_html(const sim::scenario& s, const sim::scenario_result& r,
                     std::string_view file);

/// Deliveries that were expected and did not come in time.
inline std::size_t missing(const sim::report& figures) {
  return figures.expected - figures.deliveries;
}

} // namespace grapevine::app
