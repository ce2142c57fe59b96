#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "messages/api.hpp"
#include "messages/counts.hpp"
#include "messages/events.hpp"
#include "messages/interfaces.hpp"
#include "messages/mdns.hpp"
#include "messages/peer.hpp"
#include "messages/peer_store.hpp"
#include "messages/transport.hpp"

#include <cstdint>
#include <vector>

namespace grapevine {

/// Time to dial a kept address again.
struct redial_peer {
  libp2p::multiaddr address;
};

/// The deadline of `stop_node`.
struct stop_expired {};

/// Time to listen again on an address whose listener has failed.
struct reopen_listener {
  libp2p::multiaddr address;
};

/// Time to look up names that peers are kept by.
struct names_due {};

/// Time to look whether peers are of no use, as most places are taken.
struct trim_peers {};

/// Asks these peers for their details.
struct collect_peers {
  struct entry {
    connected_peer peer;
    peer_actor actor;
  };
  std::vector<entry> peers;
};

/// Puts together what peers tell of themselves, for one question.
using peers_inspector_actor = caf::typed_actor<
    // Asks them.
    asks<collect_peers>::gives<peers_snapshot>>;

/// The node, as its own actors see it: they tell it what becomes of connections
/// and peers, and its clock tells it what is due. No application can send these
/// messages, whose headers are not installed.
using node_internal_actor = node_actor::extend<
    // A peer is connected.
    takes<connection_established>,
    // An attempt failed.
    takes<dial_failed>,
    // A listener failed.
    takes<listener_failed>,
    // Finds out where it can be dialled now.
    takes<interfaces_changed>,
    // Dials peers of the local network.
    takes<peers_found>,
    // What a listener has counted before it ends.
    takes<host_counts>,
    // Tells what it has counted.
    takes<tell_counts>,
    // A peer has no connection left.
    takes<peer_lost>,
    // Dials a kept peer again.
    takes<redial_peer>,
    // What the mesh manager tells of peers' subscriptions, for observers.
    takes<node_events>,
    // Connects to peers that others offered.
    takes<connect_offered>,
    // Listens again after a failure.
    takes<reopen_listener>,
    // Looks up the names of kept peers again.
    takes<names_due>,
    // Disconnects peers that are of no use.
    takes<trim_peers>,
    // Writes down whom it is connected to.
    takes<store_peers>,
    // Dials peers that it knows if it has too few.
    takes<look_for_peers>,
    // Has waited long enough for its peers to end.
    takes<stop_expired>>;

} // namespace grapevine
