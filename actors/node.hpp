#pragma once

#include "actors/node_config.hpp"
#include "messages/api.hpp"

namespace grapevine {

/// Makes a node in `sys`; `start_node` opens its listeners and dials its peers.
/// It lives until `stop_node`, or until the actor ends by itself, with the
/// reason logged, when its mesh manager or message cache has died.
///
///     caf::actor_system_config cfg;
///     grapevine::tune_scheduler(cfg);
///     caf::actor_system sys{cfg};
///     auto node = grapevine::spawn_node(sys, config);
node_actor spawn_node(caf::actor_system& sys, node_config config);

} // namespace grapevine
