#pragma once

#include "gossip/score/score_parameters.hpp"
#include "libp2p/address/address_filter.hpp"
#include "libp2p/address/ip_address.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace grapevine {

/// What of a node's settings can be changed while it runs (`change_settings`).
struct changeable_settings {
  /// Peers it stays connected to. A name without `/p2p/ID` (`/dns4/…/tcp/…`,
  /// `/dnsaddr/…`) stands for some of all that it has, `peers_per_name`.
  std::vector<libp2p::multiaddr> peers;

  /// Peers that it stays connected to, that get every message of their topics
  /// and are in no mesh. Each with `/p2p/ID`; both sides should name each
  /// other.
  std::vector<libp2p::multiaddr> direct_peers;

  /// Peers whose connections, and whose messages from anyone, are refused.
  std::vector<libp2p::peer_id> blocked_peers;

  /// If not empty: only these peers, and those that this node is told to stay
  /// connected to, may be connected. `allow_peer` changes that for single ones.
  std::vector<libp2p::peer_id> allowed_peers;

  /// From and to where connections may be: the narrowest range that an address
  /// is in decides; in none of them, it may if there are no allowed ones. A
  /// range in both lists is denied.
  std::vector<libp2p::ip_prefix> allowed_networks;
  std::vector<libp2p::ip_prefix> denied_networks;

  /// Where others are told to dial the node, in place of where it listens; with
  /// or without its `/p2p/ID`.
  std::vector<libp2p::multiaddr> announced_addresses;

  /// Addresses that others are told neither of these nor of those found.
  std::vector<libp2p::address_filter> hidden_addresses;

  /// Topics it is subscribed to from the start, whoever else subscribes.
  std::vector<std::string> topics;

  /// Peers at once; further ones are turned away, unless they are direct or
  /// kept ones, who always get in.
  std::size_t max_peers = 10'000;

  /// Of these, how many places are kept for peers that this node dials.
  std::size_t outbound_reserve = 256;

  /// Peers that dial us from one IPv4 address, or one /64 of IPv6: some hundred
  /// honest ones may be behind one gateway.
  std::size_t max_peers_per_address = 256;

  /// Once four of five places are taken, peers that have had no pubsub stream
  /// for so long are disconnected.
  std::chrono::milliseconds useless_grace{30'000};

  /// With more peers than `high_water`, those that are missed least go until
  /// `low_water` are left, but for direct, kept and new ones: of these, whoever
  /// has been connected for less than `water_grace`. 0: never.
  std::size_t high_water = 0;
  std::size_t low_water = 0;
  std::chrono::milliseconds water_grace{20'000};

  /// What peers are scored by.
  gossip::score_parameters score;
};

} // namespace grapevine
