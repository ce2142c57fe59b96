// What a peer is told of where the node can be dialled now.
#include "tests/support/peer_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;

namespace {

use_addresses addresses_at(const std::string& ip) {
  auto result = std::make_shared<announced_node>();
  result->addresses = {libp2p::multiaddr::from_ip_tcp(ip, 4001)};
  result->signed_record = to_bytes(as_bytes("record of " + ip));
  return {std::move(result)};
}

std::vector<libp2p::peer_identified> pushes(const far_end& far) {
  auto result = far.events.identified;
  std::erase_if(result, [](const auto& one) { return !one.push; });
  return result;
}

} // namespace

TEST_CASE("peer: where the node can be dialled now is pushed on all "
          "connections, with the record") {
  peer_fixture f;
  auto& first = f.connect();
  auto& second = f.connect();
  CHECK(pushes(first).empty());
  const auto now = addresses_at("203.0.113.9");
  f.tell_peer(now);
  for (const auto* far : {&first, &second}) {
    const auto pushed = pushes(*far);
    REQUIRE(pushed.size() == 1);
    CHECK(pushed[0].info.listen_addrs == now.announced->addresses);
    CHECK(pushed[0].info.signed_peer_record == now.announced->signed_record);
  }
  // Once more is no news.
  f.tell_peer(now);
  CHECK(pushes(first).size() == 1);
  f.tell_peer(addresses_at("203.0.113.10"));
  CHECK(pushes(first).size() == 2);
}

TEST_CASE("peer: a connection that was made before the change is told, too") {
  peer_fixture f;
  f.connect();
  auto& late = f.shake_hands();
  f.tell_peer(addresses_at("203.0.113.9"));
  f.adopt();
  f.run();
  REQUIRE(pushes(late).size() == 1);
  CHECK(pushes(late)[0].info.listen_addrs.front().to_text()
        == "/ip4/203.0.113.9/tcp/4001");
}
