#pragma once

#include "app/options/option_row.hpp"
#include "app/options/options.hpp"
#include "app/sim/scenario_values.hpp"
#include "sim/scenario.hpp"

#include <string>
#include <vector>

namespace grapevine::app {

/// A group as its table has it.
struct group_entry {
  sim::node_group group;
  behaviour how = behaviour::honest;
};

// The keys of a scenario's file, by table; docs/commands/sim.md explains them.

const std::vector<option_row<sim::scenario>>& scenario_rows();
const std::vector<option_row<group_entry>>& group_rows();
const std::vector<option_row<sim::topology_options>>& topology_rows();
const std::vector<option_row<sim::link_options>>& network_rows();
const std::vector<option_row<sim::topic_options>>& topic_rows();
const std::vector<option_row<sim::traffic>>& message_rows();
const std::vector<option_row<sim::incident>>& event_rows();
const std::vector<option_row<sim::churn_options>>& churn_rows();

/// Whether a group takes an option of `grapevine run`: those of the mesh, peer
/// exchange, gossip, timers, scores, and the pauses before dialling again.
bool is_rule(const option& one);

/// All keys of a group.
std::vector<std::string> group_keys();

} // namespace grapevine::app
