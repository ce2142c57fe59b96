#pragma once

#include "libp2p/peer_id.hpp"
#include "messages/type_ids.hpp"

#include <string>

namespace grapevine {

/// What happened to a peer.
struct node_event {
  enum class kind { connected, disconnected, subscribed, unsubscribed };
  kind what;
  libp2p::peer_id peer;
  /// Of subscribed and unsubscribed.
  std::string topic;
};

/// Who is told of events.
using event_sink = caf::typed_actor<
    // Something happened to a peer.
    takes<node_event>>;

} // namespace grapevine
