#pragma once

#include "actors/pubsub/rpc_inbox.hpp"
#include "libp2p/base/time_point.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/node_network.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstddef>
#include <vector>

namespace grapevine::test {

/// An inbox with the defaults, and the budget of its peer.
struct inbox_fixture {
  static constexpr time_point start{std::chrono::hours{1}};

  /// What becomes of the RPCs in `data`; a test failure if they are malformed.
  std::vector<inbound_rpc> feed(bytes_view data, time_point now = start) {
    std::vector<inbound_rpc> rpcs;
    REQUIRE(inbox.feed(data, now, budget, extensions, rpcs));
    return rpcs;
  }

  std::vector<inbound_rpc> feed(const proto::control& control) {
    std::vector<bytes> frames;
    proto::encode_frames({}, control, 1024 * 1024, frames);
    REQUIRE(frames.size() == 1);
    return feed(frames[0]);
  }

  /// Why `data` are refused.
  inbox_error refused(bytes_view data) {
    std::vector<inbound_rpc> rpcs;
    return error_of(inbox.feed(data, start, budget, extensions, rpcs));
  }

  node_config config = node_network::config(1);
  gossip::byte_budget unfinished{1024 * 1024};
  rpc_inbox inbox{config, numbered_peer(2), &unfinished};
  gossip::extension_state extensions{{}};
  gossip::gossip_budget budget{{}, start};
};

/// The frame of a partial message with parts of so many bytes.
inline bytes partial_frame(std::size_t size) {
  const bytes group{1, 2};
  const bytes parts(size, 7);
  return proto::encode_partial({"t", group, bytes_view{parts}, {}}, size + 100)
      .value();
}

} // namespace grapevine::test
