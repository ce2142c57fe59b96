#pragma once

#include "app/http/messages.hpp"

namespace grapevine::app::http {

/// Asks the node for a subject, from now until `end_feed`, and makes each
/// form's text of it once for all clients. Says `feed_idle` to `keeper` when
/// the last one has gone.
feed_actor spawn_feed(caf::actor_system& sys, node_actor node,
                      server_actor keeper, stream_subject subject);

} // namespace grapevine::app::http
