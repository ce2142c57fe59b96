#pragma once

#include "actors/node_settings.hpp"
#include "messages/node.hpp"

namespace grapevine {

/// What applications have of a node: passes their requests on to it, and takes
/// nothing else. Answers `busy` where they publish faster than the node can.
/// Ends with the node. Once nobody has its handle any more, or when it is told
/// to exit, it stops the node in order.
node_actor spawn_node_front(caf::actor_system& sys,
                            const node_internal_actor& node,
                            const node_settings& settings);

} // namespace grapevine
