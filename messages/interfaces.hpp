#pragma once

#include "messages/reactor.hpp"

namespace grapevine {

/// The addresses of the machine's interfaces may have changed.
struct interfaces_changed {};

/// It has been waited for further changes long enough.
struct interfaces_settled {};

/// Who hears of changes: the node.
using interfaces_sink = caf::typed_actor<
    // Looks at the interfaces.
    takes<interfaces_changed>>;

/// Waits for changes of the machine's interfaces.
using interfaces_watch_actor = caf::typed_actor<
    // Something has changed.
    takes<socket_ready>,
    // Tells of it.
    takes<interfaces_settled>>;

} // namespace grapevine
