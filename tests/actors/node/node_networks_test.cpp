// Who may be connected: which peers, in which networks.
#include "tests/support/node_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

libp2p::ip_prefix prefix(const std::string& text) {
  return libp2p::ip_prefix::from_text(text).value();
}

// All addresses of the fixture but for those of `arrive_alone`.
const auto their_network = prefix("192.0.2.0/24");

libp2p::multiaddr named(std::uint32_t number) {
  return there.with_peer(numbered_peer(number));
}

// A node whose settings are changed.
struct networks_fixture : node_fixture {
  explicit networks_fixture(const change& how = [](node_config&) {})
      : node_fixture{how} {
    settings.settings = ctx->config;
    settings.thresholds = ctx->config.params.thresholds;
  }

  void apply() { REQUIRE(ask_node<changed>(settings)->value); }

  changeable_settings& wanted() { return settings.settings; }

  change_settings settings;
};

} // namespace

// -- networks -----------------------------------------------------------------

TEST_CASE("node networks: whoever comes from a denied network is refused, even "
          "a kept or direct peer") {
  node_fixture f{[](node_config& config) {
    config.denied_networks = {their_network};
    config.peers = {named(2)};
    config.direct_peers = {named(3)};
  }};
  for (std::uint32_t i = 1; i <= 3; ++i)
    CHECK(f.arrive(i)->session().closed());
  CHECK(f.peers.empty());
  CHECK_THAT(f.log(),
             Catch::Contains("debug connection refused: 192.0.2.1 is in the "
                             "denied network 192.0.2.0/24"));
  f.arrive_alone(4);
  CHECK(f.connected(4));
}

TEST_CASE("node networks: a dial that leads into a denied network is refused "
          "with words") {
  node_fixture f{
      [](node_config& config) { config.denied_networks = {their_network}; }};
  const auto answer = f.ask_node<peer_connected>(connect_peer{there});
  CHECK(f.reach(1)->session().closed());
  CHECK(answer->code == node_errc::dial_failed);
  CHECK(answer->error == "192.0.2.1 is in the denied network 192.0.2.0/24");
}

TEST_CASE("node networks: listeners and dials know the networks from the "
          "start") {
  node_fixture f{[](node_config& config) {
    config.denied_networks = {their_network};
    config.listen = {libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0)};
    config.peers = {there};
  }};
  REQUIRE(f.listeners.size() == 1);
  REQUIRE(f.listeners[0].ctx->networks);
  CHECK_FALSE(f.listeners[0].ctx->networks->allows(there));
  REQUIRE(f.dials.size() == 1);
  CHECK_FALSE(f.dials[0].ctx->networks->allows(there));
}

TEST_CASE("node networks: other networks are told to listeners and hold for "
          "dials") {
  networks_fixture f{[](node_config& config) {
    config.listen = {libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0)};
  }};
  REQUIRE(f.listeners.size() == 1);
  const auto& told = f.listeners[0].actor.all<use_networks>();
  f.wanted().topics = {"a"};
  f.apply();
  CHECK(told.empty());
  f.wanted().denied_networks = {their_network};
  f.wanted().peers = {there};
  f.apply();
  REQUIRE(told.size() == 1);
  CHECK_FALSE(told[0].rules->allows(there));
  REQUIRE(f.dials.size() == 1);
  CHECK_FALSE(f.dials[0].ctx->networks->allows(there));
  f.wanted().denied_networks.clear();
  f.apply();
  REQUIRE(told.size() == 2);
  CHECK_FALSE(told[1].rules);
}

TEST_CASE("node networks: whoever is in a network that is denied now is "
          "disconnected and told why") {
  networks_fixture f{[](node_config& config) { config.peers = {named(2)}; }};
  f.arrive(1);
  f.reach(2);
  f.arrive_alone(3);
  f.wanted().denied_networks = {their_network};
  f.apply();
  CHECK_FALSE(f.connected(1));
  CHECK_FALSE(f.connected(2));
  CHECK(f.connected(3));
  CHECK(f.peer(1).only<disconnect_peer>().reason
        == "192.0.2.1 is in the denied network 192.0.2.0/24");
  CHECK_THAT(f.log(), Catch::Contains("info disconnected 2 peers that may not "
                                      "be connected any longer"));
  f.arrive(1);
  CHECK_FALSE(f.connected(1));
  f.wanted().denied_networks.clear();
  f.apply();
  f.arrive(1);
  CHECK(f.connected(1));
}

// -- peers --------------------------------------------------------------------

TEST_CASE("node networks: with allowed peers only these are connected, and "
          "kept and direct ones") {
  node_fixture f{[](node_config& config) {
    config.allowed_peers = {numbered_peer(1)};
    config.peers = {node_fixture::address(4002), named(3)};
    config.direct_peers = {named(4)};
  }};
  CHECK(f.arrive(9)->session().closed());
  CHECK_THAT(f.log(), Catch::Contains("connection refused: it is none of the "
                                      "allowed peers"));
  f.arrive(1);
  f.arrive(3);
  f.arrive(4);
  // Whoever answers at a kept address.
  f.reach(f.dials[0], 2);
  for (std::uint32_t i = 1; i <= 4; ++i)
    CHECK(f.connected(i));
  const auto answer =
      f.ask_node<peer_connected>(connect_peer{node_fixture::address(4005)});
  f.reach(8);
  CHECK(answer->error == "it is none of the allowed peers");
}

TEST_CASE("node networks: whoever is not allowed, or blocked, is not dialled "
          "if it is known who it is") {
  node_fixture f{[](node_config& config) {
    config.allowed_peers = {numbered_peer(1), numbered_peer(3)};
    config.blocked_peers = {numbered_peer(3)};
  }};
  CHECK(f.ask_node<peer_connected>(connect_peer{named(2)})->error
        == "it is none of the allowed peers");
  CHECK(f.ask_node<peer_connected>(connect_peer{named(3)})->error
        == "the peer is blocked");
  CHECK(f.dials.empty());
  f.ask_node<peer_connected>(connect_peer{named(1)});
  CHECK(f.dials.size() == 1);
}

TEST_CASE("node networks: peers that others offer are not dialled unless they "
          "are allowed") {
  node_fixture f{
      [](node_config& config) { config.allowed_peers = {numbered_peer(1)}; }};
  f.say(connect_offered{{{numbered_peer(2), {there}}}});
  CHECK(f.dials.empty());
  f.say(connect_offered{{{numbered_peer(1), {there}}}});
  CHECK(f.dials.size() == 1);
}

TEST_CASE("node networks: peers that are allowed no longer are disconnected, "
          "but for kept and direct ones") {
  networks_fixture f{[](node_config& config) {
    config.peers = {named(3)};
    config.direct_peers = {named(4)};
  }};
  for (std::uint32_t i = 1; i <= 4; ++i)
    f.arrive(i);
  f.wanted().allowed_peers = {numbered_peer(1)};
  f.apply();
  CHECK(f.peer(2).only<disconnect_peer>().reason
        == "it is none of the allowed peers");
  for (const std::uint32_t stays : {1U, 3U, 4U})
    CHECK(f.connected(stays));
  // One that is kept no longer is a peer as any other.
  f.wanted().peers.clear();
  f.apply();
  CHECK_FALSE(f.connected(3));
  CHECK(f.connected(4));
  f.wanted().allowed_peers.clear();
  f.apply();
  f.arrive(2);
  CHECK(f.connected(2));
}

// -- while it runs ------------------------------------------------------------

TEST_CASE("node networks: a peer is allowed, and forbidden, while the node "
          "runs") {
  node_fixture f{
      [](node_config& config) { config.allowed_peers = {numbered_peer(1)}; }};
  CHECK(f.arrive(2)->session().closed());
  CHECK(f.ask_node<changed>(allow_peer{numbered_peer(2)})->value);
  f.arrive(2);
  CHECK(f.connected(2));
  const auto& gone = f.peer(2);
  CHECK(f.ask_node<changed>(allow_peer{numbered_peer(2), false})->value);
  CHECK(gone.all<disconnect_peer>().size() == 1);
  CHECK_FALSE(f.connected(2));
  CHECK(f.arrive(2)->session().closed());
}

TEST_CASE("node networks: a kept or direct peer that is forbidden stays out, "
          "too") {
  node_fixture f{[](node_config& config) {
    config.allowed_peers = {numbered_peer(1)};
    config.peers = {named(3)};
    config.direct_peers = {named(4)};
  }};
  for (const std::uint32_t one : {3U, 4U}) {
    f.arrive(one);
    f.say(allow_peer{numbered_peer(one), false});
    CHECK_FALSE(f.connected(one));
    CHECK(f.arrive(one)->session().closed());
  }
  CHECK_THAT(f.log(), Catch::Contains("connection refused: it is none of the "
                                      "allowed peers"));
  CHECK(f.ask_node<peer_connected>(connect_peer{named(3)})->error
        == "it is none of the allowed peers");
}

TEST_CASE("node networks: where all are allowed, allowing one would forbid the "
          "others, and is refused") {
  node_fixture f;
  f.arrive(1);
  for (const bool allowed : {true, false}) {
    const auto answer =
        f.ask_node<changed>(allow_peer{numbered_peer(2), allowed});
    CHECK(answer->code == node_errc::bad_parameters);
    CHECK_THAT(answer->error, Catch::Contains("to keep one out, block it"));
  }
  CHECK(f.connected(1));
  f.arrive(2);
  CHECK(f.connected(2));
}

TEST_CASE("node networks: what was allowed while the node runs stays so when "
          "its settings change") {
  networks_fixture f{
      [](node_config& config) { config.allowed_peers = {numbered_peer(1)}; }};
  f.say(allow_peer{numbered_peer(2)});
  f.arrive(2);
  f.wanted().allowed_peers = {numbered_peer(3)};
  f.apply();
  CHECK(f.connected(2));
  f.arrive(3);
  CHECK(f.connected(3));
}
