#include "libp2p/address/dial_plan.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <array>

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

TEST_CASE("dial plan: a name that tells where to dial needs no port",
          "[dial_plan]") {
  using family = dial_plan::family;
  using lookup = dial_plan::lookup;
  struct {
    std::string text;
    std::string host;
    lookup by;
    family wanted;
  } const known[] = {
      {"/dnsaddr/example.org", "example.org", lookup::text, family::any},
      {"/dns/_p2p._tcp.example.org", "_p2p._tcp.example.org", lookup::service,
       family::any},
      {"/dns4/_p2p._tcp.example.org", "_p2p._tcp.example.org", lookup::service,
       family::ip4}};
  for (const auto& one : known)
    for (const auto& text : {one.text, one.text + some_peer}) {
      INFO(text);
      const auto found = plan(text);
      REQUIRE(found);
      CHECK(found->is_name);
      CHECK(found->host == one.host);
      CHECK(found->by == one.by);
      CHECK(found->wanted == one.wanted);
      CHECK(found->port.empty());
    }
  // A host may be named as a service is.
  CHECK(plan("/dns/_p2p._tcp.example.org/tcp/1")->by == lookup::host);
  CHECK_THAT(error_of(plan_dial(*multiaddr::from_text("/dnsaddr/example.org"),
                                std::array{transport_kind::memory})),
             Contains("/dnsaddr is not supported"));
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
      {"/ip4/192.0.2.1/udp/4001/quic-v1/webtransport/certhash/"
       "uEiAkH5a4DPGKUuOBjYw0CgwjvcJCJMD2K_1aluKR_tpevQ",
       "/udp is not supported"},
      {"/ip4/192.0.2.1/udp/4001/webrtc-direct", "/udp is not supported"},
      {"/ip4/192.0.2.1/tcp/4001/p2p/"
       "12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q/p2p-circuit",
       "/p2p-circuit is not supported"},
      {"/ip4/192.0.2.1/udp/4001", "/udp is not supported"},
      {"/ip6zone/eth0/ip4/192.0.2.1/tcp/1", "/ip6zone is not supported"},
      {"/ip6zone/eth0", "/ip6zone is not supported"},
      {"/ip6zone/eth0/ip6/fe80::1", "no /tcp/PORT"},
      {"/dnsaddr/example.org/tcp/4001", "nothing but /p2p/ID"},
      {"/dns/example.org", "no /tcp/PORT"},
      {"/dns/_p2p.example.org", "no /tcp/PORT"},
      {"/dns/_p2p._tcp", "no /tcp/PORT"},
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

TEST_CASE("dial plan: a link-local address is dialled on its interface",
          "[dial_plan]") {
  const auto found = plan("/ip6zone/eth0/ip6/fe80::1/tcp/4001");
  REQUIRE(found);
  CHECK(found->host == "fe80::1%eth0");
  CHECK_FALSE(found->is_name);
  CHECK(found->port == "4001");
  CHECK(plan_listen(*multiaddr::from_text("/ip6zone/eth0/ip6/fe80::1/tcp/1")));
}

TEST_CASE("dial plan: a transport's addresses are dialled where it is offered",
          "[dial_plan]") {
  const auto address = *multiaddr::from_text("/memory/7");
  const std::array both{transport_kind::tcp, transport_kind::memory};
  const auto found = plan_dial(address, both);
  REQUIRE(found);
  CHECK(found->transport == transport_kind::memory);
  CHECK(found->host.empty());
  CHECK_FALSE(found->is_name);
  CHECK(found->port == "7");
  CHECK_THAT(error_of(plan_dial(address)),
             Contains("/memory is not supported for dialling; possible are "
                      "/ip4, /ip6, /dns, /dns4 and /dns6 with /tcp"));
  const auto tcp = multiaddr::from_ip_tcp("192.0.2.1", 4001);
  CHECK(plan_dial(tcp, both)->transport == transport_kind::tcp);
  CHECK_THAT(error_of(plan_dial(tcp, std::array{transport_kind::memory})),
             Contains("/ip4 is not supported for dialling; possible are "
                      "/memory"));
}

TEST_CASE("listen plan: an IP address with a TCP port, 0 for a free one, and "
          "no name",
          "[dial_plan]") {
  const auto listen = [](const std::string& text) {
    return plan_listen(multiaddr::from_text(text).value());
  };
  CHECK(listen("/ip4/0.0.0.0/tcp/4001") == transport_kind::tcp);
  CHECK(listen("/ip6/::/tcp/0") == transport_kind::tcp);
  for (const auto* text :
       {"/dns4/example.org/tcp/4001", "/ip4/192.0.2.1", "/memory/7",
        "/ip4/192.0.2.1/tcp/4001/ws", "/ip4/192.0.2.1/udp/4001/quic-v1"}) {
    INFO(text);
    CHECK(error_of(listen(text))
          == "only /ip4/…/tcp/… and /ip6/…/tcp/… are possible");
  }
}
