// mDNS on real sockets, in a network of its own, and in virtual time.
#include "actors/host/mdns.hpp"
#include "tests/support/own_network.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/support/virtual_reactor.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <array>
#include <memory>
#include <sstream>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

interface_address interface(const std::string& ip, const std::string& name,
                            unsigned index, bool multicast = true) {
  return {libp2p::ip_address::from_text(ip).value(), name, index, multicast};
}

struct lan {
  lan() : reactor{system.sys()} {}
  lan(const lan&) = delete;
  ~lan() {
    reactor.end_owners();
    system.run();
  }

  struct member {
    explicit member(lan& of, std::uint8_t number) : sink{of.system.sys()} {
      auto ctx =
          std::make_shared<node_context>(*virtual_system::context(number));
      ctx->session = std::make_shared<const libp2p::session_config>(
          test_session_config(number));
      ctx->reactor = of.reactor.link();
      ctx->log = std::make_shared<spdlog::logger>(
          "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log));
      ctx->log->set_pattern("%l %v");
      id = ctx->session->identity->peer();
      auto sockets = open_mdns_sockets();
      REQUIRE(sockets);
      actor = spawn_mdns(of.system.sys(), ctx, *std::move(sockets),
                         sink.as<mdns_sink>());
    }

    void use(lan& of, const std::string& ip = "10.99.0.1") {
      use_lan msg{lan_interfaces(interface_addresses().value()), {}};
      if (!ip.empty())
        msg.addresses = {libp2p::multiaddr::from_ip_tcp(ip, 4001)};
      tell_from_outside(actor, msg);
      of.run();
    }

    std::size_t found(const libp2p::peer_id& who) const {
      std::size_t count = 0;
      for (const auto& msg : sink.all<peers_found>())
        for (const auto& one : msg.peers)
          count += one.peer == who ? 1 : 0;
      return count;
    }

    std::ostringstream log;
    recorder<peers_found> sink;
    libp2p::peer_id id;
    mdns_actor actor;
  };

  void run() {
    do
      system.run();
    while (reactor.report());
    system.run();
  }

  void advance(std::chrono::milliseconds time) {
    constexpr auto step = 10ms;
    for (; time > 0ms; time -= step) {
      system.advance(step);
      run();
    }
  }

  virtual_system system;
  virtual_reactor reactor;
};

} // namespace

TEST_CASE("mdns: interfaces are those of private networks, not at a public "
          "address besides") {
  const auto found = lan_interfaces({
      interface("127.0.0.1", "lo", 1, false),
      interface("192.168.1.7", "wlan0", 2),
      interface("2001:db8::7", "wlan0", 2),
      interface("203.0.113.5", "eth0", 3),
      interface("10.0.0.5", "eth0", 3),
      interface("fe80::5", "eth1", 4),
      interface("169.254.7.7", "eth2", 5),
      interface("10.8.0.1", "tun0", 6, false),
      interface("192.168.1.8", "wlan0", 2),
      interface("fe80::6", "eth3", 7),
      interface("2001:db8::8", "eth3", 7),
      interface("fe80::8", "eth4", 8),
      interface("fd00::8", "eth4", 8),
      interface("fe80::9", "eth2", 5),
      interface("fd00::9", "eth5", 9),
  });
  CHECK(found
        == std::vector<lan_interface>{{2, "wlan0", true, false},
                                      {4, "eth1", false, true},
                                      {5, "eth2", true, true},
                                      {8, "eth4", false, true}});
}

TEST_CASE("mdns: two nodes on a network find each other, once") {
  const own_network network;
  if (!network)
    return;
  REQUIRE(own_network::add_interface("lan", "10.99.0.1/24"));
  lan net;
  lan::member a{net, 1};
  lan::member b{net, 2};
  a.use(net);
  b.use(net);
  net.advance(5s);
  CHECK(a.found(b.id) == 1);
  CHECK(b.found(a.id) == 1);
  CHECK(a.found(a.id) == 0);
  CHECK_THAT(a.log.str(), Catch::Contains("peers are looked for by mDNS on "
                                          "lan"));
}

TEST_CASE("mdns: over IPv6 alone two nodes find each other, at addresses of "
          "the interface") {
  const own_network network;
  if (!network || !own_network::has_ip6())
    return;
  REQUIRE(own_network::add_interface6("lan", "fe80::7/64"));
  lan net;
  lan::member a{net, 1};
  lan::member b{net, 2};
  a.use(net, "fe80::7");
  b.use(net, "fe80::7");
  net.advance(5s);
  CHECK(a.found(b.id) == 1);
  CHECK(b.found(a.id) == 1);
  CHECK(a.sink.all<peers_found>().at(0).peers.at(0).addresses
        == std::vector{
            libp2p::multiaddr::from_text("/ip6zone/lan/ip6/fe80::7/tcp/4001")
                .value()});
}

TEST_CASE("mdns: whoever listens nowhere finds others, and is not found") {
  const own_network network;
  if (!network)
    return;
  REQUIRE(own_network::add_interface("lan", "10.99.0.1/24"));
  lan net;
  lan::member a{net, 1};
  lan::member b{net, 2};
  a.use(net, "");
  b.use(net);
  net.advance(5s);
  CHECK(a.found(b.id) == 1);
  CHECK(b.found(a.id) == 0);
}

TEST_CASE("mdns: without a private interface nothing is sent, and it is said") {
  const own_network network;
  if (!network)
    return;
  REQUIRE(own_network::add_interface("wan", "203.0.113.5/24"));
  // The other end, which would have a link-local address of IPv6 alone.
  REQUIRE(own_network::ip("addr add 203.0.113.6/24 dev wan-peer"));
  lan net;
  lan::member a{net, 1};
  a.use(net);
  a.use(net);
  net.advance(5s);
  CHECK(a.log.str()
        == "warning no peers are looked for by mDNS: this machine has no "
           "interface with private addresses alone\n");
  // An interface that comes up later does.
  REQUIRE(own_network::add_interface("lan", "10.99.0.1/24"));
  lan::member b{net, 2};
  a.use(net);
  b.use(net);
  net.advance(5s);
  CHECK(a.found(b.id) == 1);
}

TEST_CASE("mdns: a flood is read a few at a time, and questions of it are "
          "answered once a second") {
  const own_network network;
  if (!network)
    return;
  REQUIRE(own_network::add_interface("lan", "10.99.0.1/24"));
  lan net;
  lan::member a{net, 1};
  a.use(net);
  net.advance(2s);
  constexpr auto ip4 = ip_version::ip4;
  auto flood = open_mdns_socket(ip4);
  auto index = lan_interfaces(interface_addresses().value()).at(0).index;
  REQUIRE(flood);
  REQUIRE(join_mdns(flood->get(), ip4, index));
  std::size_t answers = 0;
  std::array<std::uint8_t, libp2p::max_mdns_datagram> buffer;
  for (int i = 0; i < 300; ++i) {
    for (int k = 0; k < 20; ++k)
      send_mdns(flood->get(), ip4, index, libp2p::mdns_query());
    net.advance(10ms);
    for (auto got = read_mdns_socket(flood->get(), buffer);
         got.status == io_status::done;
         got = read_mdns_socket(flood->get(), buffer)) {
      const auto msg = libp2p::read_mdns(bytes_view{buffer}.first(got.size));
      answers += msg && !msg->peers.empty() ? 1 : 0;
    }
  }
  CHECK(answers >= 2);
  CHECK(answers <= 4);
}
