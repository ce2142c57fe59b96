#pragma once

#include "actors/host/reactor.hpp"
#include "app/http/api.hpp"
#include "app/http/tls_context.hpp"
#include "gossip/stream/byte_budget.hpp"

namespace grapevine::app::http {

/// What all connections keep of requests' bodies, together: relaxed counters.
using body_budget = std::shared_ptr<gossip::byte_budget>;

/// Serves one client, on a connection that `server` has accepted; with a
/// context, over TLS.
connection_actor spawn_connection(caf::actor_system& sys, server_actor server,
                                  std::shared_ptr<reactor_link> reactor,
                                  unique_fd accepted, api_ptr api,
                                  body_budget bodies,
                                  const session::limits& limits,
                                  tls_context tls);

} // namespace grapevine::app::http
