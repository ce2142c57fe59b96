#pragma once

#include "actors/host/dns_channel.hpp"
#include "libp2p/address/dial_plan.hpp"
#include "messages/resolver.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <vector>

namespace grapevine {

/// What a resolver is made with.
struct resolver_setup {
  std::shared_ptr<reactor_link> reactor;
  dns_options dns;
  /// What addresses must be for, to be found.
  std::vector<libp2p::transport_kind> transports{
      libp2p::offered_transports.begin(), libp2p::offered_transports.end()};
};

/// Starts a resolver. It has sockets only while it looks up names, and reads
/// the system's configuration anew whenever it begins to.
resolver_actor spawn_resolver(caf::actor_system& sys, resolver_setup setup);

} // namespace grapevine
