#pragma once

#include "actors/node.hpp"

#include <string>
#include <vector>

namespace grapevine::interop {

/// Translates commands into messages to the node, and what the node tells into
/// events. A line of standard input is sent to the actor as a string, its end
/// as `stop_node`.
caf::behavior run_peer(caf::event_based_actor* self, const node_actor& node,
                       const std::vector<std::string>& topics);

} // namespace grapevine::interop
