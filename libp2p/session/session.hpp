#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/base/types.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "libp2p/session/muxed_connection.hpp"
#include "libp2p/session/session_config.hpp"
#include "proto/bytes.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace grapevine::libp2p {

/// One libp2p connection over a stream of bytes, without its socket:
/// multistream-select, a security protocol, yamux, identify and ping over bytes
/// in and bytes out. The caller moves bytes between it and a socket, tells it
/// the time, and acts on its events.
class session final : public muxed_connection {
public:
  /// `remote` is the socket's other end (told to the peer by identify);
  /// `expected` the identity that was dialled, if known; `ephemeral_seed` 32
  /// random bytes for this handshake alone.
  session(std::shared_ptr<const session_config> config, role who,
          multiaddr remote, std::optional<peer_id> expected,
          std::span<const std::uint8_t, 32> ephemeral_seed, time_point now);
  session(session&&) noexcept;
  session& operator=(session&&) noexcept;
  ~session() override;

  /// Feeds what was read from the socket. Not to call it is how a caller holds
  /// the other side back; see `hold`.
  void receive(bytes_view data, time_point now, session_observer& observer);

  /// The same, and decrypts within `data`, which saves a copy and the memory
  /// for it. The views of `stream_data` then lie in `data`, too.
  void receive_in_place(std::span<std::uint8_t> data, time_point now,
                        session_observer& observer);

  /// Encrypts what waits, as full records as there is data for, and appends it
  /// to `out` until `out` holds about `budget` bytes.
  void take_output(bytes& out, std::size_t budget);

  /// Whether `take_output` would give anything.
  bool has_output() const;

  // -- muxed_connection -------------------------------------------------------

  void set_listen_addrs(std::vector<multiaddr> addrs,
                        bytes signed_record) override;
  void hold(bool on, time_point now) override;
  void probe(time_point now, std::chrono::nanoseconds timeout) override;
  void tick(time_point now, session_observer& observer) override;
  time_point next_tick() const override;
  std::optional<stream_id> open_stream(std::vector<std::string> protocols,
                                       time_point now) override;
  void write(stream_id id, shared_bytes data) override;
  void write(stream_id id, std::span<shared_bytes> data) override;
  std::size_t buffered(stream_id id) const override;
  void close_stream(stream_id id) override;
  void reset_stream(stream_id id) override;
  void close() override;
  std::string handshake_problem() const override;
  bool ready() const noexcept override;
  bool closed() const noexcept override;
  const peer_id& remote_peer() const noexcept override;

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace grapevine::libp2p
