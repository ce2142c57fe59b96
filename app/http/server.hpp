#pragma once

#include "actors/host/reactor.hpp"
#include "app/http/api.hpp"
#include "app/http/connection_gate.hpp"
#include "app/http/listen.hpp"

#include <spdlog/logger.h>

#include <memory>

namespace grapevine::app::http {

/// Bounds of what clients may take.
struct server_limits {
  connection_gate::options connections{};
  session::limits each{};
  /// Bytes of all requests' bodies that are under way.
  std::size_t body_bytes = std::size_t{64} * 1024 * 1024;
};

/// Serves the API to all who connect, over the node's reactor, until
/// `close_transport`; with a context, over TLS.
server_actor spawn_server(caf::actor_system& sys,
                          std::shared_ptr<reactor_link> reactor,
                          listening_socket from, api_ptr api,
                          std::shared_ptr<spdlog::logger> log,
                          const server_limits& limits = {},
                          tls_context tls = {});

} // namespace grapevine::app::http
