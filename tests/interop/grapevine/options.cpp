#include "tests/interop/grapevine/options.hpp"

#include "actors/network_key_file.hpp"
#include "tests/interop/grapevine/events.hpp"
#include "tests/interop/grapevine/payload.hpp"
#include "tests/interop/grapevine/trace.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <utility>

namespace grapevine::interop {

namespace {

libp2p::private_key make_identity(const options& o) {
  if (!o.identity_seed)
    return libp2p::private_key::generate();
  const auto seed = make_payload(*o.identity_seed, 32);
  return libp2p::private_key::ed25519_from_seed(bytes_view{seed}.first<32>());
}

std::shared_ptr<const libp2p::network_key> load_key(const std::string& file) {
  auto loaded = load_network_key(file);
  if (!loaded)
    throw std::runtime_error{loaded.error().text};
  return std::move(loaded->key);
}

std::vector<libp2p::multiaddr>
parse_addresses(const std::vector<std::string>& texts) {
  std::vector<libp2p::multiaddr> result;
  std::transform(texts.begin(), texts.end(), std::back_inserter(result),
                 parse_address);
  return result;
}

/// No reward and a slow decay: whoever has done nothing wrong has 0, and any
/// misbehaviour shows for minutes. Peers offered by someone with 0 are taken.
gossip::scoring strict_scoring() {
  gossip::scoring strict;
  strict.thresholds.accept_px = strict.thresholds.opportunistic_graft = 0;
  gossip::topic_score_parameters topic;
  topic.invalid_messages = {.weight = -1, .decay = 0.99};
  strict.parameters.default_topic = topic;
  strict.parameters.behaviour = {.weight = -1, .threshold = 0, .decay = 0.99};
  return strict;
}

/// What came with gossipsub 1.1 and later.
void configure_extensions(node_config& config, const options& o) {
  config.params.peer_exchange = o.px;
  config.mdns = o.mdns;
  if (o.score)
    config.use_scoring(strict_scoring());
  config.direct_peers = parse_addresses(o.direct);
  config.partial_messages = !o.partial.empty();
  config.test_extension = o.test_extension;
  if (o.idontwant_threshold)
    config.params.gossip.idontwant_threshold = *o.idontwant_threshold;
  if (o.trace)
    config.inspect_rpc = [ids = config.message_ids](const auto& from,
                                                    const auto& rpc) {
      emit(describe_received(from, rpc, ids));
      return true;
    };
}

void add_extension_options(CLI::App& app, options& o) {
  app.add_flag("--px", o.px, "offers other peers when pruning");
  app.add_flag("--score", o.score, "scores in which every misbehaviour shows");
  app.add_option("--direct", o.direct, "address of a direct peer")
      ->allow_extra_args(false);
  app.add_option("--partial", o.partial, "topic whose messages go in parts")
      ->allow_extra_args(false);
  app.add_flag("--test-extension", o.test_extension,
               "advertises and sends the test extension");
  app.add_option("--idontwant-threshold", o.idontwant_threshold,
                 "bytes from which on IDONTWANT is sent");
  app.add_flag("--mdns", o.mdns, "finds peers of the local network");
  app.add_flag("--trace", o.trace, "reports every RPC");
}

} // namespace

void add_options(CLI::App& app, options& o) {
  const auto once_each = [](CLI::Option* option) {
    option->allow_extra_args(false);
  };
  add_extension_options(app, o);
  once_each(app.add_option("--listen", o.listen, "address to listen on"));
  once_each(app.add_option("--topic", o.topics, "topic subscribed at start"));
  once_each(app.add_option("--peer", o.peers, "address kept connected"));
  app.add_option("--policy", o.policy)
      ->check(CLI::IsMember({"strict-sign", "strict-no-sign"}));
  app.add_option("--max-size", o.max_size, "largest RPC in bytes");
  app.add_flag("--no-mesh", o.no_mesh, "all mesh degrees zero");
  app.add_option("--flood-publish", o.flood_publish)
      ->check(CLI::IsMember({"on", "off"}));
  app.add_option("--security", o.security)
      ->check(CLI::IsMember({"noise", "tls"}));
  app.add_option("--identity-seed", o.identity_seed,
                 "number that fixes the Ed25519 key");
  app.add_option("--swarm-key", o.swarm_key,
                 "file with the key of a private network");
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
  if (!o.security.empty())
    config.security = {o.security == "tls" ? libp2p::security_kind::tls
                                           : libp2p::security_kind::noise};
  if (!o.swarm_key.empty())
    config.network_key = load_key(o.swarm_key);
  configure_extensions(config, o);
  // As the other peers do it: every second.
  config.redial_max = config.redial_min;
  config.log = spdlog::stderr_logger_mt("peer");
  config.log->set_level(spdlog::level::debug);
  config.log->flush_on(spdlog::level::debug);
  return config;
}

} // namespace grapevine::interop
