#pragma once

#include "actors/host/host_settings.hpp"
#include "actors/host/network_rules.hpp"
#include "actors/host/reactor.hpp"
#include "actors/host/transport.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/session/session.hpp"
#include "messages/resolver.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine {

/// What those have in common who make and keep a node's connections. Never
/// changed once the node is made.
struct host_context {
  /// As the node is configured: a copy.
  host_settings settings;
  std::shared_ptr<const libp2p::session_config> session;
  std::shared_ptr<reactor_link> reactor;
  /// What can be dialled and listened on.
  transport_table transports = default_transports();
  /// Looks up names; nothing: they cannot be dialled.
  std::optional<resolver_actor> resolver;
  /// From and to where connections may be, when this was made; null: anywhere.
  network_rules_ptr networks;
  std::shared_ptr<spdlog::logger> log;
  /// Where the node can be dialled, and the same signed, for identify.
  std::vector<libp2p::multiaddr> addresses;
  bytes signed_record;
};

using host_context_ptr = std::shared_ptr<const host_context>;

/// 32 bytes of the operating system's random numbers.
std::array<std::uint8_t, 32> random_seed();

/// A number of the operating system's random numbers, to seed a generator.
std::uint64_t random_number();

/// Nanoseconds since 1970 by the system's clock, which may be put back.
std::uint64_t wall_clock_ns();

/// The time of day by the same clock.
std::chrono::system_clock::time_point wall_time();

/// What a peer sent, made fit for a log line: control characters, quotes and
/// bytes that are not ASCII as \xNN, cut after 64 characters.
std::string escaped(std::string_view text);

/// The time, by the clock of the actor's system: virtual in tests.
template <class Self>
time_point now(Self* self) {
  return self->clock().now();
}

} // namespace grapevine
