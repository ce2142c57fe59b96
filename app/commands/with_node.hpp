#pragma once

#include "app/client/node_client.hpp"
#include "app/commands/commands.hpp"
#include "app/console/signals.hpp"

#include <functional>

namespace grapevine::app {

/// A running node, and when to end.
struct remote_node {
  client::node_client client;
  const stop_flag& stop;
};

/// Does something with a running node, until SIGINT or SIGTERM at most.
outcome<exit_code>
with_node(const remote_arguments& node,
          const std::function<outcome<exit_code>(remote_node&)>& todo);

} // namespace grapevine::app
