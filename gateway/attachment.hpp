#pragma once

#include "gateway/gateway.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace grapevine {

/// Where a gateway is, and how it is tried for.
struct attachment_options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;

  /// First pause before it is tried again; it doubles.
  std::chrono::milliseconds retry_min{250};
  /// Longest such pause.
  std::chrono::milliseconds retry_max{30'000};
  /// How long the gateway may take to answer that it is there.
  std::chrono::milliseconds patience{10'000};
};

/// Told to who watches, at once and whenever it changes.
struct attachment_state {
  bool attached = false;
  /// What the gateway permits.
  gateway_rights rights;
  /// Why it is not attached, or what it could not take up again.
  std::string trouble;
  /// For how long it was not attached, of one that is so again. What
  /// subscribers missed meanwhile, the next message says that each of them
  /// gets, if the gateway has counted it.
  std::chrono::milliseconds away{0};
};

/// Sends `attachment_state`s to an actor.
struct watch_attachment {
  caf::actor observer;
};

/// A node of another process, for applications that use it: an actor of their
/// own process that takes what a node takes, and is attached to the gateway
/// whenever that can be reached. What it is told to subscribe, watch and
/// validate holds whenever it is; all other requests are answered `not_running`
/// while it is not, and so are those that a lost connection leaves open.
using attachment_actor = node_actor::extend<
    // Tells how it is attached.
    asks<watch_attachment>::gives<changed>>;

/// Attaches to a gateway. The actor system has a network (`use_network`). Ends
/// by an exit message.
attachment_actor spawn_attachment(caf::actor_system& sys,
                                  attachment_options options);

} // namespace grapevine
