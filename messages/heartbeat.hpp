#pragma once

#include "messages/counts.hpp"

namespace grapevine {

/// The heartbeat's own clock.
struct beat {};

/// Ends the ticking.
struct stop_heartbeat {};

/// Ticks: tells the mesh manager when a heartbeat is due, and warns when one is
/// late.
using heartbeat_actor = caf::typed_actor<
    // The next tick is due.
    takes<beat>,
    // Ends.
    takes<stop_heartbeat>,
    // Tells what it has counted.
    takes<tell_counts>>;

} // namespace grapevine
