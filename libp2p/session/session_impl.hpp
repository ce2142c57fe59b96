#pragma once

#include "libp2p/base/time_point.hpp"
#include "libp2p/secure/private_network.hpp"
#include "libp2p/secure/secure_channel.hpp"
#include "libp2p/session/session.hpp"
#include "libp2p/session/session_negotiation.hpp"
#include "libp2p/session/session_streams.hpp"
#include "libp2p/session/session_upgrade.hpp"
#include "proto/bytes.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace grapevine::libp2p {

/// The three stages of a session, each with its own state, which goes with it:
/// upgrading (plain bytes), choosing a muxer (unless the handshake did), and
/// multiplexing.
class session::impl {
public:
  impl(std::shared_ptr<const session_config> config, role who, multiaddr remote,
       std::optional<peer_id> expected,
       std::span<const std::uint8_t, 32> ephemeral_seed, time_point now);

  /// `in_place` is `data` where it may be overwritten, else empty.
  void receive(bytes_view data, std::span<std::uint8_t> in_place,
               time_point now, session_observer& observer);
  void tick(time_point now, session_observer& observer);
  time_point next_tick() const;
  void set_listen_addrs(std::vector<multiaddr> addrs, bytes signed_record);
  void close();
  void take_output(bytes& out, std::size_t budget);
  bool has_output() const;

  /// Null unless multiplexing.
  session_streams* streams() noexcept {
    return closed_ ? nullptr : streams_.get();
  }
  const session_streams* streams() const noexcept {
    return closed_ ? nullptr : streams_.get();
  }

  std::string handshake_problem() const;
  bool closed() const noexcept { return closed_; }
  const peer_id& remote_peer() const noexcept { return remote_peer_; }

private:
  bool open_network(bytes_view& data, std::span<std::uint8_t>& in_place,
                    session_observer& observer);
  void upgrade(bytes_view& data, session_observer& observer);
  void on_secure(secure_result secure, session_observer& observer);
  void receive_records(bytes_view data, std::span<std::uint8_t> in_place,
                       session_observer& observer);
  void on_plaintext(bytes_view plaintext, session_observer& observer);
  void choose_muxer(bytes_view& plaintext, session_observer& observer);
  void start_muxer_round();
  void send_muxer_round(bytes_view message);
  void start_streams(session_observer& observer);
  void take_records(bytes& out, std::size_t budget);
  bool encrypt_record(bytes& out);
  void fail(session_error why, session_observer& observer);

  std::shared_ptr<const session_config> config_;
  role role_;
  peer_id remote_peer_;
  time_point now_;
  time_point handshake_deadline_;
  bool closed_ = false;

  /// Moves to `streams_` when that is there.
  session_identity self_;
  /// Encoded and, where it must be, encrypted already, but for `network_`.
  bytes output_;

  /// Below everything else; null where the node is in no private network.
  std::unique_ptr<private_network> network_;
  /// What came and could not be overwritten, for `network_`.
  bytes input_;

  std::unique_ptr<session_upgrade> upgrade_;
  /// Below the streams, encrypted.
  std::unique_ptr<secure_channel> channel_;
  /// Moves to `streams_` when that is there.
  std::optional<public_key> remote_key_;
  std::vector<std::string> muxers_;
  std::unique_ptr<session_negotiation> muxer_round_;
  std::unique_ptr<session_streams> streams_;
};

} // namespace grapevine::libp2p
