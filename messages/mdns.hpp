#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/discovery/mdns_message.hpp"
#include "messages/reactor.hpp"

#include <string>
#include <vector>

namespace grapevine {

/// A network interface of a private network.
struct lan_interface {
  unsigned index = 0;
  std::string name;
  /// With which versions of IP peers are looked for there: with IPv6, by the
  /// interface's link-local address.
  bool ip4 = true;
  bool ip6 = false;

  friend bool operator==(const lan_interface&, const lan_interface&) = default;
};

/// Where peers are looked for from now on, and where they are told to dial this
/// node.
struct use_lan {
  std::vector<lan_interface> interfaces;
  std::vector<libp2p::multiaddr> addresses;
};

/// Time to ask or to answer.
struct mdns_due {};

/// Peers of the local network.
struct peers_found {
  std::vector<libp2p::mdns_peer> peers;
};

/// Who hears of them: the node.
using mdns_sink = caf::typed_actor<
    // Peers were found.
    takes<peers_found>>;

/// Finds the peers of the local network, and lets them find this one.
using mdns_actor = caf::typed_actor<
    // Reads datagrams.
    takes<socket_ready>,
    // Learns where it is.
    takes<use_lan>,
    // Asks or answers.
    takes<mdns_due>>;

} // namespace grapevine
