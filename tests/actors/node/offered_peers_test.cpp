#include "actors/node/offered_peers.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

namespace {

constexpr time_point offered_at{1h};

gossip::dial_candidate candidate(std::uint32_t number, std::size_t count = 1) {
  gossip::dial_candidate result{numbered_peer(number), {}};
  for (std::size_t i = 0; i < count; ++i)
    result.addresses.push_back(libp2p::multiaddr::from_ip_tcp(
        "192.0.2.1", static_cast<std::uint16_t>(4001 + i)));
  return result;
}

} // namespace

TEST_CASE(
    "offered peers: so many are dialled at once, the next when one ends") {
  offered_peers offers{{.dials = 2, .waiting = 10}};
  for (std::uint32_t i = 0; i < 3; ++i)
    CHECK(offers.add(candidate(i)));
  CHECK(offers.next(offered_at, 0).value().peer == numbered_peer(0));
  CHECK(offers.next(offered_at, 1).value().peer == numbered_peer(1));
  CHECK_FALSE(offers.next(offered_at, 2));
  // No time helps.
  CHECK_FALSE(offers.pause(offered_at, 2));
  CHECK(offers.next(offered_at, 1).value().peer == numbered_peer(2));
}

TEST_CASE("offered peers: none waits twice, and no more than there is room") {
  offered_peers offers{{.dials = 1, .waiting = 2}};
  CHECK(offers.add(candidate(1)));
  CHECK_FALSE(offers.add(candidate(1)));
  CHECK(offers.next(offered_at, 0));
  CHECK(offers.add(candidate(2)));
  CHECK(offers.add(candidate(3)));
  CHECK_FALSE(offers.add(candidate(4)));
}

TEST_CASE("offered peers: so many addresses at once, and a few in a second") {
  offered_peers offers{
      {.dials = 100, .addresses_per_second = 4, .addresses_at_once = 6}};
  for (std::uint32_t i = 0; i < 10; ++i)
    CHECK(offers.add(candidate(i, 2)));
  auto now = offered_at;
  for (int i = 0; i < 3; ++i)
    CHECK(offers.next(now, 0));
  CHECK_FALSE(offers.next(now, 0));
  const auto pause = offers.pause(now, 0);
  REQUIRE(pause);
  CHECK(*pause > 490ms);
  CHECK(*pause < 510ms);
  now += *pause - 10ms;
  CHECK_FALSE(offers.next(now, 0));
  now += 10ms;
  CHECK(offers.next(now, 0));
  CHECK_FALSE(offers.next(now, 0));
  // However long nobody was offered, no more than at first.
  now += 1h;
  for (int i = 0; i < 3; ++i)
    CHECK(offers.next(now, 0));
  CHECK_FALSE(offers.next(now, 0));
}

TEST_CASE("offered peers: one with more addresses than there may be at once is "
          "dialled all the same") {
  offered_peers offers{{.addresses_at_once = 2}};
  CHECK(offers.add(candidate(1, 5)));
  CHECK(offers.next(offered_at, 0));
  CHECK_FALSE(offers.pause(offered_at, 0));
}

TEST_CASE("offered peers: the first to be offered is dialled first, each at "
          "its own price") {
  offered_peers offers{{.dials = 100, .addresses_at_once = 6}};
  offers.add(candidate(1, 3));
  offers.add(candidate(2, 2));
  offers.add(candidate(3, 2));
  const auto first = offers.next(offered_at, 0);
  REQUIRE(first);
  CHECK(first->peer == numbered_peer(1));
  CHECK(first->addresses.size() == 3);
  CHECK(offers.next(offered_at, 0).value().peer == numbered_peer(2));
  // One is left, and two are wanted.
  CHECK_FALSE(offers.next(offered_at, 0));
  CHECK(offers.pause(offered_at, 0).value() > 249ms);
  CHECK(offers.pause(offered_at, 0).value() < 251ms);
}

TEST_CASE("offered peers: only time is waited for, and only where some wait") {
  offered_peers offers{{.dials = 1, .addresses_at_once = 1}};
  CHECK_FALSE(offers.pause(offered_at, 0));
  CHECK_FALSE(offers.next(offered_at, 0));
  offers.add(candidate(1));
  // It could be dialled now.
  CHECK_FALSE(offers.pause(offered_at, 0));
  CHECK(offers.next(offered_at, 0));
  CHECK_FALSE(offers.pause(offered_at, 1));
  offers.add(candidate(2));
  // Another one's end is waited for.
  CHECK_FALSE(offers.pause(offered_at, 1));
  CHECK(offers.pause(offered_at, 0));
  CHECK_FALSE(offers.pause(offered_at + 250ms, 0));
  CHECK(offers.next(offered_at + 250ms, 0));
}
