#pragma once

#include "libp2p/address/dial_plan.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "messages/transport.hpp"

namespace grapevine {

/// Looks up the name in `address`, whose plan is `plan`, on a thread of its
/// own, as the system's resolver blocks, and sends `address_resolved` to
/// `asker`.
void resolve(caf::actor_system& sys, const libp2p::multiaddr& address,
             const libp2p::dial_plan& plan, const connector_actor& asker);

} // namespace grapevine
