#include "actors/node/node_parts.hpp"
#include "testing/memory_transport.hpp"
#include "tests/support/node_network.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;
using grapevine::testing::memory_pipe;
using grapevine::testing::memory_transport;

namespace {

struct memory_network {
  node_network::running_node start(std::uint8_t number) {
    auto config = node_network::config(number);
    config.listen = {address(number)};
    return nodes.start(config, parts());
  }

  node_parts parts() const {
    node_parts result;
    result.transports = transport_table{{transport}};
    return result;
  }

  static libp2p::multiaddr address(std::uint8_t number) {
    return libp2p::multiaddr::from_text("/memory/" + std::to_string(number))
        .value();
  }

  std::shared_ptr<memory_transport> transport =
      std::make_shared<memory_transport>();
  node_network nodes;
};

} // namespace

TEST_CASE("transport: nodes talk over any that their table has, TCP or not") {
  memory_network m;
  const auto one = m.start(1);
  const auto two = m.start(2);
  REQUIRE(one.addresses
          == std::vector{memory_network::address(1).with_peer(one.id)});
  m.nodes.connect(two, one);
  m.nodes.subscribe(one, "t");
  m.nodes.await(two, "t", 1);
  SECTION("a message of few bytes") {
    m.nodes.publish(two, "t", "hello");
    CHECK(grapevine::to_string(m.nodes.next_message().msg->data()) == "hello");
  }
  SECTION("one that fills the pipe again and again") {
    const std::string large(10 * memory_pipe::room, 'x');
    m.nodes.publish(two, "t", large);
    CHECK(grapevine::to_string(m.nodes.next_message().msg->data()) == large);
  }
}

TEST_CASE("transport: the end of a connection is seen at its other end") {
  memory_network m;
  const auto one = m.start(1);
  const auto two = m.start(2);
  m.nodes.watch(one);
  m.nodes.connect(two, one);
  m.nodes.next_event(node_event::kind::connected);
  m.nodes.get<node_stopped>(two.actor, stop_node{});
  CHECK(m.nodes.next_event(node_event::kind::disconnected).peer == two.id);
}

TEST_CASE("transport: where nobody listens, and what no transport can do, is "
          "said") {
  memory_network m;
  const auto one = m.start(1);
  CHECK_THAT(m.nodes.get_error<peer_connected>(
                 one.actor, connect_peer{memory_network::address(7)}),
             Catch::Contains("nobody listens at /memory/7"));
  const auto tcp = libp2p::multiaddr::from_ip_tcp("127.0.0.1", 4001);
  CHECK_THAT(m.nodes.get_error<peer_connected>(one.actor, connect_peer{tcp}),
             Catch::Contains("/ip4 is not supported for dialling; possible are "
                             "/memory"));
}

TEST_CASE("transport: two nodes cannot listen at one address") {
  memory_network m;
  m.start(1);
  auto config = node_network::config(2);
  config.listen = {memory_network::address(1)};
  const auto other =
      m.nodes.keep(node_actor{spawn_node(m.nodes.system(), config, m.parts())});
  CHECK_THAT(m.nodes.get_error<node_started>(other, start_node{}),
             Catch::Contains("somebody listens at /memory/1"));
}
