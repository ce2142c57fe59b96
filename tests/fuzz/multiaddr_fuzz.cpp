// Addresses from peers and configurations, as text and as bytes: what is
// accepted in one form has exactly one other form, which is accepted too.
#include "libp2p/address/multiaddr.hpp"

#include <cstdint>
#include <cstdlib>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

void require(bool condition) {
  if (!condition)
    std::abort();
}

void round_trips(const multiaddr& address) {
  require(!address.empty());
  require(multiaddr::from_bytes(address.binary()).value() == address);
  require(multiaddr::from_text(address.to_text()).value() == address);
}

void agrees_with_its_components(const multiaddr& address) {
  const auto parts = address.components();
  require(!parts.empty() && parts.size() <= max_addr_components);
  require(address.value_of(parts[0].protocol) == parts[0].value);
  const auto peer = address.peer();
  require(peer.has_value() == (parts.back().protocol == addr_protocol::p2p));
  if (!peer)
    return;
  require(address.with_peer(*peer) == address);
  // Of two ids in a row, the second would take the place of the first.
  const auto bare = address.without_peer();
  require(bare.peer() || bare.with_peer(*peer) == address);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const bytes_view input{data, size};
  if (const auto address = multiaddr::from_text(as_text(input))) {
    round_trips(*address);
    agrees_with_its_components(*address);
  }
  if (const auto address = multiaddr::from_bytes(input)) {
    require(equal(address->binary(), input));
    round_trips(*address);
    agrees_with_its_components(*address);
  }
  return 0;
}
