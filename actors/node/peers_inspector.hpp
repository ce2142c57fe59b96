#pragma once

#include "messages/node.hpp"

namespace grapevine {

/// Starts an actor that asks peers for their details once, and ends when it has
/// answered.
peers_inspector_actor spawn_peers_inspector(caf::actor_system& sys);

} // namespace grapevine
