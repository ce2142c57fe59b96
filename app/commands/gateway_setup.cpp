#include "app/commands/gateway_setup.hpp"

#include "app/http/listen.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <utility>

namespace grapevine::app {

namespace {

std::string text_of(const gateway_address& where) {
  return value_text<gateway_address>::format(where);
}

bool is_on(const settings& s) {
  return s.gateway && s.gateway->what != api_address::kind::off;
}

std::optional<network_tls> tls_of(const settings& s) {
  if (!s.gateway_ca || !s.gateway_certificate || !s.gateway_key)
    return std::nullopt;
  return network_tls{s.gateway_ca->string(), s.gateway_certificate->string(),
                     s.gateway_key->string()};
}

gateway_rights rights_of(const settings& s) {
  if (s.gateway_allow.empty())
    return {};
  gateway_rights rights{false, false, false, false, false};
  for (const auto one : s.gateway_allow)
    switch (one) {
    case gateway_right::read:
      rights.read = true;
      break;
    case gateway_right::publish:
      rights.publish = true;
      break;
    case gateway_right::inspect:
      rights.inspect = true;
      break;
    case gateway_right::validate:
      rights.validate = true;
      break;
    case gateway_right::admin:
      rights.admin = true;
      break;
    }
  return rights;
}

} // namespace

outcome<std::shared_ptr<gateway_setup>> gateway_setup::of(const settings& s) {
  auto result = std::make_shared<gateway_setup>();
  if (!is_on(s))
    return result;
  gossip::subscription_filter_options topics;
  topics.topics = s.gateway_topics;
  topics.patterns = s.gateway_patterns;
  auto filter = gossip::subscription_filter::from(topics);
  if (!filter)
    return usage_error("--gateway-topic-pattern: " + filter.error().text);
  result->where_ = s.gateway;
  result->tls_ = tls_of(s);
  if (result->tls_)
    if (const auto problem = problem_of(*result->tls_))
      return runtime_error("the gateway's certificates cannot be used: "
                           + *problem);
  result->options_.rights = rights_of(s);
  result->options_.topics = *std::move(filter);
  return result;
}

void gateway_setup::configure(caf::actor_system_config& cfg) const {
  if (where_)
    use_network(cfg, tls_);
}

outcome<void> gateway_setup::serve(caf::actor_system& sys,
                                   const node_actor& node,
                                   const std::shared_ptr<spdlog::logger>& log) {
  if (!where_)
    return {};
  options_.log = [log](std::string_view text) {
    log->info("gateway: {}", text);
  };
  gateway_ = spawn_gateway(sys, node, options_);
  sys_ = &sys;
  const auto opened =
      publish_gateway(sys, gateway_, where_->ip.to_text(), where_->port);
  if (!opened)
    return runtime_error("--gateway: " + opened.error());
  port_ = where_->port = *opened;
  log->info("the gateway is at {}{}", text_of(*where_),
            tls_ ? " by TLS" : " for this machine's programs");
  return {};
}

void gateway_setup::end() {
  if (!gateway_)
    return;
  if (port_ != 0)
    close_gateway(*sys_, port_);
  caf::anon_send_exit(std::exchange(gateway_, {}),
                      caf::exit_reason::user_shutdown);
}

outcome<void> check_gateway(const settings& s) {
  const auto made = gateway_setup::of(s);
  if (!made)
    return unexpected{made.error()};
  if (!is_on(s))
    return {};
  const auto opened = http::listen_at(*s.gateway);
  if (opened || opened.error().code == EADDRINUSE)
    return {};
  return runtime_error(fmt::format("--gateway: cannot listen on {}: {}",
                                   text_of(*s.gateway), opened.error().reason));
}

} // namespace grapevine::app
