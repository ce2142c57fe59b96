#pragma once

#include "actors/pubsub/node_memory.hpp"
#include "tests/support/peer_fixture.hpp"
#include "tests/support/recording_sink.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace grapevine::test {

/// So many ids that differ.
inline std::vector<std::string> numbered_texts(std::size_t count) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back("id " + std::to_string(i));
  return result;
}

/// A peer with streams in both directions, a trace unless it is not wanted, and
/// the node's counters. Nothing goes out before `greet`.
struct output_fixture {
  explicit output_fixture(
      const std::function<void(node_config&)>& change = [](node_config&) {},
      const link_options& how = {}, bool traced = true)
      : f{change, [this, traced](node_context& ctx) {
            ctx.memory = memory;
            if (traced)
              ctx.trace = sink;
          }} {
    f.hello.reset();
    far = &f.connect(how);
  }

  void greet() { f.tell_peer(send_hello{{{.topic = "t"}}, {}}); }

  void control(const proto::control& what) {
    f.tell_peer(
        send_control{nullptr, std::make_shared<const proto::control>(what)});
  }

  heard_rpcs heard() const { return far->heard(far->opened().at(0)); }
  std::uint64_t dropped() const { return memory->dropped.load(); }

  std::shared_ptr<node_memory> memory =
      std::make_shared<node_memory>(1 << 30, 1 << 30);
  std::shared_ptr<recording_sink> sink = std::make_shared<recording_sink>();
  peer_fixture f;
  far_end* far = nullptr;
};

} // namespace grapevine::test
