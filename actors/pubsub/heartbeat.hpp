#pragma once

#include "actors/context.hpp"
#include "messages/heartbeat.hpp"
#include "messages/mesh_manager.hpp"

namespace grapevine {

/// Starts to tick `mesh` at the configured interval.
heartbeat_actor spawn_heartbeat(caf::actor_system& sys, context_ptr ctx,
                                mesh_manager_actor mesh);

} // namespace grapevine
