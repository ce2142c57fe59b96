#include "gateway/network.hpp"

#include "gateway/attachment_state.hpp"
#include "gateway/caf_network.hpp"
#include "gateway/gateway_state.hpp"
#include "libp2p/address/ip_address.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <future>
#include <memory>

namespace grapevine {

namespace {

std::string last_tls_error() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const auto* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "it cannot be read" : reason;
}

bool is_loopback(const std::string& address) {
  if (address == "localhost")
    return true;
  const auto ip = libp2p::ip_address::from_text(address);
  return ip && ip->is_loopback();
}

// CAF tells the port before its network's thread has begun to listen. A port
// that is closed in the same turn of that thread was never one of its sockets,
// and CAF forgets to free it: so a turn passes here.
void await_turn_of_network(caf::actor_system& sys) {
  std::promise<void> turn;
  sys.middleman().backend().dispatch([&turn] { turn.set_value(); });
  turn.get_future().wait();
}

} // namespace

std::optional<std::string> problem_of(const network_tls& files) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> owner{
      SSL_CTX_new(TLS_method()), &SSL_CTX_free};
  auto* ctx = owner.get();
  if (ctx == nullptr)
    return "OpenSSL makes no context: " + last_tls_error();
  const auto problem = [](const std::string& file) {
    return '"' + file + "\": " + last_tls_error();
  };
  if (SSL_CTX_load_verify_locations(ctx, files.ca.c_str(), nullptr) != 1)
    return problem(files.ca);
  if (SSL_CTX_use_certificate_chain_file(ctx, files.certificate.c_str()) != 1)
    return problem(files.certificate);
  if (SSL_CTX_use_PrivateKey_file(ctx, files.key.c_str(), SSL_FILETYPE_PEM)
      != 1)
    return problem(files.key);
  if (SSL_CTX_check_private_key(ctx) != 1)
    return '"' + files.key + "\" is not the key of \"" + files.certificate
           + '"';
  return std::nullopt;
}

void use_network(caf::actor_system_config& cfg,
                 const std::optional<network_tls>& tls) {
  add_network_types<caf::id_block::grapevine_gateway>(cfg);
  cfg.load<caf::io::middleman>();
  if (!tls)
    return;
  cfg.load<caf::openssl::manager>();
  set_tls_files(cfg, *tls);
}

expected<std::uint16_t, std::string>
publish_gateway(caf::actor_system& sys, const gateway_actor& gateway,
                const std::string& address, std::uint16_t port) {
  if (!sys.has_middleman())
    return unexpected<std::string>{
        "the actor system has no network: call grapevine::use_network on its "
        "configuration"};
  const bool tls = sys.has_openssl_manager();
  if (!tls && !is_loopback(address))
    return unexpected<std::string>{
        "others than this machine's programs would reach " + address
        + ", so it needs TLS with certificates on both sides"};
  const auto opened =
      tls ? caf::openssl::publish(gateway, port, address.c_str(), true)
          : sys.middleman().publish(gateway, port, address.c_str(), true);
  if (!opened)
    return unexpected<std::string>{"cannot listen on " + address + " port "
                                   + std::to_string(port) + ": "
                                   + to_string(opened.error())};
  await_turn_of_network(sys);
  return *opened;
}

void close_gateway(caf::actor_system& sys, std::uint16_t port) {
  close_port(network_of(sys), port);
}

} // namespace grapevine
