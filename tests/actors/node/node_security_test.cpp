// Which security protocol two nodes come to.
#include "tests/support/pair_of_nodes.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace grapevine;
using namespace grapevine::test;

namespace {

using kinds = std::vector<libp2p::security_kind>;

constexpr auto tls = libp2p::security_kind::tls;
constexpr auto noise = libp2p::security_kind::noise;

node_config speaking(std::uint8_t number, kinds security) {
  auto config = quick(number);
  config.security = std::move(security);
  return config;
}

} // namespace

TEST_CASE("node security: nodes with a protocol in common exchange messages") {
  struct row {
    kinds dialer;
    kinds listener;
  };
  const auto each =
      GENERATE(row{{}, {}}, row{{tls}, {noise, tls}}, row{{noise, tls}, {tls}},
               row{{tls, noise}, {noise}}, row{{noise}, {}});
  pair_of_nodes two{speaking(1, each.dialer), speaking(2, each.listener)};
  two.net.publish(two.a, "t", "hello");
  CHECK(text_of(two.net.next_message()) == "hello");
}

TEST_CASE("node security: without one the dialer says what it speaks") {
  node_network net;
  const auto a = net.start(speaking(1, {tls}));
  const auto b = net.start(speaking(2, {noise}));
  CHECK_THAT(
      net.get_error<peer_connected>(a.actor, connect_peer{b.addresses.at(0)}),
      Catch::Contains("it speaks none of /tls/1.0.0"));
  net.stop(a);
  net.stop(b);
}
