// A node in a network of its own, whose interfaces change.
#include "libp2p/address/peer_record.hpp"
#include "tests/support/node_network.hpp"
#include "tests/support/own_network.hpp"
#include "tests/support/wire_peer.hpp"

using namespace grapevine;
using namespace grapevine::test;

namespace {

bool has(const std::vector<libp2p::multiaddr>& addresses,
         const std::string& ip) {
  return std::ranges::any_of(addresses, [&](const auto& one) {
    return one.components().front().value == ip;
  });
}

// What the node has pushed last.
const libp2p::identify_info* pushed(const wire_peer& peer) {
  const auto& all = peer.events.identified;
  return all.empty() || !all.back().push ? nullptr : &all.back().info;
}

} // namespace

TEST_CASE("own network: an address that an interface gets is pushed to peers, "
          "and that it has lost it") {
  const own_network network;
  if (!network)
    return;
  node_network net;
  auto config = node_network::config(1);
  config.listen = {libp2p::multiaddr::from_ip_tcp("0.0.0.0", 0)};
  const auto node = net.start(config);
  REQUIRE(node.addresses.size() == 1);
  wire_peer peer{2, node.addresses.front()};
  // From then on the peer's actor has the connection.
  peer.until([&] { return !peer.events.accepted.empty(); });

  REQUIRE(own_network::ip("addr add 10.99.0.1/24 dev lo"));
  peer.until([&] { return pushed(peer) != nullptr; });
  CHECK(has(pushed(peer)->listen_addrs, "10.99.0.1"));
  const auto record =
      libp2p::open_peer_record(pushed(peer)->signed_peer_record);
  REQUIRE(record);
  CHECK(has(record->addrs, "10.99.0.1"));

  REQUIRE(own_network::ip("addr del 10.99.0.1/24 dev lo"));
  peer.until([&] { return !has(pushed(peer)->listen_addrs, "10.99.0.1"); });
  const auto later = libp2p::open_peer_record(pushed(peer)->signed_peer_record);
  REQUIRE(later);
  CHECK(later->seq > record->seq);
  net.stop(node);
}
