#include "tests/interop/grapevine/options.hpp"

#include "tests/interop/grapevine/payload.hpp"

#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace grapevine::interop {

namespace {

libp2p::private_key make_identity(const options& o) {
  if (!o.identity_seed)
    return libp2p::private_key::generate();
  const auto seed = make_payload(*o.identity_seed, 32);
  return libp2p::private_key::ed25519_from_seed(bytes_view{seed}.first<32>());
}

std::vector<libp2p::multiaddr>
parse_addresses(const std::vector<std::string>& texts) {
  std::vector<libp2p::multiaddr> result;
  std::transform(texts.begin(), texts.end(), std::back_inserter(result),
                 parse_address);
  return result;
}

} // namespace

void add_options(CLI::App& app, options& o) {
  const auto once_each = [](CLI::Option* option) {
    option->allow_extra_args(false);
  };
  once_each(app.add_option("--listen", o.listen, "address to listen on"));
  once_each(app.add_option("--topic", o.topics, "topic subscribed at start"));
  once_each(app.add_option("--peer", o.peers, "address kept connected"));
  app.add_option("--policy", o.policy)
      ->check(CLI::IsMember({"strict-sign", "strict-no-sign"}));
  app.add_option("--max-size", o.max_size, "largest RPC in bytes");
  app.add_flag("--no-mesh", o.no_mesh, "all mesh degrees zero");
  app.add_option("--flood-publish", o.flood_publish)
      ->check(CLI::IsMember({"on", "off"}));
  app.add_option("--security", o.security)->check(CLI::IsMember({"noise"}));
  app.add_option("--identity-seed", o.identity_seed,
                 "number that fixes the Ed25519 key");
}

libp2p::multiaddr parse_address(const std::string& text) {
  auto address = libp2p::multiaddr::from_text(text);
  if (!address)
    throw std::runtime_error{text + ": " + address.error().reason};
  return *address;
}

node_config make_config(const options& o) {
  node_config config{make_identity(o)};
  config.listen = parse_addresses(
      o.listen.empty() ? std::vector<std::string>{"/ip4/127.0.0.1/tcp/0"}
                       : o.listen);
  config.peers = parse_addresses(o.peers);
  config.max_rpc_size = o.max_size;
  if (o.policy == "strict-no-sign")
    config.policy = gossip::signing_policy::strict_no_sign;
  if (o.no_mesh) {
    auto& mesh = config.params.mesh;
    mesh.degree = mesh.degree_low = mesh.degree_high = 0;
    mesh.degree_score = mesh.degree_outbound = 0;
  }
  if (!o.flood_publish.empty())
    config.params.flood_publish = o.flood_publish == "on";
  // As the other peers do it: every second.
  config.redial_max = config.redial_min;
  config.log = spdlog::stderr_logger_mt("peer");
  config.log->set_level(spdlog::level::debug);
  config.log->flush_on(spdlog::level::debug);
  return config;
}

} // namespace grapevine::interop
