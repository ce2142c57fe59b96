#include "actors/host/network_rules.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <string>

using namespace grapevine;

namespace {

using rule_texts = std::initializer_list<const char*>;

network_rules::ranges ranges_of(const rule_texts& all) {
  network_rules::ranges result;
  for (const auto* text : all)
    result.push_back(libp2p::ip_prefix::from_text(text).value());
  return result;
}

network_rules rules_of(const rule_texts& allowed, const rule_texts& denied) {
  return {ranges_of(allowed), ranges_of(denied)};
}

bool allows(const network_rules& rules, const std::string& address) {
  return rules.allows(libp2p::ip_address::from_text(address).value());
}

libp2p::multiaddr multiaddr_of(const std::string& text) {
  return libp2p::multiaddr::from_text(text).value();
}

} // namespace

TEST_CASE("network rules: without any, all addresses are allowed") {
  const network_rules none;
  CHECK(allows(none, "192.0.2.1"));
  CHECK(allows(none, "2001:db8::1"));
  CHECK(none.allows(multiaddr_of("/dns4/example.org/tcp/1")));
  CHECK_FALSE(none.problem(multiaddr_of("/ip4/192.0.2.1/tcp/1")));
}

TEST_CASE("network rules: what is in a denied range is denied, the rest "
          "allowed") {
  const auto rules = rules_of({}, {"10.0.0.0/8", "2001:db8::/32"});
  CHECK_FALSE(allows(rules, "10.0.0.0"));
  CHECK_FALSE(allows(rules, "10.255.255.255"));
  CHECK(allows(rules, "9.255.255.255"));
  CHECK(allows(rules, "11.0.0.0"));
  CHECK_FALSE(allows(rules, "2001:db8:ffff::1"));
  CHECK(allows(rules, "2001:db9::1"));
}

TEST_CASE("network rules: once a range is allowed, what is in none is not") {
  const auto rules = rules_of({"10.0.0.0/8"}, {});
  CHECK(allows(rules, "10.1.2.3"));
  CHECK_FALSE(allows(rules, "192.0.2.1"));
  CHECK_FALSE(allows(rules, "2001:db8::1"));
}

TEST_CASE("network rules: the narrowest range decides, whichever it is") {
  const auto rules =
      rules_of({"10.1.0.0/16", "10.1.2.3"}, {"10.0.0.0/8", "10.1.2.0/24"});
  CHECK_FALSE(allows(rules, "10.2.0.1"));
  CHECK(allows(rules, "10.1.3.1"));
  CHECK_FALSE(allows(rules, "10.1.2.4"));
  CHECK(allows(rules, "10.1.2.3"));
  const auto all_but = rules_of({"127.0.0.1/32"}, {"0.0.0.0/0"});
  CHECK(allows(all_but, "127.0.0.1"));
  CHECK_FALSE(allows(all_but, "127.0.0.2"));
}

TEST_CASE("network rules: a range that is allowed and denied is denied") {
  CHECK_FALSE(allows(rules_of({"10.0.0.0/8"}, {"10.0.0.0/8"}), "10.0.0.1"));
  // However it was written.
  CHECK_FALSE(allows(rules_of({"10.0.0.0/8"}, {"10.9.9.9/8"}), "10.0.0.1"));
  CHECK_FALSE(allows(rules_of({"10.0.0.1"}, {"10.0.0.1/32"}), "10.0.0.1"));
}

TEST_CASE("network rules: an IPv4 address in IPv6's form is the same one") {
  const auto rules = rules_of({}, {"10.0.0.0/8"});
  CHECK_FALSE(allows(rules, "::ffff:10.0.0.1"));
  CHECK(allows(rules, "::ffff:11.0.0.1"));
  CHECK_FALSE(rules.allows(multiaddr_of("/ip6/::ffff:a00:1/tcp/1")));
}

TEST_CASE("network rules: ranges of one version say nothing of the other") {
  const auto no_ip6 = rules_of({}, {"::/0"});
  CHECK(allows(no_ip6, "10.0.0.1"));
  CHECK_FALSE(allows(no_ip6, "2001:db8::1"));
  const auto no_ip4 = rules_of({}, {"0.0.0.0/0"});
  CHECK_FALSE(allows(no_ip4, "10.0.0.1"));
  CHECK(allows(no_ip4, "2001:db8::1"));
  CHECK(allows(no_ip4, "::1"));
}

TEST_CASE("network rules: an address of no IP network is in no range") {
  const auto name = multiaddr_of("/dns4/example.org/tcp/1");
  CHECK(rules_of({}, {"0.0.0.0/0", "::/0"}).allows(name));
  CHECK_FALSE(rules_of({"0.0.0.0/0", "::/0"}, {}).allows(name));
  // Its interface is none of the rules' concern.
  CHECK_FALSE(rules_of({}, {"fe80::/10"})
                  .allows(multiaddr_of("/ip6zone/eth0/ip6/fe80::1/tcp/1")));
}

TEST_CASE("network rules: why an address is not allowed is said") {
  const auto denied = rules_of({}, {"10.0.0.0/8", "192.0.2.1"});
  CHECK(denied.problem(multiaddr_of("/ip4/10.0.0.1/tcp/1"))
        == "10.0.0.1 is in the denied network 10.0.0.0/8");
  CHECK(denied.problem(multiaddr_of("/ip4/192.0.2.1/tcp/1"))
        == "192.0.2.1 is in the denied network 192.0.2.1");
  CHECK_FALSE(denied.problem(multiaddr_of("/ip4/192.0.2.2/tcp/1")));
  const auto allowed = rules_of({"10.0.0.0/8"}, {});
  CHECK(allowed.problem(multiaddr_of("/ip4/192.0.2.2/tcp/1"))
        == "192.0.2.2 is in no allowed network");
  CHECK(allowed.problem(multiaddr_of("/dns4/example.org/tcp/1"))
        == "/dns4/example.org/tcp/1 is in no allowed network");
}

TEST_CASE("network rules: of many ranges each is found") {
  const auto numbered = [](int i, const std::string& rest) {
    return "10." + std::to_string(i / 256) + "." + std::to_string(i % 256)
           + rest;
  };
  network_rules::ranges many;
  for (int i = 0; i < 4'096; i += 2)
    many.push_back(libp2p::ip_prefix::from_text(numbered(i, ".0/24")).value());
  const network_rules rules{{}, many};
  for (int i = 0; i < 4'096; ++i)
    REQUIRE(allows(rules, numbered(i, ".7")) == (i % 2 == 1));
}
