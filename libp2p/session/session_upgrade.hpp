#pragma once

#include "libp2p/base/secret.hpp"
#include "libp2p/secure/secure_channel.hpp"
#include "libp2p/session/session.hpp"
#include "libp2p/session/session_negotiation.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace grapevine::libp2p {

/// A connection's way from plain bytes to an encrypted channel
/// (libp2p/specs, connections/, "Upgrading Connections"): multistream-select
/// for one of the security protocols, then its handshake.
class session_upgrade {
public:
  /// `config` must outlive it.
  session_upgrade(const session_config& config, role who,
                  std::optional<peer_id> expected,
                  std::span<const std::uint8_t, 32> ephemeral_seed);
  session_upgrade(const session_upgrade&) = delete;
  session_upgrade& operator=(const session_upgrade&) = delete;

  /// Appends what this side sends first.
  void start(bytes& out);

  /// Takes bytes of the other side, shortens `in` by what was used, and appends
  /// answers to `out`. Nothing while more is needed; once the channel is
  /// secure, it: what is left of `in` are records then, and `feed` must not be
  /// called again. no_common_protocol, bad_negotiation, bad_handshake,
  /// wrong_peer.
  expected<std::optional<secure_result>, session_error> feed(bytes_view& in,
                                                             bytes& out);

  /// See `muxed_connection::handshake_problem`.
  std::string problem() const;

private:
  void begin_handshake(bytes& out);

  const session_config& config_;
  const role role_;
  const std::optional<peer_id> expected_;
  const secret32 seed_;
  const std::vector<std::string> offered_;
  session_negotiation negotiation_;
  /// Null while negotiating.
  std::unique_ptr<secure_handshake> handshake_;
};

/// What a failed or refused negotiation of a connection means for its session.
session_error to_session_error(multistream_state state);

/// What a failure of its security means for a session.
session_error to_session_error(secure_error code);

} // namespace grapevine::libp2p
