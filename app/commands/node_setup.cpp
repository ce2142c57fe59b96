#include "app/commands/node_setup.hpp"

#include "actors/host/socket.hpp"
#include "actors/identity_file.hpp"
#include "app/console/logging.hpp"
#include "app/options/config_file.hpp"
#include "app/options/paths.hpp"

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
  const node_settings& values = s;
  node_config config{std::move(key), values};
  // The settings were checked.
  config.filter = gossip::subscription_filter::from(s.filter).value();
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
