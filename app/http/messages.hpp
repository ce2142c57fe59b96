#pragma once

#include "app/console/messages.hpp"
#include "app/http/stream_batch.hpp"
#include "app/http/tls_context.hpp"
#include "messages/api.hpp"
#include "messages/reactor.hpp"
#include "messages/transport.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

// What the actors of the HTTP API take.

namespace grapevine::app::http {

/// A deadline of a connection.
struct connection_tick {};

/// A client's connection is to end: what is under way is finished.
struct end_connection {};

/// What a stream has for its clients, in the form of the one that gets it.
struct stream_news {
  std::shared_ptr<const stream_batch> batch;
};

/// One client's connection.
using connection_actor = caf::typed_actor<
    // Reads or writes the socket.
    takes<socket_ready>,
    // Looks at its deadlines.
    takes<connection_tick>,
    // Ends.
    takes<end_connection>,
    // Sends on to the client what its stream has.
    takes<stream_news>>;

/// What a stream tells: a topic's messages or, without one, what happens to
/// peers.
using stream_subject = std::optional<std::string>;

/// A client wants a stream from now on, until its connection ends.
struct join_stream {
  stream_subject subject;
  stream_form form;
  connection_actor client;
};

/// It has it. `source` is who tells it what there is.
struct stream_joined {
  caf::actor source;
};

/// A feed has lost its last client, after so many have joined it.
struct feed_idle {
  stream_subject subject;
  std::uint64_t joined = 0;
};

/// Other certificates for who connects from now on.
struct use_tls {
  tls_context context;
};

/// A feed is to end.
struct end_feed {};

/// Has the node tell one subject, and gives it to all its clients.
using feed_actor = caf::typed_actor<
    // One more client.
    asks<join_stream>::gives<stream_joined>,
    // Messages of its topic.
    takes<messages_delivered>,
    // What happened to a peer.
    takes<node_event>,
    // Ends.
    takes<end_feed>>;

/// The listening socket, and who has connected.
using server_actor = caf::typed_actor<
    // Accepts what waits.
    takes<socket_ready>,
    // Accepts again after a pause.
    takes<resume_accepting>,
    // Finds the feed of a stream.
    asks<join_stream>::gives<stream_joined>,
    // Ends a feed, unless another client is on its way to it.
    takes<feed_idle>,
    // Changes its certificates.
    takes<use_tls>,
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
GRAPEVINE_HTTP_MESSAGE(stream_news)
GRAPEVINE_HTTP_MESSAGE(join_stream)
GRAPEVINE_HTTP_MESSAGE(stream_joined)
GRAPEVINE_HTTP_MESSAGE(feed_idle)
GRAPEVINE_HTTP_MESSAGE(end_feed)
GRAPEVINE_HTTP_MESSAGE(use_tls)

#undef GRAPEVINE_HTTP_MESSAGE

CAF_END_TYPE_ID_BLOCK(grapevine_http)
