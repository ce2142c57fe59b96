#pragma once

#include "actors/node_config.hpp"
#include "messages/api.hpp"
#include "messages/init.hpp"

namespace grapevine {

/// Makes a node in `sys`; `start_node` opens its listeners and dials its peers.
/// It lives until `stop_node`, or until nobody has its handle any more, when it
/// stops in order by itself; or until it ends, with the reason logged, when its
/// mesh manager or message cache has died. An actor system waits for its nodes
/// when it is destroyed: a handle that outlives it, in a global variable or in
/// an actor that does not end, keeps it waiting, as that of any actor does.
/// `node_handle` stops a node where its owner goes.
/// Throws a `std::logic_error` if CAF was not told of its messages.
///
///     grapevine::init_global_meta_objects();
///     caf::actor_system_config cfg;
///     grapevine::tune_scheduler(cfg);
///     caf::actor_system sys{cfg};
///     auto node = grapevine::spawn_node(sys, config);
node_actor spawn_node(caf::actor_system& sys, node_config config);

} // namespace grapevine
