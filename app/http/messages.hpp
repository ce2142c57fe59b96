#pragma once

#include "app/console/messages.hpp"
#include "messages/api.hpp"
#include "messages/reactor.hpp"
#include "messages/transport.hpp"

// What the actors of the HTTP API take.

namespace grapevine::app::http {

/// A deadline of a connection.
struct connection_tick {};

/// A client's connection is to end: what is under way is finished.
struct end_connection {};

/// One client's connection.
using connection_actor = caf::typed_actor<
    // Reads or writes the socket.
    takes<socket_ready>,
    // Looks at its deadlines.
    takes<connection_tick>,
    // Ends.
    takes<end_connection>,
    // Sends messages of a topic on to the client.
    takes<messages_delivered>>;

/// The listening socket, and who has connected.
using server_actor = caf::typed_actor<
    // Accepts what waits.
    takes<socket_ready>,
    // Accepts again after a pause.
    takes<resume_accepting>,
    // Ends, with all connections.
    takes<close_transport>>;

} // namespace grapevine::app::http

// Behind the program's other types.
CAF_BEGIN_TYPE_ID_BLOCK(grapevine_http, caf::id_block::grapevine_app::end)

#define GRAPEVINE_HTTP_MESSAGE(name)                                           \
  CAF_ADD_TYPE_ID(grapevine_http, (grapevine::app::http::name))                \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(grapevine::app::http::name)

GRAPEVINE_HTTP_MESSAGE(connection_tick)
GRAPEVINE_HTTP_MESSAGE(end_connection)

#undef GRAPEVINE_HTTP_MESSAGE

CAF_END_TYPE_ID_BLOCK(grapevine_http)
