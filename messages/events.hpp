#pragma once

#include "gossip/mesh/peer_exchange.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "messages/api.hpp"

#include <string>
#include <vector>

namespace grapevine {

/// What one turn of the mesh manager has for observers, in order.
struct node_events {
  std::vector<node_event> events;
};

/// Whether anybody observes: otherwise the mesh manager reports no events.
struct observe_events {
  bool wanted = true;
};

/// Peers that another one offered in a PRUNE: worth a connection.
struct connect_offered {
  std::vector<gossip::dial_candidate> candidates;
};

/// Who is told of what the mesh manager finds: the node.
using event_sink = caf::typed_actor<
    // Something happened to peers.
    takes<node_events>,
    // Others offered peers.
    takes<connect_offered>>;

} // namespace grapevine
