// Peers of the local network, as mDNS finds them.
#include "tests/support/node_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

libp2p::mdns_peer neighbour(std::uint32_t number) {
  return {numbered_peer(number),
          {node_fixture::address(4001, "192.168.1." + std::to_string(number))}};
}

struct lan_fixture : node_fixture {
  explicit lan_fixture(const change& how = [](node_config&) {})
      : node_fixture{[how](node_config& config) {
          config.mdns = true;
          config.listen = {libp2p::multiaddr::from_ip_tcp("0.0.0.0", 0)};
          how(config);
        }} {}

  void find(const std::vector<libp2p::mdns_peer>& there) {
    say(peers_found{there});
  }
};

interface_address private_interface(const std::string& ip,
                                    const std::string& name, unsigned index) {
  return {libp2p::ip_address::from_text(ip).value(), name, index, true};
}

} // namespace

TEST_CASE("node lan: nobody is looked for unless it is asked for") {
  const node_fixture f;
  CHECK(f.mdns.empty());
}

TEST_CASE("node lan: it is told of private interfaces, and of what is not "
          "hidden, whatever others are told") {
  lan_fixture f{[](node_config& config) {
    config.announced_addresses = {
        libp2p::multiaddr::from_text("/dns4/a.example/tcp/1").value()};
    config.hidden_addresses = {
        libp2p::address_filter::from_text("127.0.0.0/8").value()};
  }};
  REQUIRE(f.mdns.size() == 1);
  CHECK(f.mdns[0].only<use_lan>().interfaces.empty());
  REQUIRE(f.mdns[0].only<use_lan>().addresses.size() == 1);
  CHECK(f.mdns[0].only<use_lan>().addresses[0].components().front().value
        == "198.51.100.200");
  f.interfaces.push_back(private_interface("192.168.1.7", "wlan0", 5));
  f.say(interfaces_changed{});
  const auto& now = f.mdns[0].all<use_lan>().back();
  CHECK(now.interfaces == std::vector<lan_interface>{{5, "wlan0"}});
  CHECK(now.addresses.size() == 2);
}

TEST_CASE("node lan: a link-local address is told where an interface has no "
          "other private one") {
  lan_fixture f{[](node_config& config) {
    config.listen = {libp2p::multiaddr::from_ip_tcp("::", 4001)};
  }};
  f.interfaces = {private_interface("fe80::1", "eth0", 2),
                  private_interface("fe80::2", "eth1", 3),
                  private_interface("fd00::2", "eth1", 3)};
  f.say(interfaces_changed{});
  const auto& now = f.mdns[0].all<use_lan>().back();
  CHECK(now.interfaces
        == std::vector<lan_interface>{{2, "eth0", false, true},
                                      {3, "eth1", false, true}});
  REQUIRE(now.addresses.size() == 2);
  CHECK(now.addresses[0].components().front().value == "fe80::1");
  CHECK(now.addresses[1].components().front().value == "fd00::2");
}

TEST_CASE("node lan: peers that were found are dialled, insisting on who they "
          "are") {
  lan_fixture f;
  f.find({neighbour(1)});
  REQUIRE(f.dials.size() == 1);
  CHECK(f.dials[0].addresses.front().peer() == numbered_peer(1));
  f.reach(1);
  CHECK(f.connected(1));
  // Once is enough.
  f.find({neighbour(1)});
  CHECK(f.dials.size() == 1);
}

TEST_CASE("node lan: neither itself nor whoever may not be connected is "
          "dialled") {
  lan_fixture f{
      [](node_config& config) { config.blocked_peers = {numbered_peer(1)}; }};
  f.find({neighbour(1), {f.ctx->self, {node_fixture::address(1)}}});
  CHECK(f.dials.empty());
}

TEST_CASE("node lan: whoever makes up peers has a few of them dialled, and not "
          "remembered") {
  lan_fixture f;
  for (std::uint32_t i = 1; i <= 200; ++i)
    f.find({neighbour(i)});
  CHECK(f.dials.size() <= 8);
  std::size_t failed = 0;
  for (int round = 0; round < 10; ++round) {
    for (; failed < f.dials.size(); ++failed)
      f.fail(f.dials[failed]);
    f.advance(1min);
  }
  CHECK(f.dials.size() > 8);
  CHECK(f.dials.size() <= 32);
}

TEST_CASE("node lan: a node with enough peers dials nobody else") {
  lan_fixture f;
  for (std::uint32_t i = 1; i <= 24; ++i)
    f.arrive_alone(i);
  f.find({neighbour(100)});
  CHECK(f.dials.empty());
}

TEST_CASE("node lan: that nobody is looked for any more is said") {
  lan_fixture f;
  f.mdns.at(0).die();
  f.run();
  CHECK_THAT(f.log(), Catch::Contains("warning no peers are looked for by mDNS "
                                      "any more"));
}
