#pragma once

#include "gateway/gateway_options.hpp"
#include "gateway/type_ids.hpp"
#include "messages/api.hpp"

#include <chrono>

// A node for applications of other processes and machines: an actor that takes
// what the node takes, as far as it is permitted, and is published through
// CAF's own network (gateway/network.hpp).

namespace grapevine {

/// Asks what is permitted; and tells the gateway that the remote is still
/// there.
struct gateway_hello {};

/// The answer.
struct gateway_welcome {
  gateway_rights rights;
  /// Within this time it must hear a `gateway_hello` again.
  std::chrono::milliseconds lease{0};
};

/// What is published: a node's interface, so that whoever talks to a node can
/// talk to one of another process. Every request is answered by what the node
/// answers, or by `not_permitted`, `in_process_only` or `busy` and why.
///
/// Messages come to a subscriber as if it was the node's: what it has not
/// handled counts as waiting, for each delivery is a request which CAF answers
/// when the subscriber's handler has come back. What a remote has is gone with
/// it: subscriptions, watches and validators.
using gateway_actor = node_actor::extend<
    // Tells what is permitted.
    asks<gateway_hello>::gives<gateway_welcome>>;

/// A gateway to `node`; it ends with it, or by an exit message.
gateway_actor spawn_gateway(caf::actor_system& sys, const node_actor& node,
                            gateway_options options = {});

} // namespace grapevine
