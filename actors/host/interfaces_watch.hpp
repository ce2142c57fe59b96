#pragma once

#include "actors/host/reactor.hpp"
#include "messages/interfaces.hpp"

#include <chrono>
#include <memory>

namespace grapevine {

/// How long further changes of interfaces are waited for after the first one,
/// as they seldom come alone; and in which time there are no more than two
/// reports, as each may cost a message to every peer.
inline constexpr std::chrono::milliseconds interfaces_settle{500};
inline constexpr std::chrono::milliseconds interfaces_pause{5'000};

/// Starts an actor that tells `sink` of what `events` has to say
/// (`open_interface_events`), and ends with an error when that fails.
interfaces_watch_actor
spawn_interfaces_watch(caf::actor_system& sys,
                       std::shared_ptr<reactor_link> reactor, unique_fd events,
                       interfaces_sink sink);

} // namespace grapevine
