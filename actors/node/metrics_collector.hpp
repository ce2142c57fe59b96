#pragma once

#include "messages/counts.hpp"

namespace grapevine {

/// Starts the actor that adds up what a node's actors count. It keeps the sums,
/// so that no counter falls when an actor ends.
metrics_collector_actor spawn_metrics_collector(caf::actor_system& sys);

} // namespace grapevine
