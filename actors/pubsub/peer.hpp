#pragma once

#include "actors/context.hpp"
#include "messages/counts.hpp"
#include "messages/mesh_manager.hpp"
#include "messages/message_cache.hpp"
#include "messages/peer.hpp"

namespace grapevine {

/// Whom a peer works with.
struct peer_partners {
  mesh_manager_actor mesh;
  message_cache_actor cache;
  peer_keeper keeper;
  /// Told when the peer's actor ends; null, in tests: nobody.
  counts_sink counts{};
};

/// Starts the actor of a remote peer; `adopt_connection` gives it something to
/// do.
peer_actor spawn_peer(caf::actor_system& sys, context_ptr ctx,
                      libp2p::peer_id id, peer_partners partners);

} // namespace grapevine
