#include "app/commands/with_node.hpp"

#include "app/commands/api_token.hpp"

#include <utility>

namespace grapevine::app {

namespace {

outcome<http::tls_context> tls_of(const remote_arguments& node) {
  if (!node.node.tls)
    return http::tls_context{};
  auto loaded = client::load_tls(node.tls);
  if (!loaded)
    return runtime_error(loaded.error());
  return *std::move(loaded);
}

} // namespace

outcome<exit_code>
with_node(const remote_arguments& node,
          const std::function<outcome<exit_code>(remote_node&)>& todo) {
  auto token = read_api_token(node.token_file);
  if (!token)
    return unexpected{token.error()};
  auto tls = tls_of(node);
  if (!tls)
    return unexpected{tls.error()};
  stop_signals signals;
  signals.watch([] {});
  const auto& stop = signals.stopped();
  remote_node remote{client::node_client{
                         {node.node, *std::move(token), *std::move(tls)}, stop},
                     stop};
  return todo(remote);
}

} // namespace grapevine::app
