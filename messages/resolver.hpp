#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/address/name_lookup.hpp"
#include "messages/reactor.hpp"

#include <cstdint>

namespace grapevine {

/// Asks for what the name in an address leads to.
struct resolve_address {
  libp2p::multiaddr address;
};

/// The answer to `resolve_address`.
struct address_resolved {
  libp2p::found_addresses found;
};

/// A server has not answered in time, or may not have.
struct resolver_due {
  /// Which of the resolver's timers: only the last one counts.
  std::uint64_t timer = 0;
};

/// Looks up names for all of a node.
using resolver_actor = caf::typed_actor<
    // One of its sockets has something.
    takes<socket_ready>,
    // Time to ask a server again, or another one.
    takes<resolver_due>,
    // Looks up a name; the answer comes in any case.
    asks<resolve_address>::gives<address_resolved>>;

} // namespace grapevine
