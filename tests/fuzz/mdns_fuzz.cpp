// Datagrams of whoever is on the local network: what is taken of them is within
// its bounds, and can be told again.
#include "libp2p/discovery/mdns_message.hpp"

#include <cstdint>
#include <cstdlib>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

void require(bool condition) {
  if (!condition)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto msg = read_mdns({data, size});
  if (!msg)
    return 0;
  require(msg->known.size() <= max_mdns_peers);
  require(msg->peers.size() <= max_mdns_peers);
  for (const auto& one : msg->peers) {
    require(!one.addresses.empty());
    require(one.addresses.size() <= max_mdns_addrs);
    const auto again = read_mdns(
        mdns_answer("abc", {one.addresses.front().with_peer(one.peer)}));
    require(again.has_value());
    // What is longer than a string of a record is not told.
    require(again->peers.size() <= 1);
    require(again->peers.empty() || again->peers.front().peer == one.peer);
  }
  return 0;
}
