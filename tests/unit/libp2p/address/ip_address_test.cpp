#include "libp2p/address/ip_address.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <unordered_set>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

ip_address ip(std::string_view text) {
  return ip_address::from_text(text).value();
}

ip_prefix range(std::string_view text) {
  return ip_prefix::from_text(text).value();
}

std::optional<ip_address> in(std::string_view address) {
  return ip_address::of(multiaddr::from_text(address).value());
}

} // namespace

TEST_CASE("ip: text and back", "[libp2p][ip_address]") {
  for (const auto* text :
       {"1.2.3.4", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::1",
        "2001:8a0:7ac5:4201:3ac9:86ff:fe31:7095"})
    CHECK(ip(text).to_text() == text);
  for (const auto* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.4/8",
                           "fe80::1%eth0", "localhost", "1.2.3.4 ", "12345::"})
    CHECK_FALSE(ip_address::from_text(text));
  CHECK_FALSE(ip_address::from_text(std::string_view{"1.2.3.4\0", 8}));
  CHECK_FALSE(ip_address::from_text(std::string(1'000, '1')));
}

TEST_CASE("ip: an IPv4 address and its mapped form are equal",
          "[libp2p][ip_address]") {
  CHECK(ip("::ffff:1.2.3.4") == ip("1.2.3.4"));
  CHECK(ip("::ffff:1.2.3.4").to_text() == "1.2.3.4");
  CHECK(ip("1.2.3.4").is_v4());
  CHECK_FALSE(ip("::1.2.3.4").is_v4());
  CHECK_FALSE(ip("2001:db8::1").is_v4());
  const std::unordered_set<ip_address> both{ip("::ffff:1.2.3.4"),
                                            ip("1.2.3.4")};
  CHECK(both.size() == 1);
}

TEST_CASE("ip: from bytes", "[libp2p][ip_address]") {
  const std::array<std::uint8_t, 4> four{1, 2, 3, 4};
  CHECK(ip_address::from_bytes(four) == ip("1.2.3.4"));
  CHECK(ip_address::from_bytes(ip("2001:db8::1").raw()) == ip("2001:db8::1"));
  CHECK_FALSE(ip_address::from_bytes({}));
  CHECK_FALSE(ip_address::from_bytes(bytes_view{four}.first(3)));
}

TEST_CASE("ip: of a multiaddr that begins with one", "[libp2p][ip_address]") {
  CHECK(in("/ip4/1.2.3.4/tcp/1") == ip("1.2.3.4"));
  CHECK(in("/ip6/2001:db8::1/udp/1/quic-v1") == ip("2001:db8::1"));
  CHECK(in("/ip6zone/x/ip6/fe80::1/tcp/1") == ip("fe80::1"));
  CHECK(in("/ip6/::ffff:1.2.3.4/tcp/1") == ip("1.2.3.4"));
  CHECK_FALSE(in("/dns4/example.com/tcp/1"));
  CHECK_FALSE(in("/tcp/1/ip4/1.2.3.4"));
  CHECK_FALSE(ip_address::of({}));
}

TEST_CASE("ip: link-local addresses of IPv6 are on an interface",
          "[libp2p][ip_address]") {
  CHECK(ip("fe80::1").is_link_local6());
  CHECK(ip("febf::1").is_link_local6());
  CHECK_FALSE(ip("fec0::1").is_link_local6());
  CHECK_FALSE(ip("169.254.1.1").is_link_local6());
  const auto on = [](const std::string& text, std::string_view name) {
    const auto result = on_interface(multiaddr::from_text(text).value(), name);
    return result ? result->to_text() : "none";
  };
  CHECK(on("/ip6/fe80::1/tcp/1", "eth0") == "/ip6zone/eth0/ip6/fe80::1/tcp/1");
  CHECK(on("/ip6zone/x/ip6/fe80::1/tcp/1", "eth0")
        == "/ip6zone/eth0/ip6/fe80::1/tcp/1");
  CHECK(on("/ip6/fe80::1/tcp/1", "") == "none");
  CHECK(on("/ip6/fe80::1/tcp/1", "a/b") == "none");
  CHECK(on("/ip6/fd00::1/tcp/1", "eth0") == "none");
  CHECK(on("/ip4/10.0.0.1/tcp/1", "eth0") == "none");
}

TEST_CASE("ip: loopback", "[libp2p][ip_address]") {
  for (const auto* text :
       {"127.0.0.1", "127.255.0.2", "::1", "::ffff:127.0.0.1"})
    CHECK(ip(text).is_loopback());
  for (const auto* text : {"128.0.0.1", "126.0.0.1", "::", "::2", "10.0.0.1"})
    CHECK_FALSE(ip(text).is_loopback());
}

TEST_CASE("ip prefix: contains what has its bits", "[libp2p][ip_address]") {
  CHECK(range("10.0.0.0/8").contains(ip("10.255.1.2")));
  CHECK_FALSE(range("10.0.0.0/8").contains(ip("11.0.0.0")));
  CHECK(range("172.16.0.0/12").contains(ip("172.31.255.255")));
  CHECK_FALSE(range("172.16.0.0/12").contains(ip("172.32.0.0")));
  CHECK(range("2001:db8::/64").contains(ip("2001:db8::ffff:1")));
  CHECK_FALSE(range("2001:db8::/64").contains(ip("2001:db8:0:1::")));
  CHECK(range("0.0.0.0/0").contains(ip("1.2.3.4")));
  CHECK_FALSE(range("0.0.0.0/0").contains(ip("2001:db8::1")));
  CHECK(range("::/0").contains(ip("2001:db8::1")));
  CHECK(range("1.2.3.4").contains(ip("1.2.3.4")));
  CHECK_FALSE(range("1.2.3.4").contains(ip("1.2.3.5")));
}

TEST_CASE("ip prefix: equal whatever is beyond its bits",
          "[libp2p][ip_address]") {
  CHECK(range("10.1.2.3/8") == range("10.0.0.0/8"));
  CHECK(ip_prefix{ip("2001:db8::5"), 64} == range("2001:db8::/64"));
  CHECK_FALSE(range("10.0.0.0/8") == range("10.0.0.0/9"));
  CHECK_FALSE(ip_prefix{ip("2001:db8::"), 64} == ip_prefix{ip("2001:db8::")});
  CHECK(ip_prefix{ip("1.2.3.4"), 4'000'000'000} == range("1.2.3.4"));
  const std::unordered_set<ip_prefix> both{range("10.1.2.3/8"),
                                           range("10.0.0.0/8")};
  CHECK(both.size() == 1);
}

TEST_CASE("ip prefix: text and back", "[libp2p][ip_address]") {
  for (const auto* text : {"10.0.0.0/8", "0.0.0.0/0", "1.2.3.4",
                           "2001:db8::/32", "::/0", "2001:db8::1"})
    CHECK(range(text).to_text() == text);
  CHECK(range("1.2.3.4/32").to_text() == "1.2.3.4");
  for (const auto* text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1",
        "10.0.0.0/8x", "x/8", "10.0.0.0/99999999999"})
    CHECK_FALSE(ip_prefix::from_text(text));
}
