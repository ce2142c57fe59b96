#include "libp2p/address/multiaddr.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/key_vectors.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;
using Catch::Contains;

namespace {

multiaddr read(std::string_view text) {
  return multiaddr::from_text(text).value();
}

std::string text_reason(std::string_view text) {
  const auto address = multiaddr::from_text(text);
  REQUIRE_FALSE(address);
  return address.error().reason;
}

std::string binary_reason(std::string_view hex) {
  const auto address = multiaddr::from_bytes(from_hex(hex));
  REQUIRE_FALSE(address);
  return address.error().reason;
}

const peer_id& some_peer() {
  static const auto id = peer_id::from_text(ed25519_vector.base58).value();
  return id;
}

} // namespace

TEST_CASE("multiaddr: texts have the published binary forms",
          "[libp2p][multiaddr]") {
  const auto [text, hex] = GENERATE(table<const char*, const char*>({
      {"/ip4/127.0.0.1/udp/1234", "047f000001910204d2"},
      {"/ip4/127.0.0.1/tcp/4321", "047f0000010610e1"},
      {"/ip4/127.0.0.1/udp/1234/ip4/127.0.0.1/tcp/4321",
       "047f000001910204d2047f0000010610e1"},
      {"/ip6/2001:8a0:7ac5:4201:3ac9:86ff:fe31:7095/tcp/8000",
       "29200108a07ac542013ac986fffe317095061f40"},
      {"/ip4/127.0.0.1/tcp/9090/ws", "047f000001062382dd03"},
      {"/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC",
       "a503221220d52ebb89d85b02a284948203a62ff28389c57c9f42beec4ec20db76a68911"
       "c0b"},
      {"/ip4/127.0.0.1/udp/1234/quic-v1", "047f000001910204d2cd03"},
      {"/ip4/127.0.0.1/udp/1234/quic-v1/webtransport",
       "047f000001910204d2cd03d103"},
      {"/ip4/127.0.0.1/tcp/9090/p2p-circuit", "047f000001062382a202"},
      {"/dns4/example.com/tcp/443/wss", "360b6578616d706c652e636f6d0601bbde03"},
      {"/memory/4", "89060000000000000004"},
      {"/dnsaddr/sjc-1.bootstrap.libp2p.io",
       "3819736a632d312e626f6f7473747261702e6c69627032702e696f"},
      {"/ip6zone/x/ip6/fe80::1", "2a017829fe800000000000000000000000000001"},
      {"/unix/a/b/c/d/e", "90030a2f612f622f632f642f65"},
      {"/tcp/127/tls/ws", "06007fc003dd03"},
  }));
  INFO(text);
  const auto address = read(text);
  CHECK(to_hex(address.binary()) == hex);
  CHECK(address.to_text() == text);
  const auto parsed = multiaddr::from_bytes(from_hex(hex)).value();
  CHECK(parsed == address);
  CHECK(parsed.to_text() == text);
}

TEST_CASE("multiaddr: every protocol goes from text to binary and back",
          "[libp2p][multiaddr]") {
  const auto* text = GENERATE(
      "/ip4/0.0.0.0/tcp/0", "/ip4/255.255.255.255/tcp/65535", "/ip6/::/tcp/1",
      "/ip6/::ffff:1.2.3.4/tcp/1", "/ip6zone/x%y/ip6/fe80::1/udp/1",
      "/dns/a.b/tcp/1", "/dns6/a.b/tcp/1",
      "/dns/b\xc3\xbc"
      "cher.example/tcp/1",
      "/ip4/1.2.3.4/udp/4001/quic-v1/"
      "p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA",
      "/ip4/1.2.3.4/udp/1/quic-v1/webtransport/certhash/"
      "uEiAkH5a4DPGKUuOBjYw0CgwjvcJCJMD2K_1aluKR_tpevQ",
      "/ip4/1.2.3.4/udp/1/webrtc-direct", "/dns4/a.b/tcp/443/tls/sni/a.b/ws",
      "/ip4/1.2.3.4/tcp/80/unix/a/b", "/dns/a/tcp/1/tls/ws");
  INFO(text);
  const auto address = read(text);
  CHECK(address.to_text() == text);
  CHECK(multiaddr::from_bytes(address.binary()) == address);
}

TEST_CASE("multiaddr: other spellings are read and written in one form",
          "[libp2p][multiaddr]") {
  const auto [given, written] = GENERATE(table<const char*, const char*>({
      {"/ipfs/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC",
       "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC"},
      {"/p2p/k2k4r8oqamigqdo6o7hsbfwd45y70oyynp98usk7zmyfrzpqxh1pohl7",
       "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC"},
      {"/p2p/bafzbeigvf25ytwc3akrijfecaotc74udrhcxzh2cx3we5qqnw5vgrei4bm",
       "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC"},
      {"/ip4/127.0.0.1/tcp/1234/", "/ip4/127.0.0.1/tcp/1234"},
      {"/ip6/0:0:0:0:0:0:0:1//", "/ip6/::1"},
      {"/ip6/2001:DB8::A", "/ip6/2001:db8::a"},
      {"/unix/a/b/", "/unix/a/b"},
  }));
  INFO(given);
  CHECK(read(given).to_text() == written);
}

TEST_CASE("multiaddr: an error of a text names the part that is wrong",
          "[libp2p][multiaddr]") {
  const auto [text, reason] = GENERATE(table<const char*, const char*>({
      {"/ip4/1.2.3/tcp/1",
       "\"/ip4/1.2.3/tcp/1\": '1.2.3' is not an IPv4 address"},
      {"/ip4/01.2.3.4", "'01.2.3.4' is not an IPv4 address"},
      {"/ip4/::1", "'::1' is not an IPv4 address"},
      {"/ip4/fdpsofodsajfdoisa", "is not an IPv4 address"},
      {"/ip6/1.2.3.4", "'1.2.3.4' is not an IPv6 address"},
      {"/ip6/::1%eth0", "'::1%eth0' is not an IPv6 address"},
      {"/ip4/1.2.3.4/tcp/65536", "'65536' is not a port (0 to 65535)"},
      {"/ip4/1.2.3.4/tcp/-1", "'-1' is not a port"},
      {"/ip4/1.2.3.4/tcp/+1", "'+1' is not a port"},
      {"/ip4/1.2.3.4/tcp/080", "'080' is not a port"},
      {"/ip4/1.2.3.4/tcp/0x50", "'0x50' is not a port"},
      {"/ip4/1.2.3.4/tcp", "'tcp' needs a port (0 to 65535) behind it"},
      {"/ip4/1.2.3.4/tcp/", "'tcp' needs a port"},
      {"/ip4//tcp/1", "'' is not an IPv4 address"},
      {"//tcp/1", "unknown protocol ''"},
      {"/dns4", "'dns4' needs a domain name behind it"},
      {"/dns4/a b/tcp/1", "'a b' is not a domain name"},
      {"/p2p/tcp", "'tcp' is not a peer id"},
      {"/p2p/QmxoHT6iViN5xAjoz1VZ553cL31U9F94ht3QvWR1FrEbZY",
       "is not a peer id"},
      {"/ipfs", "'ipfs' needs a peer id behind it"},
      {"/unix", "'unix' needs a socket's path behind it"},
      {"ip4/1.2.3.4", "an address begins with '/'"},
      {"", "\"\": an address begins with '/'"},
      {"/", "an address names at least one protocol"},
      {"/ip4/127.0.0.1/udp/1/quic-v1/1234", "unknown protocol '1234'"},
      {"/ip4/1.2.3.4/tpc/1", "unknown protocol 'tpc', nearest is "},
      {"/ip7/1.2.3.4", "unknown protocol 'ip7', nearest is 'ip4' or 'ip6'"},
      {"/quic/1", "unknown protocol 'quic', nearest is 'quic-v1'"},
      {"/dnsadr/x", "unknown protocol 'dnsadr', nearest is 'dnsaddr'"},
  }));
  INFO(text);
  CHECK_THAT(text_reason(text), Contains(reason));
}

TEST_CASE("multiaddr: an error shows a foreign text escaped and shortened",
          "[libp2p][multiaddr]") {
  CHECK_THAT(text_reason("/ip4/\x1b[2J\n"), Contains("'\\x1b[2J\\x0a'"));
  CHECK(text_reason("/dns/" + std::string(900, 'a')).size() < 300);
}

TEST_CASE("multiaddr: length and number of protocols are limited",
          "[libp2p][multiaddr]") {
  CHECK_THAT(text_reason('/' + std::string(max_addr_text, 'a')),
             Contains("longer than 1024 characters"));
  CHECK_THAT(text_reason("/unix/" + std::string(600, 'a')),
             Contains("longer than 512 bytes"));
  std::string many;
  for (std::size_t i = 0; i < max_addr_components; ++i)
    many += "/ws";
  const auto most = multiaddr::from_text(many);
  REQUIRE(most);
  CHECK_THAT(text_reason(many + "/ws"), Contains("more than 16 protocols"));
  auto binary = most->binary();
  append(binary, from_hex("dd03"));
  CHECK_THAT(binary_reason(to_hex(binary)), Contains("more than 16 protocols"));
  CHECK_THAT(binary_reason(std::string(2 * max_addr_binary + 2, '0')),
             Contains("longer than 512 bytes"));
}

TEST_CASE("multiaddr: what is accepted in binary has a text that is accepted",
          "[libp2p][multiaddr]") {
  // As much text for as few bytes as there can be.
  std::string text;
  for (std::size_t i = 0; i < max_addr_components; ++i)
    text += "/ip6/1111:1111:1111:1111:1111:1111:1111:1111";
  REQUIRE(text.size() <= max_addr_text);
  CHECK(multiaddr::from_bytes(read(text).binary()).value().to_text() == text);
}

TEST_CASE("multiaddr: an error of a binary form names its place",
          "[libp2p][multiaddr]") {
  const auto [hex, reason] = GENERATE(table<const char*, const char*>({
      {"", "an address of no bytes"},
      {"04", "byte 0: the value of 'ip4' is cut short"},
      {"047f0000", "the value of 'ip4' is cut short"},
      {"047f0000010610", "byte 5: the value of 'tcp' is cut short"},
      {"047f000001a603", "byte 5: unknown protocol number 422"},
      {"8400", "byte 0: malformed protocol number"},
      {"80", "byte 0: malformed protocol number"},
      {"360561", "byte 0: the value of 'dns4' is cut short"},
      {"36ffffffffffffffff7f61", "the value of 'dns4' is cut short"},
      {"3600", "byte 0: the value of 'dns4' is not a domain name"},
      {"3603612f62", "the value of 'dns4' is not a domain name"},
      {"a50300", "byte 0: the value of 'p2p' is not a peer id"},
      {"a50303001234", "the value of 'p2p' is not a peer id"},
      {"9003022f2f", "the value of 'unix' is not a socket's path"},
      {"90030161", "the value of 'unix' is not a socket's path"},
      {"9003022f6106007f", "byte 5: nothing may come behind 'unix'"},
  }));
  INFO(hex);
  CHECK_THAT(binary_reason(hex), Contains(reason));
}

TEST_CASE("multiaddr: an IP address and a port make an address",
          "[libp2p][multiaddr]") {
  CHECK(multiaddr::from_ip_tcp("1.2.3.4", 80).to_text()
        == "/ip4/1.2.3.4/tcp/80");
  CHECK(multiaddr::from_ip_tcp("::1", 0).to_text() == "/ip6/::1/tcp/0");
  CHECK(multiaddr::from_ip_tcp("::ffff:1.2.3.4", 1).to_text()
        == "/ip4/1.2.3.4/tcp/1");
  CHECK_THROWS_AS(multiaddr::from_ip_tcp("localhost", 1),
                  std::invalid_argument);
}

TEST_CASE("multiaddr: its components are listed in order",
          "[libp2p][multiaddr]") {
  const auto parts = read("/dns4/a.b/tcp/443/tls/ws").components();
  REQUIRE(parts.size() == 4);
  CHECK(parts[0].protocol == addr_protocol::dns4);
  CHECK(parts[0].value == "a.b");
  CHECK(parts[1].value == "443");
  CHECK(parts[2].protocol == addr_protocol::tls);
  CHECK(parts[2].value.empty());
}

TEST_CASE("multiaddr: a value is the first of its protocol",
          "[libp2p][multiaddr]") {
  const auto address = read("/ip4/1.2.3.4/tcp/1/ip4/5.6.7.8/tcp/2/ws");
  CHECK(address.value_of(addr_protocol::ip4) == "1.2.3.4");
  CHECK(address.value_of(addr_protocol::tcp) == "1");
  CHECK(address.value_of(addr_protocol::ws) == "");
  CHECK_FALSE(address.value_of(addr_protocol::udp));
}

TEST_CASE("multiaddr: the peer is named at its end alone",
          "[libp2p][multiaddr]") {
  const auto bare = read("/ip4/1.2.3.4/tcp/1");
  const auto full = bare.with_peer(some_peer());
  CHECK(full.to_text() == "/ip4/1.2.3.4/tcp/1/p2p/" + some_peer().to_base58());
  CHECK(full.peer() == some_peer());
  CHECK(full.without_peer() == bare);
  CHECK(bare.without_peer() == bare);
  CHECK_FALSE(bare.peer());
  CHECK_FALSE(read(full.to_text() + "/tcp/2").peer());
  CHECK(multiaddr{}.with_peer(some_peer()).without_peer().empty());
}

TEST_CASE("multiaddr: naming another peer replaces the first",
          "[libp2p][multiaddr]") {
  const auto other = peer_id::from_text(rsa_vector.base58).value();
  const auto address =
      read("/ip4/1.2.3.4/tcp/1").with_peer(other).with_peer(some_peer());
  CHECK(address == read("/ip4/1.2.3.4/tcp/1").with_peer(some_peer()));
}

TEST_CASE("multiaddr: no peer is named behind a path", "[libp2p][multiaddr]") {
  CHECK(read("/unix/a").with_peer(some_peer()) == read("/unix/a"));
  CHECK_THROWS_AS(read("/tcp/1").with_peer(peer_id{}), std::invalid_argument);
}
