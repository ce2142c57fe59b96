#pragma once

#include "tests/support/node_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>

namespace grapevine::test {

/// A node with few places for peers, of which none are for those that it dials
/// alone.
struct small_node : node_fixture {
  explicit small_node(std::size_t max_peers = 4)
      : node_fixture{[=](node_config& config) {
          config.max_peers = max_peers;
          config.outbound_reserve = 0;
        }} {}

  void make_direct(std::uint32_t number) {
    ask_node<changed>(
        set_direct_peer{address(4001).with_peer(numbered_peer(number)), true});
  }

  void ask_to_connect() {
    answer = ask_node<peer_connected>(connect_peer{address(4001)});
  }

  void fill(std::uint32_t count = 4) {
    for (std::uint32_t i = 1; i <= count; ++i)
      arrive_alone(i);
  }

  /// The scores are asked for, and answered when the test says so.
  void hold_scores() { mesh.hold<inspect_scores>(); }
  void tell_scores(std::size_t times = 1) {
    REQUIRE(mesh.held() == times);
    mesh.release(scores_snapshot{});
    run();
  }

  reply_ptr<peer_connected> answer;
};

} // namespace grapevine::test
