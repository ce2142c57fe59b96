#pragma once

#include "actors/context.hpp"
#include "messages/mesh_manager.hpp"
#include "messages/message_cache.hpp"
#include "messages/validator.hpp"

#include <vector>

namespace grapevine {

/// Starts the message cache. It sends accepted messages to `mesh` and new ones
/// to `validators`, in turn.
message_cache_actor
spawn_message_cache(caf::actor_system& sys, context_ptr ctx,
                    mesh_manager_actor mesh,
                    std::vector<validator_actor> validators);

} // namespace grapevine
