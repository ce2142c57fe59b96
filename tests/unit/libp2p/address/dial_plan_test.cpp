#include "libp2p/address/dial_plan.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::libp2p;
using Catch::Contains;

namespace {

constexpr auto some_peer =
    "/p2p/12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q";

auto plan(const std::string& text) {
  const auto address = multiaddr::from_text(text);
  REQUIRE(address);
  return plan_dial(*address);
}

} // namespace

TEST_CASE("dial plan: an IP address or a name with a TCP port, whoever it is",
          "[dial_plan]") {
  using family = dial_plan::family;
  struct {
    std::string text;
    std::string host;
    bool is_name;
    family wanted;
  } const known[] = {
      {"/ip4/192.0.2.1/tcp/4001", "192.0.2.1", false, family::ip4},
      {"/ip6/2001:db8::1/tcp/4001", "2001:db8::1", false, family::ip6},
      {"/dns/example.org/tcp/4001", "example.org", true, family::any},
      {"/dns4/example.org/tcp/4001", "example.org", true, family::ip4},
      {"/dns6/example.org/tcp/4001", "example.org", true, family::ip6}};
  for (const auto& one : known)
    for (const auto& text : {one.text, one.text + some_peer}) {
      INFO(text);
      const auto found = plan(text);
      REQUIRE(found);
      CHECK(found->host == one.host);
      CHECK(found->is_name == one.is_name);
      CHECK(found->wanted == one.wanted);
      CHECK(found->port == "4001");
    }
}

TEST_CASE("dial plan: what an address asks for and cannot be done is named",
          "[dial_plan]") {
  struct {
    std::string text;
    std::string part;
  } const others[] = {
      {"/dns4/example.org/tcp/443/wss", "/wss is not supported"},
      {"/dns4/example.org/tcp/80/ws", "/ws is not supported"},
      {"/dns4/example.org/tcp/443/tls/ws", "/tls is not supported"},
      {"/ip4/192.0.2.1/tcp/443/tls", "/tls is not supported"},
      {"/ip4/192.0.2.1/udp/4001/quic-v1", "/udp is not supported"},
      {"/ip4/192.0.2.1/udp/4001", "/udp is not supported"},
      {"/ip6zone/eth0/ip6/fe80::1/tcp/1", "/ip6zone is not supported"},
      {"/dnsaddr/example.org", "/dnsaddr is not supported"},
      {"/ip4/192.0.2.1", "no /tcp/PORT"},
      {"/tcp/4001", "/tcp is not supported"},
      {"/ip4/192.0.2.1/tcp/0", "port 0"}};
  for (const auto& one : others)
    for (const auto& text : {one.text, one.text + some_peer}) {
      INFO(text);
      const auto found = plan(text);
      CHECK_THAT(error_of(found), Contains(one.part));
    }
  CHECK_THAT(error_of(plan("/unix/tmp/socket")), Contains("/unix"));
  CHECK_THAT(error_of(plan(some_peer)), Contains("where to dial"));
}
