#pragma once

#include "libp2p/address/ip_address.hpp"
#include "libp2p/address/multiaddr.hpp"

namespace grapevine {

/// Whose an address is taken to be where bounds are per address: an IPv4
/// address alone, of IPv6 the /64, which the least of customers have for
/// themselves.
inline libp2p::ip_prefix address_group(const libp2p::ip_address& address) {
  constexpr unsigned network_bits = 64;
  return address.is_v4() ? libp2p::ip_prefix{address}
                         : libp2p::ip_prefix{address, network_bits};
}

/// The same of a socket's address, `/ip4|ip6/…/tcp/…`.
inline libp2p::ip_prefix address_group(const libp2p::multiaddr& address) {
  return address_group(
      libp2p::ip_address::of(address).value_or(libp2p::ip_address{}));
}

} // namespace grapevine
