#pragma once

#include "libp2p/multiaddr.hpp"
#include "messages/transport.hpp"

namespace grapevine {

/// Whether `address` begins with a name to resolve (`/dns`, `/dns4`, `/dns6`).
bool needs_resolving(const libp2p::multiaddr& address);

/// Looks up the name in `address` on a thread of its own, as the system's
/// resolver blocks, and sends `address_resolved` to `asker`.
void resolve(caf::actor_system& sys, const libp2p::multiaddr& address,
             const connector_actor& asker);

} // namespace grapevine
