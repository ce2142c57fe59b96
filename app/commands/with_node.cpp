#include "app/commands/with_node.hpp"

#include "app/commands/api_token.hpp"

namespace grapevine::app {

outcome<exit_code>
with_node(const remote_arguments& node,
          const std::function<outcome<exit_code>(remote_node&)>& todo) {
  auto token = read_api_token(node.token_file);
  if (!token)
    return unexpected{token.error()};
  stop_signals signals;
  signals.watch([] {});
  const auto& stop = signals.stopped();
  remote_node remote{
      client::node_client{{node.node.where, *std::move(token)}, stop}, stop};
  return todo(remote);
}

} // namespace grapevine::app
