#include "gossip/mesh/peer_exchange.hpp"
#include "libp2p/address/peer_record.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string_view>
#include <vector>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace std::chrono_literals;

namespace {

using multiaddr_list = std::vector<libp2p::multiaddr>;

multiaddr_list at(std::initializer_list<std::string_view> texts) {
  multiaddr_list result;
  for (const auto text : texts)
    result.push_back(libp2p::multiaddr::from_text(text).value());
  return result;
}

struct known_peer {
  explicit known_peer(std::uint8_t number) : key{make(number)} {}

  static libp2p::private_key make(std::uint8_t number) {
    std::array<std::uint8_t, 32> seed{};
    seed.fill(number);
    return libp2p::private_key::ed25519_from_seed(seed);
  }

  libp2p::peer_id id() const { return libp2p::peer_id::of(key.public_part()); }

  bytes sealed(std::uint64_t seq = 1, std::uint16_t port = 4001) const {
    const std::array addresses{
        libp2p::multiaddr::from_ip_tcp("192.0.2.1", port)};
    return libp2p::seal_peer_record(key, seq, addresses);
  }

  proto::px_peer offer(const bytes& record) const {
    return {std::string{as_text(id().view())}, std::string{as_text(record)}};
  }

  libp2p::private_key key;
};

constexpr time_point now{1h};

} // namespace

TEST_CASE("address book: keeps what a peer signed itself, until it expires") {
  const known_peer peer{1};
  address_book book;
  CHECK(book.add(peer.id(), peer.sealed(), now));
  CHECK(book.addresses(peer.id(), now).size() == 1);
  CHECK(equal(book.sealed(peer.id(), now), peer.sealed()));
  CHECK(book.addresses(peer.id(), now + limits::record_ttl).empty());
}

TEST_CASE("address book: another's record, and a broken one, are refused") {
  const known_peer one{1};
  const known_peer other{2};
  address_book book;
  CHECK_FALSE(book.add(one.id(), other.sealed(), now));
  auto broken = one.sealed();
  broken.back() ^= 1;
  CHECK_FALSE(book.add(one.id(), broken, now));
  CHECK(book.size() == 0);
}

TEST_CASE(
    "address book: of two records the one with the higher number counts") {
  const known_peer peer{1};
  address_book book;
  CHECK(book.add(peer.id(), peer.sealed(5, 4005), now));
  CHECK(book.add(peer.id(), peer.sealed(4, 4004), now));
  CHECK(book.addresses(peer.id(), now)[0].to_text()
        == "/ip4/192.0.2.1/tcp/4005");
  CHECK(book.add(peer.id(), peer.sealed(6, 4006), now));
  CHECK(book.addresses(peer.id(), now)[0].to_text()
        == "/ip4/192.0.2.1/tcp/4006");
}

TEST_CASE("address book: the peer that came first makes room") {
  address_book book{{.max_peers = 2}};
  for (std::uint8_t i = 1; i <= 3; ++i) {
    const known_peer peer{i};
    CHECK(book.add(peer.id(), peer.sealed(), now));
  }
  CHECK(book.size() == 2);
  CHECK(book.sealed(known_peer{1}.id(), now).empty());
  CHECK_FALSE(book.sealed(known_peer{3}.id(), now).empty());
}

TEST_CASE("address book: a peer that renews its record takes no other's place, "
          "and goes later") {
  const known_peer renewed{1};
  const known_peer other{2};
  address_book book{{.max_peers = 2}};
  REQUIRE(book.add(renewed.id(), renewed.sealed(1), now));
  REQUIRE(book.add(other.id(), other.sealed(), now));
  for (std::uint64_t seq = 2; seq < 9; ++seq)
    REQUIRE(book.add(renewed.id(), renewed.sealed(seq), now));
  CHECK(book.size() == 2);
  CHECK_FALSE(book.sealed(other.id(), now).empty());
  const known_peer late{3};
  REQUIRE(book.add(late.id(), late.sealed(), now));
  CHECK(book.size() == 2);
  CHECK(book.sealed(other.id(), now).empty());
  CHECK_FALSE(book.sealed(renewed.id(), now).empty());
}

TEST_CASE(
    "peer exchange: an offer counts with the peer's own record, or if the "
    "peer is known") {
  const known_peer with_record{1};
  const known_peer known{2};
  const known_peer unknown{3};
  const known_peer wrong{4};
  address_book book;
  REQUIRE(book.add(known.id(), known.sealed(), now));
  const px_offer offer{{},
                       "t",
                       {with_record.offer(with_record.sealed()),
                        known.offer({}),
                        unknown.offer({}),
                        wrong.offer(with_record.sealed()),
                        {"no peer id", {}}}};
  const auto found = candidates_of(offer, book, now);
  REQUIRE(found.size() == 2);
  CHECK(found[0].peer == with_record.id());
  CHECK(found[0].addresses.size() == 1);
  CHECK(found[1].peer == known.id());
}

TEST_CASE("peer exchange: how far an address reaches") {
  using enum address_scope;
  const auto scope = [](std::string_view text) {
    return scope_of(libp2p::multiaddr::from_text(text).value());
  };
  for (const auto* text :
       {"/ip4/127.0.0.1/tcp/1", "/ip4/127.8.9.1/tcp/1", "/ip6/::1/tcp/1",
        "/ip4/0.0.0.0/tcp/1", "/ip4/0.1.2.3/tcp/1", "/ip6/::/tcp/1",
        "/dns4/example.org/tcp/1", "/ip6/::ffff:127.0.0.1/tcp/1"})
    CHECK(scope(text) == host);
  for (const auto* text : {"/ip4/10.1.2.3/tcp/1", "/ip4/192.168.0.1/tcp/1",
                           "/ip4/169.254.169.254/tcp/80", "/ip6/fd00::1/tcp/1",
                           "/ip6/::ffff:10.0.0.1/tcp/1"})
    CHECK(scope(text) == network);
  for (const auto* text : {"/ip4/192.0.2.1/tcp/1", "/ip6/2001:db8::1/tcp/1"})
    CHECK(scope(text) == internet);
  CHECK(scope_of(std::span<const libp2p::ip_address>{}) == internet);
}

TEST_CASE("peer exchange: nobody makes us dial nearer than he is himself") {
  const known_peer peer{1};
  const auto addresses =
      at({"/ip4/127.0.0.1/tcp/22", "/ip4/10.0.0.1/tcp/22",
          "/dns4/router.local/tcp/80", "/ip4/192.0.2.1/tcp/4001"});
  const px_offer offer{
      {}, "t", {peer.offer(libp2p::seal_peer_record(peer.key, 1, addresses))}};
  const auto dialled = [&](address_scope from) {
    const auto found =
        candidates_of(offer, address_book{}, now, {.narrowest = from});
    REQUIRE(found.size() == 1);
    return found[0].addresses;
  };
  CHECK(dialled(address_scope::internet) == at({"/ip4/192.0.2.1/tcp/4001"}));
  CHECK(dialled(address_scope::network)
        == at({"/ip4/10.0.0.1/tcp/22", "/ip4/192.0.2.1/tcp/4001"}));
  CHECK(dialled(address_scope::host) == addresses);
}

TEST_CASE(
    "peer exchange: a peer without an address that may be dialled is none, "
    "and of many addresses four are") {
  const known_peer near{1};
  const known_peer many{2};
  multiaddr_list ports;
  for (std::uint16_t i = 0; i < 30; ++i)
    ports.push_back(libp2p::multiaddr::from_ip_tcp("192.0.2.1", i));
  const px_offer offer{
      {},
      "t",
      {near.offer(libp2p::seal_peer_record(near.key, 1,
                                           at({"/ip4/127.0.0.1/tcp/22"}))),
       many.offer(libp2p::seal_peer_record(many.key, 1, ports))}};
  const auto found = candidates_of(offer, address_book{}, now,
                                   {.narrowest = address_scope::internet});
  REQUIRE(found.size() == 1);
  CHECK(found[0].peer == many.id());
  CHECK(found[0].addresses.size() == 4);
}
