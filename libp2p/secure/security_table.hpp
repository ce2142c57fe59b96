#pragma once

#include "libp2p/base/random_source.hpp"
#include "libp2p/identity/keys.hpp"
#include "libp2p/secure/secure_channel.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::libp2p {

/// Security protocols that a node offers, the preferred one first.
using security_protocols =
    std::vector<std::shared_ptr<const security_protocol>>;

/// A security protocol that a node may offer.
struct security_row {
  /// Its protocol id in multistream-select.
  std::string_view id;
  /// Makes the part of it of the node that holds `key`. `muxers`: the stream
  /// muxers to name where the handshake can settle that, too, the preferred one
  /// first.
  std::shared_ptr<const security_protocol> (*make)(
      const private_key& key, const random_source& random,
      const std::vector<std::string>& muxers);
};

/// All of them, the preferred one first.
std::span<const security_row> security_table() noexcept;

/// What the node that holds `key` offers: each row's, in the table's order.
security_protocols make_security(const private_key& key,
                                 const random_source& random,
                                 const std::vector<std::string>& muxers);

} // namespace grapevine::libp2p
