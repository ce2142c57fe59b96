#pragma once

#include "actors/host/reactor.hpp"
#include "actors/node_config.hpp"
#include "app/commands/node_setup.hpp"
#include "app/http/messages.hpp"
#include "app/http/server.hpp"

#include <memory>
#include <optional>

namespace grapevine::app {

/// The HTTP API of `run`'s node: opened before the node is made, so that what
/// is wrong is said at once, and served when that is up.
class api_setup {
public:
  /// Listens where the settings say. The default address may be another's: then
  /// a warning tells that there is no API.
  static outcome<std::shared_ptr<api_setup>>
  open(const host_configuration& configured, const node_config& config);

  api_setup() = default;
  api_setup(const api_setup&) = delete;
  api_setup& operator=(const api_setup&) = delete;
  ~api_setup() { end(); }

  void serve(caf::actor_system& sys, const node_actor& node,
             std::shared_ptr<reactor_link> reactor,
             const std::shared_ptr<spdlog::logger>& log);

  /// The certificates as their files have them now; null: there are none.
  outcome<http::tls_context> next_certificates() const;
  /// They are shown to who connects from now on.
  void use(const http::tls_context& next, spdlog::logger& log);

  /// Ends all connections.
  void end();

private:
  std::optional<http::listening_socket> socket_;
  http::api_options options_{};
  std::optional<http::tls_files> tls_files_;
  http::tls_context tls_;
  http::server_actor server_;
};

/// Whether it could be opened, which it is not.
outcome<void> check_api(const settings& s);

} // namespace grapevine::app
