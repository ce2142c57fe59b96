#pragma once

#include "actors/host/reactor.hpp"
#include "actors/node_config.hpp"
#include "actors/pubsub/node_memory.hpp"
#include "gossip/trace/trace_batch.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/session/session.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine {

/// What a node's actors have in common. Never changed once the node is made.
struct node_context {
  node_config config;
  std::shared_ptr<const libp2p::session_config> session;
  std::shared_ptr<reactor_link> reactor;
  std::shared_ptr<spdlog::logger> log;
  libp2p::peer_id self;
  /// Where the node can be dialled, and the same signed, for identify.
  std::vector<libp2p::multiaddr> addresses;
  bytes signed_record;
  /// Where events are recorded, by a `gossip::trace_batch` of each actor; null
  /// if nobody wants them.
  std::shared_ptr<gossip::trace_sink> trace = nullptr;
  /// What the peers keep in memory together; null, in tests: no bound.
  std::shared_ptr<node_memory> memory = nullptr;

  gossip::byte_budget* queued() const noexcept {
    return memory ? &memory->queued : nullptr;
  }
  gossip::byte_budget* unfinished() const noexcept {
    return memory ? &memory->unfinished : nullptr;
  }
};

using context_ptr = std::shared_ptr<const node_context>;

/// 32 bytes of the operating system's random numbers.
std::array<std::uint8_t, 32> random_seed();

/// A number of the operating system's random numbers, to seed a generator.
std::uint64_t random_number();

/// What a peer sent, made fit for a log line: control characters, quotes and
/// bytes that are not ASCII as \xNN, cut after 64 characters.
std::string escaped(std::string_view text);

/// The time, by the clock of the actor's system: virtual in tests.
template <class Self>
time_point now(Self* self) {
  return self->clock().now();
}

} // namespace grapevine
