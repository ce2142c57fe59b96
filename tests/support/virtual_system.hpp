#pragma once

#include "actors/context.hpp"
#include "tests/support/caf_testing.hpp"

#include <spdlog/sinks/null_sink.h>

#include <array>
#include <memory>

namespace grapevine::test {

/// An actor system on one thread, in virtual time: nothing happens but in `run`
/// and `advance`, always in the same order.
class virtual_system {
public:
  /// Timers that wait keep their actors alive, for which the system waits.
  ~virtual_system() { advance(std::chrono::hours{2}); }

  caf::actor_system& sys() { return scheduler_.sys(); }

  /// Handles messages until there are none.
  void run() { scheduler_.run(); }

  /// Lets the actor whose turn it is handle one message.
  void run_once() { scheduler_.run_once(); }

  /// Lets time pass; timers that are due fire, and their messages are handled.
  void advance(std::chrono::nanoseconds time) {
    run();
    scheduler_.advance(std::chrono::duration_cast<caf::timespan>(time));
    run();
  }

  /// What a node's actors share, without a reactor.
  static context_ptr context(std::uint8_t number,
                             gossip::parameters params = {}) {
    std::array<std::uint8_t, 32> seed{};
    seed.fill(number);
    node_config config{libp2p::private_key::ed25519_from_seed(seed)};
    config.params = params;
    auto log = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::null_sink_mt>());
    config.log = std::move(log);
    return std::make_shared<node_context>(std::move(config));
  }

private:
  test_scheduler scheduler_;
};

} // namespace grapevine::test
