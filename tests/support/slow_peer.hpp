#pragma once

#include "actors/pubsub/node_memory.hpp"
#include "tests/support/log_lines.hpp"
#include "tests/support/peer_fixture.hpp"
#include "tests/support/recording_sink.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace grapevine::test {

/// A peer with streams in both directions, for which two messages may wait.
struct slow_peer {
  /// What the node may keep, of each kind, unless a test wants less.
  static constexpr std::size_t budget = std::size_t{1} << 30;

  explicit slow_peer(
      const std::function<void(node_config&)>& change = [](node_config&) {},
      std::size_t max_queued = budget)
      : memory{std::make_shared<node_memory>(max_queued, budget)},
        f{[&](node_config& c) {
            c.send_queue_messages = 2;
            change(c);
          },
          [this](node_context& ctx) {
            log.into()(ctx);
            ctx.memory = memory;
            ctx.trace = sink;
          }} {
    std::tie(far, stream) = f.join();
  }

  /// It reads nothing until so many messages are dropped, which are returned.
  std::vector<std::string> fall_behind(std::size_t count) {
    far->mute = true;
    std::vector<std::string> missed;
    while (missed.size() < count) {
      REQUIRE(last_ < 1'000);
      const auto before = dropped();
      const auto text = std::to_string(++last_) + std::string(60'000, 'x');
      f.publish({text});
      if (dropped() > before)
        missed.push_back(text);
    }
    return missed;
  }

  void read_on() {
    far->mute = false;
    f.run();
  }

  std::uint64_t dropped() const { return memory->dropped.load(); }
  heard_rpcs heard() const { return far->heard(far->opened().at(0)); }

  log_lines log;
  std::shared_ptr<node_memory> memory;
  std::shared_ptr<recording_sink> sink = std::make_shared<recording_sink>();
  peer_fixture f;
  far_end* far = nullptr;
  libp2p::stream_id stream{};

private:
  int last_ = 0;
};

} // namespace grapevine::test
