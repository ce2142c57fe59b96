#include "actors/node/peer_book.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using libp2p::multiaddr;

multiaddr at(const std::string& ip, std::uint16_t port = 4001) {
  return multiaddr::from_ip_tcp(ip, port);
}

acquaintance chosen(const std::string& ip = "198.41.0.4") {
  acquaintance one{numbered_peer(1), at(ip)};
  one.outbound = true;
  return one;
}

acquaintance met(std::chrono::nanoseconds time = 5min) {
  acquaintance one{numbered_peer(1), at("198.41.0.4", 55'000)};
  one.connected = time;
  one.signed_addresses = {at("198.41.0.4")};
  return one;
}

std::optional<stored_peer> kept(const acquaintance& one) {
  return worth_keeping(one, std::chrono::system_clock::now());
}

const auto anyone = [](const libp2p::peer_id&) { return true; };

std::vector<stored_peer> peers(std::uint32_t first, std::uint32_t last) {
  std::vector<stored_peer> result;
  for (auto i = first; i <= last; ++i)
    result.push_back({numbered_peer(i), {at("198.41.0.4")}, {}, {}, true, {}});
  return result;
}

} // namespace

TEST_CASE("peer book: a peer that this node chose is kept at once, with the "
          "address that worked in front") {
  auto one = chosen();
  one.signed_addresses = {at("198.41.0.5"), at("198.41.0.4"),
                          at("198.41.0.5").with_peer(numbered_peer(1))};
  one.sealed = {1, 2, 3};
  const auto now = std::chrono::system_clock::now();
  const auto found = worth_keeping(one, now);
  REQUIRE(found);
  CHECK(found->chosen);
  CHECK(found->peer == numbered_peer(1));
  CHECK(found->addresses == std::vector{at("198.41.0.4"), at("198.41.0.5")});
  CHECK(found->sealed == one.sealed);
  CHECK(found->origin.to_text() == "198.41.0.4");
  CHECK(found->seen == now);
}

TEST_CASE("peer book: one that came by itself is kept once it has stayed, at "
          "what it signed") {
  CHECK_FALSE(kept(met(5min - 1ns)));
  const auto found = kept(met());
  REQUIRE(found);
  CHECK_FALSE(found->chosen);
  // Not at the port that it came from.
  CHECK(found->addresses == std::vector{at("198.41.0.4")});
}

TEST_CASE("peer book: one that came by itself and signed nothing is not kept") {
  auto one = met();
  one.signed_addresses.clear();
  CHECK_FALSE(kept(one));
}

TEST_CASE("peer book: one that others offered is no choice of ours") {
  auto one = chosen();
  one.offered = true;
  CHECK_FALSE(kept(one));
  one.connected = 5min;
  REQUIRE(kept(one));
  CHECK_FALSE(kept(one)->chosen);
}

TEST_CASE("peer book: addresses in narrower scopes than the peer's own are "
          "left out") {
  auto one = met();
  one.signed_addresses = {at("127.0.0.1"), at("10.0.0.1"), at("198.41.0.5"),
                          *multiaddr::from_text("/dns4/localhost/tcp/1")};
  CHECK(kept(one)->addresses == std::vector{at("198.41.0.5")});
  one.address = at("10.0.0.7", 55'000);
  CHECK(kept(one)->addresses == std::vector{at("10.0.0.1"), at("198.41.0.5")});
  one.address = at("127.0.0.1", 55'000);
  CHECK(kept(one)->addresses.size() == 4);
}

TEST_CASE("peer book: what this node cannot dial is left out, and what is more "
          "than sixteen") {
  auto one = met();
  one.signed_addresses = {*multiaddr::from_text("/ip4/198.41.0.5/udp/1/"
                                                "quic-v1")};
  CHECK_FALSE(kept(one));
  for (std::uint16_t port = 1; port <= 40; ++port)
    one.signed_addresses.push_back(at("198.41.0.5", port));
  CHECK(kept(one)->addresses.size() == 16);
}

TEST_CASE("peer book: a round is in the order of the store, without those who "
          "are not wanted") {
  peer_book book;
  CHECK_FALSE(book.next(anyone));
  book.begin(peers(1, 3), time_point{});
  const auto not_two = [](const libp2p::peer_id& peer) {
    return peer != numbered_peer(2);
  };
  CHECK(book.next(not_two)->peer == numbered_peer(1));
  CHECK(book.next(not_two)->peer == numbered_peer(3));
  CHECK_FALSE(book.next(not_two));
}

TEST_CASE("peer book: few of a peer's addresses are dialled") {
  peer_book book;
  auto known = peers(1, 1);
  for (std::uint16_t port = 1; port <= 10; ++port)
    known[0].addresses.push_back(at("198.41.0.5", port));
  book.begin(known, time_point{});
  CHECK(book.next(anyone)->addresses.size() == 4);
}

TEST_CASE("peer book: rounds come ever more seldom, until there were enough "
          "peers") {
  peer_book book;
  const time_point start{};
  // Those that are configured come first.
  CHECK(book.next_round(start) == start + 2s);
  book.begin(peers(1, 3), start);
  CHECK(book.next_round(start) == start + 60s);
  CHECK(book.next_round(start + 59s) == start + 61s);
  book.begin(peers(1, 3), start + 60s);
  CHECK(book.next_round(start + 60s) == start + 180s);
  auto now = start + 180s;
  for (int i = 0; i < 10; ++i)
    book.begin(peers(1, 3), now);
  CHECK(book.next_round(now) == now + 1h);
  book.enough();
  CHECK_FALSE(book.next(anyone));
  // Even so they are some time apart: who comes and goes is no reason to dial
  // all the time.
  CHECK(book.next_round(now) == now + 60s);
}
