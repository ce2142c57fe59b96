#pragma once

#include "libp2p/base/random_source.hpp"
#include "libp2p/base/wall_clock.hpp"
#include "libp2p/identity/keys.hpp"
#include "libp2p/secure/secure_channel.hpp"
#include "libp2p/secure/security_kind.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::libp2p {

/// Security protocols that a node offers, the preferred one first.
using security_protocols =
    std::vector<std::shared_ptr<const security_protocol>>;

/// What security protocols are made of.
struct security_needs {
  /// The node's.
  const private_key& key;
  const random_source& random;
  wall_clock time;
  /// To be named where the handshake can settle the stream muxer, too; the
  /// preferred one first.
  std::vector<std::string> muxers;
};

/// A security protocol that a node may offer.
struct security_row {
  security_kind kind;
  /// Its protocol id in multistream-select.
  std::string_view id;
  /// Makes the part of it of a node.
  std::shared_ptr<const security_protocol> (*make)(const security_needs& of);
};

/// All of them, the preferred one first.
std::span<const security_row> security_table() noexcept;

/// What a node offers: `wanted`, the preferred one first, each once; where that
/// is empty all of the table in its order.
security_protocols make_security(const security_needs& of,
                                 std::span<const security_kind> wanted = {});

} // namespace grapevine::libp2p
