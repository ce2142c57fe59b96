#pragma once

#include "actors/context.hpp"
#include "messages/mesh_manager.hpp"

namespace grapevine {

/// Starts the mesh manager; send it `meet_partners` first.
mesh_manager_actor spawn_mesh_manager(caf::actor_system& sys, context_ptr ctx);

} // namespace grapevine
