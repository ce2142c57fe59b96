#pragma once

#include "messages/type_ids.hpp"

#include <cstdint>

namespace grapevine {

/// Names a watched socket. Never reused, unlike a descriptor, so that an event
/// that was under way when its socket closed cannot reach another one.
using socket_id = std::uint64_t;

/// The socket can be read or written, or has failed (then both are set: the
/// next call on it tells why). It is not watched again until it is re-armed.
struct socket_ready {
  socket_id id;
  bool readable;
  bool writable;
};

/// Whoever owns a watched socket.
using socket_owner = caf::typed_actor<
    // Reads or writes the socket, and arms it again.
    takes<socket_ready>>;

/// Makes `owner` the one who is told of a socket, which may be new or another's
/// so far. Answered by a `socket_ready` without readiness: from then on the
/// owner may arm it, and no event goes to anybody else.
struct assign_socket {
  socket_id id;
  socket_owner owner;
};

/// The socket was closed by its owner.
struct forget_socket {
  socket_id id;
};

/// The reactor's own loop.
struct poll_sockets {};

/// Ends the reactor's thread.
struct stop_reactor {};

/// Watches all sockets of a node on one thread, and only says `socket_ready`.
/// Messages to it go through `reactor_link::post`, which wakes it.
using reactor_actor = caf::typed_actor<
    // Adds a socket, or changes who is told.
    takes<assign_socket>,
    // Removes a socket.
    takes<forget_socket>,
    // Waits for events once, reports them, and goes on.
    takes<poll_sockets>,
    // Ends.
    takes<stop_reactor>>;

} // namespace grapevine
