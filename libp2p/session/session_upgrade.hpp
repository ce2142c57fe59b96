#pragma once

#include "libp2p/secure/noise.hpp"
#include "libp2p/session/session.hpp"
#include "libp2p/session/session_negotiation.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace grapevine::libp2p {

/// A connection's way from plain bytes to an encrypted channel
/// (libp2p/specs, connections/, "Upgrading Connections"): multistream-select
/// for `/noise`, then the Noise handshake.
class session_upgrade {
public:
  session_upgrade(const session_config& config, role who,
                  std::optional<peer_id> expected,
                  std::span<const std::uint8_t, 32> ephemeral_seed);
  session_upgrade(const session_upgrade&) = delete;
  session_upgrade& operator=(const session_upgrade&) = delete;

  /// Appends what this side sends first.
  void start(bytes& out);

  /// Takes bytes of the other side, shortens `in` by what was used, and appends
  /// answers to `out`. True once the channel is secure; what is left of `in`
  /// are records then. no_common_protocol, bad_negotiation, bad_handshake,
  /// wrong_peer.
  expected<bool, session_error> feed(bytes_view& in, bytes& out);

  /// The channel; once, after `feed` gave true.
  noise_result take_result() { return noise_.take_result(); }

private:
  const std::vector<std::string> security_;
  session_negotiation negotiation_;
  bool agreed_ = false;
  noise_handshake noise_;
};

/// What a failed or refused negotiation of a connection means for its session.
session_error to_session_error(multistream_state state);

} // namespace grapevine::libp2p
