#include "app/commands/node_setup.hpp"

#include "actors/host/socket.hpp"
#include "actors/identity_file.hpp"
#include "actors/network_key_file.hpp"
#include "app/console/logging.hpp"
#include "app/options/config_file.hpp"
#include "app/options/paths.hpp"
#include "app/options/peers_file.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <fmt/format.h>
#include <memory>
#include <utility>

namespace grapevine::app {

namespace {

using libp2p::multiaddr;

constexpr auto default_listen_ip4 = "/ip4/0.0.0.0/tcp/4001";
constexpr auto default_listen_ip6 = "/ip6/::/tcp/4001";

outcome<loaded_identity> lasting_identity(const settings& s,
                                          spdlog::logger& log) {
  auto loaded = use_identity(*s.identity);
  if (!loaded) {
    const auto& [code, text] = loaded.error();
    return runtime_error(code == identity_file_error::reason::in_use
                             ? text
                                   + "; give this node a file of its own with "
                                     "--identity"
                             : text);
  }
  if (!loaded->warning.empty())
    log.warn("{}", loaded->warning);
  return *std::move(loaded);
}

outcome<loaded_identity> passing_identity(const settings& s,
                                          spdlog::logger& log) {
  if (s.identity)
    return lasting_identity(s, log);
  return loaded_identity{libp2p::private_key::generate(), true, {}};
}

// Whether this machine can listen on IPv6 at all.
bool has_ip6() {
  const auto any = endpoint::of(*multiaddr::from_text("/ip6/::/tcp/0"));
  const auto fd = listen_on(*any);
  return fd
         || (fd.error().code != EAFNOSUPPORT
             && fd.error().code != EADDRNOTAVAIL);
}

void listen_by_default(host_configuration& configured) {
  auto& addresses = configured.values.listen;
  addresses.push_back(*multiaddr::from_text(default_listen_ip4));
  if (has_ip6())
    addresses.push_back(*multiaddr::from_text(default_listen_ip6));
  else
    configured.warnings.emplace_back(
        "this machine has no IPv6: listening on IPv4 only");
}

outcome<std::shared_ptr<const libp2p::network_key>>
network_key_of(const settings& s, spdlog::logger& log) {
  if (!s.swarm_key)
    return nullptr;
  auto loaded = load_network_key(*s.swarm_key);
  if (!loaded)
    return runtime_error("--swarm-key: " + loaded.error().text);
  if (!loaded->warning.empty())
    log.warn("{}", loaded->warning);
  log.info("in a private network: only who holds its key is connected "
           "fingerprint={}",
           loaded->key->fingerprint());
  return std::move(loaded->key);
}

outcome<node_config> make_config(const settings& s, loaded_identity identity,
                                 std::shared_ptr<spdlog::logger> log) {
  const auto values = with_files(s);
  if (!values)
    return unexpected{values.error()};
  auto network = network_key_of(s, *log);
  if (!network)
    return unexpected{network.error()};
  node_config config{std::move(identity.key), *values};
  config.network_key = *std::move(network);
  config.lock = std::move(identity.lock);
  if (config.peer_store == no_peer_store)
    config.peer_store.clear();
  // The settings were checked.
  config.filter = gossip::subscription_filter::from(s.filter).value();
  config.log = std::move(log);
  return config;
}

outcome<assignments> load_assignments(const node_arguments& arguments,
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
  return merged(arguments.given, config);
}

} // namespace

outcome<node_settings> with_files(const settings& s) {
  node_settings result = s;
  if (!s.allow_peers_file)
    return result;
  const auto peers = read_peers_file(*s.allow_peers_file);
  if (!peers)
    return runtime_error(fmt::format("--allow-peers-file: \"{}\": {}",
                                     s.allow_peers_file->string(),
                                     peers.error()));
  result.allowed_peers.insert(result.allowed_peers.end(), peers->begin(),
                              peers->end());
  return result;
}

outcome<settings> load_settings(const node_arguments& arguments,
                                node_role role) {
  const auto given = load_assignments(arguments, role);
  if (!given)
    return unexpected{given.error()};
  return make_settings(*given);
}

outcome<host_configuration> load_host(const node_arguments& arguments) {
  auto given = load_assignments(arguments, node_role::host);
  if (!given)
    return unexpected{given.error()};
  auto values = make_settings(*given);
  if (!values)
    return unexpected{values.error()};
  if (!values->identity) {
    auto fallback = default_identity_file();
    if (!fallback)
      return unexpected{fallback.error()};
    values->identity = *std::move(fallback);
  }
  if (values->peer_store.empty())
    values->peer_store = default_peer_store(*values->identity).string();
  if (!values->log_level)
    values->log_level = spdlog::level::info;
  if (!values->api)
    values->api = value_text<api_address>::parse(default_api).value();
  host_configuration configured{*std::move(given), *std::move(values), {}};
  if (configured.values.listen.empty())
    listen_by_default(configured);
  return configured;
}

outcome<node_config> make_host_config(const settings& s) {
  auto log = make_logger(s, spdlog::level::info);
  if (!log)
    return unexpected{log.error()};
  auto identity = lasting_identity(s, **log);
  if (!identity)
    return unexpected{identity.error()};
  return make_config(s, *std::move(identity), *std::move(log));
}

outcome<node_config> make_guest_config(const settings& s) {
  if (s.peers.empty() && s.direct_peers.empty() && s.listen.empty())
    return usage_error(
        "there is nobody to talk to: name a peer with --peer, or an address "
        "for others with --listen");
  auto log = make_logger(s, spdlog::level::warn);
  if (!log)
    return unexpected{log.error()};
  auto key = passing_identity(s, **log);
  if (!key)
    return unexpected{key.error()};
  return make_config(s, *std::move(key), *std::move(log));
}

} // namespace grapevine::app
