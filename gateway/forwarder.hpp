#pragma once

#include "gateway/type_ids.hpp"
#include "messages/api.hpp"

namespace grapevine {

/// From now on the messages go to this actor.
struct forward_to {
  caf::actor subscriber;
  bool batches = false;
};

/// Its connection is gone: what comes meanwhile is counted as missed.
struct forwarding_lost {};

/// Stands between a node and a subscriber of another process, or on that side
/// between the gateway and a subscriber that takes messages one by one. It is
/// sent what a subscriber that takes batches gets, or an observer, and sends it
/// on as requests, a few at once. A message has been handled, for those who
/// sent it, once the subscriber has done so. Ends with `owner`.
caf::actor spawn_forwarder(caf::actor_system& sys, const caf::actor_addr& owner,
                           forward_to first);

} // namespace grapevine
