#pragma once

#include "actors/node_config.hpp"
#include "messages/api.hpp"

#include <chrono>

namespace grapevine {

/// Owns a node: stops it in order when it goes, however that comes about, and
/// waits for that.
///
///     caf::actor_system sys{cfg};
///     grapevine::node_handle node{sys, config};
///     if (auto up = node.start(); !up)
///       return fail(grapevine::reason_of(up.error()));
///     sys.spawn(my_actor, node.actor());
///
/// It must go before its actor system, so declare it after that. Its functions
/// wait: do not call them in an actor, which would hold a thread of the
/// scheduler.
class node_handle {
public:
  /// Makes a node; `deadline` is the one for its end.
  node_handle(caf::actor_system& sys, node_config config,
              std::chrono::milliseconds deadline = std::chrono::seconds{5});

  node_handle(const node_handle&) = delete;
  node_handle& operator=(const node_handle&) = delete;
  node_handle(node_handle&&) noexcept = default;
  /// Stops the node that it had.
  node_handle& operator=(node_handle&& other) noexcept;

  ~node_handle() { end(); }

  /// Opens its listeners and dials its peers.
  /// Errors: bad_address, bad_parameters, not_running (it has been started or
  /// stopped before).
  caf::expected<node_started> start();

  /// Stops it in order, if that has not been done; what its destructor does.
  /// Errors: still_busy, if the application's code has not come back by the
  /// deadline.
  caf::error stop();

  /// Who is asked and told. Null once it was moved from or has been stopped.
  const node_actor& actor() const noexcept { return node_; }

private:
  void end() noexcept;

  caf::actor_system* sys_;
  node_actor node_;
  std::chrono::milliseconds deadline_;
};

} // namespace grapevine
