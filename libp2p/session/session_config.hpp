#pragma once

#include "libp2p/base/limits.hpp"
#include "libp2p/base/random_source.hpp"
#include "libp2p/base/wall_clock.hpp"
#include "libp2p/identity/local_identity.hpp"
#include "libp2p/secure/network_key.hpp"
#include "libp2p/secure/security_table.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace grapevine::libp2p {

/// What a node's sessions have in common. Shared by all of them, never changed.
struct session_config {
  /// Who this node is; never null.
  std::shared_ptr<const local_identity> identity;
  /// The security protocols that it offers, of the same key, the preferred one
  /// first; at least one.
  security_protocols security;
  /// The key of the private network that the node is in, which all its
  /// connections are kept to; null: it is in none.
  std::shared_ptr<const network_key> network;
  session_limits limits;
  /// Protocols of streams that the other side may open, besides identify,
  /// identify push and ping, which the session serves by itself.
  std::vector<std::string> inbound_protocols;
  /// As identify tells them.
  std::string agent_version;
  std::string protocol_version;
};

/// The stream muxers that a session speaks, the preferred one first.
std::vector<std::string> offered_muxers();

/// The configuration of the node that holds `key`, with the security protocols
/// `security`, the preferred one first; where that is empty with all of the
/// table. The rest is as by default.
session_config
make_session_config(const private_key& key, const random_source& random,
                    const wall_clock& time,
                    std::span<const security_kind> security = {});

} // namespace grapevine::libp2p
