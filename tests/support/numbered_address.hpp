#pragma once

#include "libp2p/address/multiaddr.hpp"

#include <string>

namespace grapevine::test {

/// Where the n-th of a name's peers is, of up to 255.
inline libp2p::multiaddr numbered_address(int n) {
  return libp2p::multiaddr::from_ip_tcp("192.0.2." + std::to_string(n), 4001);
}

} // namespace grapevine::test
