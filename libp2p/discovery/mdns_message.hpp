#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "proto/bytes.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::libp2p {

/// The service of libp2p (libp2p/specs, discovery/mdns), and what asks for all
/// services (RFC 6763).
inline constexpr std::string_view mdns_service = "_p2p._udp.local";
inline constexpr std::string_view mdns_all_services =
    "_services._dns-sd._udp.local";

/// How long others may keep an answer, in seconds.
inline constexpr std::uint32_t mdns_ttl = 120;

/// Bounds of one datagram: what it may be large (RFC 6762, 17), and what of it
/// is taken. One peer tells of itself alone.
inline constexpr std::size_t max_mdns_datagram = 9'000;
inline constexpr std::size_t max_mdns_peers = 8;
inline constexpr std::size_t max_mdns_addrs = 8;

/// A peer and where it says that it can be dialled, without `/p2p/ID`.
struct mdns_peer {
  peer_id peer;
  std::vector<multiaddr> addresses;
};

/// What a datagram says of libp2p.
struct mdns_message {
  /// It asks for peers, or for services.
  bool asks_for_peers = false;
  bool asks_for_services = false;
  /// The names of those whose answers it does not need.
  std::vector<std::string> known;
  /// It tells of these.
  std::vector<mdns_peer> peers;
};

/// Reads a datagram; nothing if it is malformed. Records of other services,
/// addresses that are malformed or name no peer, and what is beyond the bounds
/// are left out.
std::optional<mdns_message> read_mdns(bytes_view datagram);

/// Asks for peers.
bytes mdns_query();

/// Tells of the service of libp2p.
bytes mdns_services_answer();

/// Tells of a peer: `name`, a label of at most 63 characters, stands for it;
/// `addresses` end in `/p2p/ID`. An IPv4 address, or else one of IPv6, has a
/// record of its own besides, without which go-libp2p takes no answer.
/// Addresses that do not fit are left out.
bytes mdns_answer(const std::string& name,
                  const std::vector<multiaddr>& addresses);

} // namespace grapevine::libp2p
