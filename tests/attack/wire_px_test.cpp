#include "actors/host/interfaces.hpp"
#include "actors/node/offered_peers.hpp"
#include "libp2p/address/peer_record.hpp"
#include "tests/attack/wire_attack.hpp"

#include <iostream>

// Peers offered in a PRUNE, and many peers at one address.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

libp2p::private_key offered_key(std::uint16_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed[0] = static_cast<std::uint8_t>(number & 0xff);
  seed[1] = static_cast<std::uint8_t>(number >> 8);
  seed[2] = 0x77;
  return libp2p::private_key::ed25519_from_seed(seed);
}

// Listens, and says nothing to those who come.
struct silent_listener {
  silent_listener() {
    auto listening = listen_on(
        endpoint::of(libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0)).value());
    REQUIRE(listening);
    fd = std::move(*listening);
    address = local_endpoint(fd.get()).to_multiaddr();
  }

  // Takes whoever waits.
  std::size_t accept() {
    while (auto one = accept_one(fd.get()))
      accepted.push_back(std::move(one->first));
    return accepted.size();
  }

  // Closes what was accepted so far.
  void hang_up() {
    for (auto& one : accepted)
      one = unique_fd{};
  }

  unique_fd fd;
  libp2p::multiaddr address;
  std::vector<unique_fd> accepted;
};

// An offer of the peer `who`, with a record of `whose` that says `where`.
proto::px_peer offer(std::uint16_t who, std::uint16_t whose,
                     const libp2p::multiaddr& where) {
  const auto id = libp2p::peer_id::of(offered_key(who).public_part());
  const auto record =
      libp2p::seal_peer_record(offered_key(whose), 1, {&where, 1});
  return {std::string{as_text(id.view())}, std::string{as_text(record)}};
}

// Genuine ones of so many peers.
std::vector<proto::px_peer> offers(std::uint16_t first, std::uint16_t count,
                                   const libp2p::multiaddr& where) {
  std::vector<proto::px_peer> result;
  for (std::uint16_t i = 0; i < count; ++i) {
    const auto number = static_cast<std::uint16_t>(first + i);
    result.push_back(offer(number, number, where));
  }
  return result;
}

} // namespace

TEST_CASE("attack: peers offered by one below the threshold are not dialled, "
          "nor those whose record is another's") {
  wire_attack f;
  silent_listener refused;
  silent_listener dialled;
  auto& peer = f.join(9);
  auto& trusted = f.join(10);
  const auto enough = f.config().params.thresholds.accept_px;
  f.set_score(peer, enough - 0.5);
  f.set_score(trusted, enough);
  peer.prune("t", {offer(1, 1, refused.address)});
  f.settle(peer);
  auto broken = offer(2, 2, refused.address);
  broken.signed_record[broken.signed_record.size() / 2] ^= 1;
  trusted.prune("t",
                {offer(3, 4, refused.address),
                 broken,
                 {"no peer id", offer(5, 5, refused.address).signed_record},
                 offer(6, 6, dialled.address)});
  // Dials begin in the order of the offers.
  f.until([&] { return dialled.accept() == 1; });
  f.settle(trusted);
  CHECK(refused.accept() == 0);
  f.stop();
}

TEST_CASE(
    "attack: good messages of his own earn a stranger no dials, in the mesh "
    "or outside, however many peers he offers") {
  wire_attack f{wire_attack::config(60s)};
  silent_listener where;
  silent_listener last;
  std::uint16_t number = 0;
  const auto offer_many = [&](attacker& to) {
    for (int i = 0; i < 16; ++i) {
      to.prune("t", offers(number, 16, where.address));
      number = static_cast<std::uint16_t>(number + 16);
    }
  };
  auto& member = f.join(9);
  auto& stranger = f.connect(10);
  for (int i = 0; i < 40; ++i)
    (i % 2 == 0 ? member : stranger)
        .send(plain_message("good " + std::to_string(i)));
  f.settle(member);
  f.settle(stranger);
  CHECK(f.score(member).score > 9);
  CHECK(f.score(stranger).score > 9);
  offer_many(member);
  offer_many(stranger);
  f.settle(member);
  f.settle(stranger);
  // Nor does trust help him who is in no mesh that he could prune.
  f.set_score(stranger, 1000);
  offer_many(stranger);
  f.settle(stranger);
  auto& trusted = f.join(11);
  f.set_score(trusted, 1000);
  trusted.prune("t", offers(5000, 1, last.address));
  f.until([&] { return last.accept() == 1; });
  CHECK(where.accept() == 0);
  f.stop();
}

TEST_CASE(
    "attack: of a flood of offers of trusted peers, too, 8 are dialled at "
    "once and no more than a few in a second") {
  auto config = wire_attack::config(60s);
  config.session.handshake_timeout = 60s;
  config.dial_timeout = 60s;
  wire_attack f{config};
  silent_listener where;
  const auto begin = std::chrono::steady_clock::now();
  std::uint16_t number = 0;
  for (std::uint8_t peer = 10; peer < 22; ++peer) {
    auto& one = f.connect(peer);
    one.graft("t");
    f.settle(one);
    REQUIRE(f.in_mesh(one));
    f.set_score(one, 1000);
    one.prune("t", offers(number, 16, where.address));
    number = static_cast<std::uint16_t>(number + 16);
    f.settle(one);
  }
  f.until([&] { return where.accept() == 8; });
  f.settle();
  CHECK(where.accept() == 8);
  // The others in turn, as these end: those of the first second, then a few.
  f.until([&] {
    where.accept();
    where.hang_up();
    return where.accepted.size() >= 20;
  });
  const std::chrono::duration<double> passed =
      std::chrono::steady_clock::now() - begin;
  const offered_peer_limits limits;
  CHECK(static_cast<double>(where.accept())
        <= limits.addresses_at_once
               + limits.addresses_per_second * passed.count() + 1);
  f.stop();
}

TEST_CASE("attack: one PRUNE of a peer is accepted in a backoff, and 16 of the "
          "peers that it offers") {
  wire_attack f;
  silent_listener where;
  silent_listener last;
  auto& peer = f.join(9);
  // His early GRAFTs cost him thousands.
  f.set_score(peer, 1e6);
  for (std::uint16_t number = 0; number < 600;
       number = static_cast<std::uint16_t>(number + 30)) {
    peer.prune("t", offers(number, 30, where.address));
    f.settle(peer); // many heartbeats
    peer.graft("t");
  }
  auto& other = f.join(10);
  f.set_score(other, 1000);
  other.prune("t", offers(1000, 1, last.address));
  f.until([&] {
    where.accept();
    where.hang_up();
    return last.accept() == 1;
  });
  CHECK(where.accept() == 16);
  f.stop();
}

TEST_CASE("attack: sybils at one address cost all of them score") {
  // Loopback does not count.
  std::string host;
  const auto interfaces = interface_addresses();
  REQUIRE(interfaces);
  for (const auto& one : *interfaces)
    if (one.ip.is_v4() && !one.ip.is_loopback())
      host = one.ip.to_text();
  if (host.empty()) {
    std::cout << "*** sybils: not run, as this machine has no address but "
                 "loopback\n";
    return;
  }
  auto config = wire_attack::config();
  config.listen = {libp2p::multiaddr::from_ip_tcp(host, 0)};
  config.score.colocation = {.weight = -1, .threshold = 2, .whitelist = {}};
  wire_attack f{config};
  std::vector<attacker*> sybils;
  for (std::uint8_t number = 10; number < 16; ++number)
    sybils.push_back(&f.connect(number));
  for (auto* one : sybils) {
    f.settle(*one);
    CHECK(f.score(*one).colocation == -16);
    one->graft("t");
    f.settle(*one);
    CHECK_FALSE(f.in_mesh(*one));
  }
  // They share what is left of them.
  for (int gone = 0; gone < 4; ++gone) {
    f.leave(*sybils.back());
    sybils.pop_back();
  }
  CHECK(f.score(*sybils.front()).colocation == 0);
  f.stop();
}
