// Where others are told to dial the node.
#include "libp2p/address/peer_record.hpp"
#include "tests/support/node_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

const auto everywhere = libp2p::multiaddr::from_ip_tcp("0.0.0.0", 0);

libp2p::multiaddr named(const std::string& text) {
  return libp2p::multiaddr::from_text(text).value();
}

interface_address public_interface(const std::string& ip) {
  return {libp2p::ip_address::from_text(ip).value(), "eth1", 3, true};
}

// The IP addresses, or names, of them.
texts hosts(const std::vector<libp2p::multiaddr>& addresses) {
  texts result;
  for (const auto& one : addresses)
    result.push_back(one.components().front().value);
  return result;
}

struct addresses_fixture : node_fixture {
  explicit addresses_fixture(const change& how = [](node_config&) {})
      : node_fixture{[how](node_config& config) {
          config.listen = {everywhere};
          how(config);
        }} {
    settings.settings = ctx->config;
    settings.thresholds = ctx->config.params.thresholds;
  }

  void settle() { say(interfaces_changed{}); }

  change_settings settings;
};

} // namespace

TEST_CASE("node addresses: a wildcard is announced as the interfaces' "
          "addresses, signed") {
  addresses_fixture f;
  CHECK(hosts(f.inspect().addresses) == texts{"127.0.0.1", "198.51.100.200"});
  CHECK(hosts(f.inspect().listening) == texts{"127.0.0.1", "198.51.100.200"});
  const auto& ctx = *f.listeners.at(0).ctx;
  CHECK(ctx.addresses == f.inspect().addresses);
  const auto record = libp2p::open_peer_record(ctx.signed_record);
  REQUIRE(record);
  CHECK(hosts(record->addrs) == texts{"127.0.0.1", "198.51.100.200"});
  CHECK(f.interfaces_watches.size() == 1);
}

TEST_CASE("node addresses: whoever listens at one address has no need to watch "
          "interfaces") {
  const node_fixture f{[](node_config& config) {
    config.listen = {libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0)};
  }};
  CHECK(f.interfaces_watches.empty());
}

TEST_CASE("node addresses: a new address of an interface is told to peers and "
          "listeners, with a record of a higher number") {
  addresses_fixture f;
  const auto before =
      libp2p::open_peer_record(f.listeners.at(0).ctx->signed_record);
  f.arrive(1);
  f.interfaces.push_back(public_interface("203.0.113.9"));
  f.settle();
  const texts expected{"127.0.0.1", "198.51.100.200", "203.0.113.9"};
  const auto told = f.peer(1).only<use_addresses>().announced;
  CHECK(hosts(told->addresses) == expected);
  CHECK(told->addresses.front().peer() == f.ctx->self);
  const auto record = libp2p::open_peer_record(told->signed_record);
  REQUIRE(record);
  CHECK(hosts(record->addrs) == expected);
  CHECK(record->seq > before->seq);
  CHECK(f.listeners.at(0).actor.only<use_addresses>().announced == told);
  CHECK(hosts(f.inspect().addresses) == expected);
  CHECK_THAT(f.log(), Catch::Contains("info announced to others now: "));
}

TEST_CASE("node addresses: whoever comes later is told, too, and dials know "
          "it") {
  addresses_fixture f;
  f.interfaces.push_back(public_interface("203.0.113.9"));
  f.settle();
  f.arrive(1);
  CHECK(f.peer(1).only<use_addresses>().announced->addresses.size() == 3);
  f.say(keep_connected{node_fixture::address(4001)});
  CHECK(f.dials.back().ctx->addresses.size() == 3);
  // Also after its networks have changed.
  f.settings.settings.denied_networks = {
      libp2p::ip_prefix::from_text("203.0.113.0/24").value()};
  REQUIRE(f.ask_node<changed>(f.settings)->value);
  f.say(keep_connected{node_fixture::address(4002)});
  CHECK(f.dials.back().ctx->addresses.size() == 3);
}

TEST_CASE("node addresses: nobody is told of changes that make no "
          "difference") {
  addresses_fixture f;
  f.arrive(1);
  f.settle();
  f.interfaces.push_back(public_interface("fe80::1"));
  f.settle();
  CHECK(f.peer(1).all<use_addresses>().empty());
  CHECK(f.listeners.at(0).actor.all<use_addresses>().empty());
}

TEST_CASE("node addresses: what is to be announced is, in place of what is "
          "found; what is to be hidden is not") {
  addresses_fixture f{[](node_config& config) {
    config.announced_addresses = {named("/dns4/a.example/tcp/4001"),
                                  named("/ip4/10.0.0.1/tcp/4001")};
    config.hidden_addresses = {
        libp2p::address_filter::from_text("10.0.0.0/8").value()};
  }};
  CHECK(hosts(f.inspect().addresses) == texts{"a.example"});
  CHECK(hosts(f.inspect().listening) == texts{"127.0.0.1", "198.51.100.200"});
}

TEST_CASE("node addresses: what is announced can change while it runs") {
  addresses_fixture f;
  f.arrive(1);
  f.settings.settings.announced_addresses = {named("/dns4/a.example/tcp/1")};
  REQUIRE(f.ask_node<changed>(f.settings)->value);
  CHECK(hosts(f.peer(1).only<use_addresses>().announced->addresses)
        == texts{"a.example"});
  f.settings.settings.announced_addresses = {named("/ip4/0.0.0.0/tcp/1")};
  const auto refused = f.ask_node<changed>(f.settings);
  CHECK(refused->code == node_errc::bad_address);
  CHECK_THAT(refused->error,
             Catch::Contains("cannot announce /ip4/0.0.0.0/tcp/1"));
  CHECK(hosts(f.inspect().addresses) == texts{"a.example"});
}

TEST_CASE("node addresses: another's address is not announced") {
  node_fixture f{
      [](node_config& config) {
        config.announced_addresses = {
            named("/ip4/192.0.2.1/tcp/1").with_peer(numbered_peer(7))};
      },
      false};
  const auto refused = f.start();
  CHECK(refused->code == node_errc::bad_address);
  CHECK_THAT(refused->error, Catch::Contains("another peer's"));
}

TEST_CASE("node addresses: where nothing but loopback is known a warning says "
          "so, once") {
  addresses_fixture f;
  f.interfaces.pop_back();
  f.settle();
  f.settle();
  const auto text = f.log();
  const auto at = text.find("warning only loopback addresses are announced");
  REQUIRE(at != std::string::npos);
  CHECK(text.find("only loopback", at + 20) == std::string::npos);
  CHECK_THAT(text, Catch::Contains("--announce"));
}

TEST_CASE("node addresses: that changes are noticed no more is said") {
  addresses_fixture f;
  f.interfaces_watches.at(0).die();
  f.run();
  CHECK_THAT(f.log(), Catch::Contains("warning changes of this machine's "
                                      "addresses are not noticed"));
}
