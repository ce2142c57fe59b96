#include "libp2p/discovery/mdns_message.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::libp2p;
using grapevine::test::to_hex;

namespace {

const std::string a_peer =
    "12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q";
const std::string other_peer =
    "12D3KooWFduumVkeJ5EbTAkm6jaSsd4UttMGaNRfGPC7E51si2dA";
const std::string name = "abcdefghijklmnopqrstuvwxyz012345";

multiaddr addr(const std::string& text) {
  return multiaddr::from_text(text).value();
}

mdns_message read(const bytes& datagram) {
  const auto msg = read_mdns(datagram);
  REQUIRE(msg);
  return *msg;
}

// The names are written as they are, so that a text can be replaced by one of
// its size.
bytes with(bytes datagram, const std::string& from, const std::string& to) {
  REQUIRE(from.size() == to.size());
  const auto at =
      std::search(datagram.begin(), datagram.end(), from.begin(), from.end());
  REQUIRE(at != datagram.end());
  std::copy(to.begin(), to.end(), at);
  return datagram;
}

} // namespace

TEST_CASE("mdns: a question for peers has the bytes of RFC 1035",
          "[libp2p][mdns]") {
  const auto query = mdns_query();
  CHECK(
      to_hex(query)
      == "000000000001000000000000045f703270045f756470056c6f63616c00000c0001");
  const auto msg = read(query);
  CHECK(msg.asks_for_peers);
  CHECK_FALSE(msg.asks_for_services);
  CHECK(msg.peers.empty());
}

TEST_CASE("mdns: an answer tells of its peer at all addresses",
          "[libp2p][mdns]") {
  const auto msg =
      read(mdns_answer(name, {addr("/ip4/192.168.1.7/tcp/4001/p2p/" + a_peer),
                              addr("/ip6/fd00::7/tcp/4001/p2p/" + a_peer)}));
  CHECK_FALSE(msg.asks_for_peers);
  REQUIRE(msg.peers.size() == 1);
  CHECK(to_string(msg.peers[0].peer) == a_peer);
  REQUIRE(msg.peers[0].addresses.size() == 2);
  CHECK(msg.peers[0].addresses[0].to_text() == "/ip4/192.168.1.7/tcp/4001");
  CHECK(msg.peers[0].addresses[1].to_text() == "/ip6/fd00::7/tcp/4001");
}

TEST_CASE("mdns: an answer has an address record, and fits into a frame",
          "[libp2p][mdns]") {
  std::vector<multiaddr> many;
  for (int i = 0; i < 100; ++i)
    many.push_back(addr("/ip4/192.168.1." + std::to_string(i) + "/tcp/4001/p2p/"
                        + a_peer));
  const auto answer = mdns_answer(name, many);
  CHECK(answer.size() < 1'400);
  CHECK(read(answer).peers.at(0).addresses.size() == max_mdns_addrs);
  // Answers and records besides; type A, class IN with its bit, the address.
  CHECK(to_hex(bytes_view{answer}.subspan(4, 8)) == "0000000100000003");
  CHECK_THAT(to_hex(answer), Catch::Contains("000180010000007800"
                                             "04c0a80100"));
}

TEST_CASE("mdns: where there is no IPv4 the address record is of IPv6",
          "[libp2p][mdns]") {
  const auto answer =
      mdns_answer(name, {addr("/ip6/fd00::7/tcp/4001/p2p/" + a_peer)});
  // Type AAAA, class IN with its bit, the address.
  CHECK_THAT(to_hex(answer),
             Catch::Contains("001c800100000078"
                             "0010fd000000000000000000000000000007"));
}

TEST_CASE("mdns: services are asked for and told", "[libp2p][mdns]") {
  auto query = mdns_query();
  query.resize(12);
  const std::string question = "\x09_services\x07_dns-sd\x04_udp\x05local";
  append(query, as_bytes(question));
  append(query, bytes{0, 0, 12, 0, 1});
  CHECK(read(query).asks_for_services);
  const auto answer = mdns_services_answer();
  CHECK(read(answer).peers.empty());
  CHECK_THAT(std::string{as_text(answer)},
             Catch::Contains("_dns-sd") && Catch::Contains("_p2p"));
}

TEST_CASE("mdns: case makes no difference, another service does",
          "[libp2p][mdns]") {
  CHECK(read(with(mdns_query(), "_p2p", "_P2P")).asks_for_peers);
  CHECK_FALSE(read(with(mdns_query(), "_p2p", "_ipp")).asks_for_peers);
}

TEST_CASE("mdns: addresses of nobody, and what is none, are left out",
          "[libp2p][mdns]") {
  const auto msg = read(
      mdns_answer(name, {addr("/ip4/192.168.1.7/tcp/4001"),
                         addr("/ip4/192.168.1.8/tcp/4001/p2p/" + a_peer)}));
  REQUIRE(msg.peers.size() == 1);
  CHECK(msg.peers[0].addresses.size() == 1);
  const auto odd =
      with(mdns_answer(name, {addr("/ip4/192.168.1.8/tcp/4001/p2p/" + a_peer)}),
           "dnsaddr=/ip4", "dnsaddr=/ip5");
  CHECK(read(odd).peers.empty());
  const auto another_key =
      with(mdns_answer(name, {addr("/ip4/192.168.1.8/tcp/4001/p2p/" + a_peer)}),
           "dnsaddr=", "dnsaddr:");
  CHECK(read(another_key).peers.empty());
}

TEST_CASE("mdns: of many peers in one datagram a few are taken",
          "[libp2p][mdns]") {
  std::vector<multiaddr> many;
  for (const auto& peer : {a_peer, other_peer})
    for (int i = 0; i < 4; ++i)
      many.push_back(
          addr("/ip4/10.0.0." + std::to_string(i) + "/tcp/1/p2p/" + peer));
  const auto msg = read(mdns_answer(name, many));
  REQUIRE(msg.peers.size() == 2);
  CHECK(msg.peers[0].addresses.size() == 4);
  CHECK(msg.peers[1].addresses.size() == 4);
}

TEST_CASE("mdns: what is cut anywhere is malformed and harmless",
          "[libp2p][mdns]") {
  const auto whole =
      mdns_answer(name, {addr("/ip4/192.168.1.8/tcp/4001/p2p/" + a_peer)});
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(read_mdns(bytes_view{whole}.first(size)));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto odd = whole;
    odd[at] ^= 0xff;
    if (const auto msg = read_mdns(odd))
      CHECK(msg->peers.size() <= 1);
  }
  CHECK_FALSE(read_mdns(bytes(max_mdns_datagram + 1, 0)));
}

TEST_CASE("mdns: a name that points at itself ends", "[libp2p][mdns]") {
  auto query = mdns_query();
  query.resize(12);
  append(query, bytes{0xc0, 12, 0, 12, 0, 1});
  CHECK_FALSE(read_mdns(query).value_or(mdns_message{}).asks_for_peers);
}
