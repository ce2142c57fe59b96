#pragma once

#include "gateway/gateway.hpp"
#include "proto/expected.hpp"

#include <cstdint>
#include <optional>
#include <string>

// CAF's own network, by which gateways are reached: plain on one machine, and
// else by TLS with certificates on both sides.

namespace grapevine {

/// Files in PEM. Each side shows its certificate, and takes the other's if the
/// root in `ca` has signed it, whatever name is in it: so the root must be one
/// for these programs alone.
struct network_tls {
  std::string ca;
  /// With those that lead to the root.
  std::string certificate;
  /// Without a password.
  std::string key;
};

/// What is wrong with the files, for people; nothing: they can be used. CAF
/// itself would end the program where it cannot read them.
std::optional<std::string> problem_of(const network_tls& files);

/// Lets the actor systems of `cfg` have CAF's network, and know the messages
/// that go through it: for who has a gateway, and for who uses one. All that
/// such a system has by CAF's network is by TLS, or nothing is.
void use_network(caf::actor_system_config& cfg,
                 const std::optional<network_tls>& tls = std::nullopt);

/// Lets others reach a gateway at this address and port; 0: one that is free.
/// The port, or why it is not possible. Whoever has no TLS gives a loopback
/// address: anything else is refused.
expected<std::uint16_t, std::string>
publish_gateway(caf::actor_system& sys, const gateway_actor& gateway,
                const std::string& address, std::uint16_t port);

/// Nobody new can reach it; those who are connected are so until the gateway
/// ends.
void close_gateway(caf::actor_system& sys, std::uint16_t port);

} // namespace grapevine
