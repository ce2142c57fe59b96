#include "app/commands/node_setup.hpp"

#include "actors/host/socket.hpp"
#include "actors/identity_file.hpp"
#include "app/console/logging.hpp"
#include "app/options/config_file.hpp"
#include "app/options/paths.hpp"
#include "app/options/settings_check.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <utility>

namespace grapevine::app {

namespace {

using libp2p::multiaddr;

constexpr auto default_listen_ip4 = "/ip4/0.0.0.0/tcp/4001";
constexpr auto default_listen_ip6 = "/ip6/::/tcp/4001";

outcome<libp2p::private_key> lasting_identity(const settings& s) {
  auto file = s.identity;
  if (!file) {
    auto fallback = default_identity_file();
    if (!fallback)
      return unexpected{fallback.error()};
    file = *std::move(fallback);
  }
  auto loaded = load_or_create_identity(*file);
  if (!loaded)
    return runtime_error(loaded.error().text);
  if (!loaded->warning.empty())
    make_logger(s.log_level.value_or(spdlog::level::warn))
        ->warn("{}", loaded->warning);
  return std::move(loaded->key);
}

outcome<libp2p::private_key> passing_identity(const settings& s) {
  return s.identity ? lasting_identity(s) : libp2p::private_key::generate();
}

// Whether this machine can listen on IPv6 at all.
bool has_ip6() {
  const auto any = endpoint::of(*multiaddr::from_text("/ip6/::/tcp/0"));
  const auto fd = listen_on(*any);
  return fd
         || (fd.error().code != EAFNOSUPPORT
             && fd.error().code != EADDRNOTAVAIL);
}

std::vector<multiaddr> default_listen(spdlog::logger& log) {
  std::vector<multiaddr> addresses{*multiaddr::from_text(default_listen_ip4)};
  if (has_ip6())
    addresses.push_back(*multiaddr::from_text(default_listen_ip6));
  else
    log.warn("this machine has no IPv6: listening on IPv4 only");
  return addresses;
}

node_config make_config(const settings& s, libp2p::private_key key,
                        spdlog::level::level_enum default_level) {
  node_config config{std::move(key)};
  config.listen = s.listen;
  config.peers = s.peers;
  for (const auto& peer : s.direct_peers)
    config.direct_peers.push_back(peer.address);
  config.blocked_peers = s.blocked_peers;
  for (const auto& topic : s.topics)
    config.topics.push_back(topic.text);
  if (s.trace)
    config.trace = trace_options{s.trace->string(), s.trace_format};
  config.policy = s.policy;
  config.params = s.params;
  config.use_scoring(make_scoring(s.scores, s.params.mesh.degree));
  // The settings were checked.
  config.filter = make_filter(s).value();
  config.seen = s.seen;
  config.monotonic_seqno = s.monotonic_seqno;
  if (s.gater)
    config.gater.emplace();
  config.dial_private_offers = s.dial_private_offers;
  config.max_rpc_size = s.max_message_size.count;
  config.max_peers = s.max_peers;
  config.outbound_reserve = s.outbound_reserve;
  config.max_peers_per_address = s.max_peers_per_address;
  config.max_handshakes = s.max_handshakes;
  config.max_handshakes_per_address = s.max_handshakes_per_address;
  config.connections_per_second = s.connections_per_second;
  config.max_queued_bytes = s.max_queued_bytes.count;
  config.max_unfinished_bytes = s.max_unfinished_bytes.count;
  config.dial_timeout = s.dial_timeout;
  config.redial_min = s.redial_min;
  config.redial_max = s.redial_max;
  config.log = make_logger(s.log_level.value_or(default_level));
  return config;
}

} // namespace

outcome<settings> load_settings(const node_arguments& arguments,
                                node_role role) {
  assignments config;
  if (arguments.config) {
    auto read = read_config(*arguments.config);
    if (!read)
      return unexpected{read.error()};
    config = *std::move(read);
  }
  if (role == node_role::guest)
    std::erase_if(config, [](const auto& entry) {
      return find_option(entry.first)->where != scope::every_node;
    });
  return make_settings(merged(arguments.given, config));
}

outcome<node_config> make_host_config(const settings& s) {
  auto key = lasting_identity(s);
  if (!key)
    return unexpected{key.error()};
  auto config = make_config(s, *std::move(key), spdlog::level::info);
  if (config.listen.empty())
    config.listen = default_listen(*config.log);
  return config;
}

outcome<node_config> make_guest_config(const settings& s) {
  if (s.peers.empty() && s.direct_peers.empty() && s.listen.empty())
    return usage_error(
        "there is nobody to talk to: name a peer with --peer, or an address "
        "for others with --listen");
  auto key = passing_identity(s);
  if (!key)
    return unexpected{key.error()};
  return make_config(s, *std::move(key), spdlog::level::warn);
}

} // namespace grapevine::app
