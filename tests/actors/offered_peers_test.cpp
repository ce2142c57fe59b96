#include "actors/offered_peers.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

namespace {

gossip::dial_candidate candidate(std::uint32_t number) {
  return {numbered_peer(number),
          {libp2p::multiaddr::from_ip_tcp("192.0.2.1", 4001)}};
}

} // namespace

TEST_CASE(
    "offered peers: so many are dialled at once, the next when one ends") {
  offered_peers offers{2, 10};
  for (std::uint32_t i = 0; i < 3; ++i)
    CHECK(offers.add(candidate(i)));
  offers.dialling(1, offers.next().value().peer);
  offers.dialling(2, offers.next().value().peer);
  CHECK_FALSE(offers.next());
  offers.ended(7); // somebody else's
  CHECK_FALSE(offers.next());
  offers.ended(1);
  CHECK(offers.next().value().peer == numbered_peer(2));
}

TEST_CASE("offered peers: none waits twice, and no more than there is room") {
  offered_peers offers{1, 2};
  CHECK(offers.add(candidate(1)));
  CHECK_FALSE(offers.add(candidate(1)));
  offers.dialling(1, offers.next().value().peer);
  CHECK_FALSE(offers.add(candidate(1)));
  CHECK(offers.add(candidate(2)));
  CHECK(offers.add(candidate(3)));
  CHECK_FALSE(offers.add(candidate(4)));
}
