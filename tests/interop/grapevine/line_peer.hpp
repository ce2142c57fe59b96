#pragma once

#include "messages/api.hpp"
#include "tests/interop/grapevine/options.hpp"

namespace grapevine::interop {

/// Starts a node, translates commands into messages to it, and what it tells
/// into events. A line of standard input is sent to the actor as a string, its
/// end as `stop_node`.
caf::behavior run_peer(caf::event_based_actor* self, const options& o,
                       const node_config& config);

} // namespace grapevine::interop
