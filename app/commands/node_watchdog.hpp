#pragma once

#include "actors/node.hpp"
#include "app/console/service_manager.hpp"

namespace grapevine::app {

/// Tells the service manager that the node is alive, as often as it asks for,
/// and only if the node answers, and with it its mesh manager and its cache,
/// whose parts of the answer it waits for: a timer alone would run on beside
/// actors that hang.
///
/// Part of an actor, which calls `prove` when the node is up and whenever it
/// gets a `prove_node_alive`.
class node_watchdog {
public:
  node_watchdog(caf::event_based_actor* self, node_actor node,
                service_manager& manager, std::shared_ptr<spdlog::logger> log);

  void prove();
  /// Asks no more, as the node is about to end.
  void end() noexcept { ended_ = true; }

private:
  caf::event_based_actor* self_;
  node_actor node_;
  service_manager* manager_;
  std::shared_ptr<spdlog::logger> log_;
  bool ended_ = false;
};

} // namespace grapevine::app
