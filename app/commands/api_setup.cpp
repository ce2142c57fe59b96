#include "app/commands/api_setup.hpp"

#include "app/commands/api_token.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <utility>

namespace grapevine::app {

namespace {

std::string text_of(const api_address& where) {
  return value_text<api_address>::format(where);
}

// Nothing: plain HTTP.
std::optional<http::tls_files> tls_files_of(const settings& s) {
  if (!s.api_certificate || !s.api_key)
    return std::nullopt;
  return http::tls_files{*s.api_certificate, *s.api_key, s.api_client_ca};
}

outcome<http::tls_context> tls_of(const std::optional<http::tls_files>& files) {
  if (!files)
    return http::tls_context{};
  auto loaded = http::load_tls(*files);
  if (!loaded)
    return runtime_error(loaded.error());
  return *std::move(loaded);
}

void warn_of_expiry(const http::tls_context& tls, spdlog::logger& log) {
  if (const auto problem = tls ? http::expiry_problem(tls) : std::nullopt)
    log.warn("{}: clients will not trust it", *problem);
}

} // namespace

outcome<std::shared_ptr<api_setup>>
api_setup::open(const host_configuration& configured,
                const node_config& config) {
  auto result = std::make_shared<api_setup>();
  const auto& s = configured.values;
  const auto& where = *s.api;
  if (where.what == api_address::kind::off)
    return result;
  auto token = read_api_token(s.api_token_file);
  if (!token)
    return unexpected{token.error()};
  result->tls_files_ = tls_files_of(s);
  auto tls = tls_of(result->tls_files_);
  if (!tls)
    return unexpected{tls.error()};
  warn_of_expiry(*tls, *config.log);
  auto socket = http::listen_at(where);
  if (!socket && configured.given.contains("api"))
    return runtime_error(fmt::format("--api: cannot listen on {}: {}",
                                     text_of(where), socket.error().reason));
  if (!socket) {
    config.log->warn("there is no HTTP API: cannot listen on {}: {}; give it "
                     "another address with --api, or say --api off",
                     text_of(where), socket.error().reason);
    return result;
  }
  auto& o = result->options_;
  o.who = {where.what == api_address::kind::tcp && where.ip.is_loopback(),
           *std::move(token), *tls != nullptr};
  o.max_message_size = s.max_rpc_size;
  o.stream_buffer = s.api_stream_buffer;
  o.ready_peers = s.ready_peers;
  o.ready_mesh = s.ready_mesh;
  o.filter = config.filter;
  o.log = config.log;
  o.agent = config.agent_version;
  o.started = std::chrono::system_clock::now();
  result->socket_.emplace(std::move(*socket));
  result->tls_ = *std::move(tls);
  return result;
}

void api_setup::serve(caf::actor_system& sys, const node_actor& node,
                      std::shared_ptr<reactor_link> reactor,
                      const std::shared_ptr<spdlog::logger>& log) {
  if (!socket_)
    return;
  options_.node = node;
  log->info("the HTTP API is at {}", socket_->url(tls_ != nullptr));
  server_ = http::spawn_server(sys, std::move(reactor), std::move(*socket_),
                               std::make_shared<http::api>(options_), log,
                               http::server_limits{}, tls_);
  socket_.reset();
}

outcome<http::tls_context> api_setup::next_certificates() const {
  return tls_of(tls_files_);
}

void api_setup::use(const http::tls_context& next, spdlog::logger& log) {
  if (!next || !server_)
    return;
  tls_ = next;
  warn_of_expiry(tls_, log);
  log.info("the HTTP API's certificates were read again");
  tell_from_outside(server_, http::use_tls{tls_});
}

void api_setup::end() {
  if (server_)
    tell_from_outside(std::exchange(server_, {}), close_transport{});
}

outcome<void> check_api(const settings& s) {
  const auto& where = *s.api;
  if (where.what == api_address::kind::off)
    return {};
  if (auto token = read_api_token(s.api_token_file); !token)
    return unexpected{token.error()};
  if (auto tls = tls_of(tls_files_of(s)); !tls)
    return unexpected{tls.error()};
  const auto opened = http::listen_at(where);
  if (opened || opened.error().code == EADDRINUSE)
    return {};
  return runtime_error(fmt::format("--api: cannot listen on {}: {}",
                                   text_of(where), opened.error().reason));
}

} // namespace grapevine::app
