#pragma once

#include "tests/support/node_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>

namespace grapevine::test {

/// A node that listens, is connected to two peers and dials a third.
struct busy_node : node_fixture {
  busy_node()
      : node_fixture{[](node_config& config) {
          config.listen = {libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0)};
          config.validators = 2;
        }} {
    arrive(1);
    arrive(2);
    dial = ask_node<peer_connected>(connect_peer{address(4001)});
    REQUIRE(dials.size() == 1);
  }

  void stop(std::chrono::milliseconds deadline = std::chrono::seconds{4}) {
    stopped = ask_node<node_stopped>(stop_node{deadline});
  }

  void end_listener() {
    listeners[0].actor.quit();
    run();
  }
  void end_peer(std::uint32_t number) {
    peer(number).quit();
    run();
  }

  /// Whoever stays ends with the node, however it ends.
  void check_all_ended() {
    CHECK(mesh.ended());
    CHECK(cache.ended());
    for (const auto& one : validators)
      CHECK(one.ended());
    for (const auto& one : heartbeats)
      CHECK(one.ended());
    for (const auto& one : listeners)
      CHECK(one.actor.ended());
    // One that was told to end does so by itself.
    for (const auto& one : dials)
      CHECK((one.actor.ended() || !one.actor.all<close_transport>().empty()));
    for (const auto& one : peers)
      CHECK(one.actor.ended());
  }

  reply_ptr<peer_connected> dial;
  reply_ptr<node_stopped> stopped;
};

} // namespace grapevine::test
