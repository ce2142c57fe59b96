#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/base/limits.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/base/types.hpp"
#include "libp2p/identity/keys.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "libp2p/secure/noise.hpp"
#include "libp2p/services/identify.hpp"
#include "proto/bytes.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace grapevine::libp2p {

/// Why a session ended, or never began.
enum class session_error {
  /// The other side answered no protocol that this node speaks.
  no_common_protocol,
  /// A multistream message was malformed.
  bad_negotiation,
  /// The Noise handshake failed: malformed, or a wrong signature.
  bad_handshake,
  /// The peer proved another identity than the one that was dialled.
  wrong_peer,
  /// The peer is this node itself.
  self_dial,
  /// An encrypted record did not authenticate.
  bad_record,
  /// The multiplexer's rules were broken (unknown type, window overrun, …).
  bad_frame,
  /// A limit of `limits.hpp` was exceeded.
  limit_exceeded,
  /// The handshake took longer than its deadline.
  handshake_timeout,
  /// No ping was answered in time: the peer has vanished.
  ping_timeout,
  /// The other side said go-away.
  go_away,
};

std::string to_string(session_error code);

/// What a node's sessions have in common. Shared by all of them, never changed.
struct session_config {
  /// This node's key, and its Noise static key signed with it.
  std::shared_ptr<const noise_identity> identity;
  session_limits limits;
  /// Protocols of streams that the other side may open, besides identify,
  /// identify push and ping, which the session serves by itself.
  std::vector<std::string> inbound_protocols;
  /// As identify tells them.
  std::string agent_version;
  std::string protocol_version;
};

// -- what a session reports ---------------------------------------------------

/// The handshake is done: the other side is `peer`; streams may be opened.
struct session_ready {
  peer_id peer;
  public_key key;
};

/// The other side's identify, or its push of a newer one. Its key, where there
/// is one, is the one that the handshake proved. Never comes from a peer that
/// does not speak identify.
struct peer_identified {
  identify_info info;
  bool push = false;
};

/// The other side opened a stream of `protocol`, one of inbound_protocols.
struct stream_accepted {
  stream_id id;
  std::string protocol;
};

/// A stream that `open_stream` asked for is open; `protocol` was agreed.
struct stream_opened {
  stream_id id;
  std::string protocol;
};

/// A stream that `open_stream` asked for will not be: the other side speaks
/// none of the protocols, or did not answer in time.
struct stream_refused {
  stream_id id;
};

/// Data that arrived on a stream. The view is valid until the next call of a
/// non-const member of the session.
struct stream_data {
  stream_id id;
  bytes_view data;
};

/// The other side will send no more on this stream.
struct stream_ended {
  stream_id id;
};

/// The stream is gone in both directions: the other side reset it, or the
/// session did because more was written to it than `max_buffered` allows. Not
/// reported for the caller's own `reset_stream`.
struct stream_reset {
  stream_id id;
};

/// A ping was answered.
struct ping_measured {
  std::chrono::nanoseconds round_trip;
};

/// The session is over; nothing follows. What `take_output` still gives should
/// be written before the socket is closed. Not reported for the caller's own
/// `close`.
struct session_closed {
  session_error why;
};

using session_event =
    std::variant<session_ready, peer_identified, stream_accepted, stream_opened,
                 stream_refused, stream_data, stream_ended, stream_reset,
                 ping_measured, session_closed>;

/// Takes a session's events, in order, while `receive` and its like run. It
/// must not call back into the session.
class session_observer {
public:
  virtual ~session_observer() = default;
  virtual void on_event(const session_event& event) = 0;
};

/// One libp2p connection without its socket: multistream-select, Noise, yamux,
/// identify and ping over bytes in and bytes out. The caller moves bytes
/// between it and a socket, tells it the time, and acts on its events.
class session {
public:
  /// `remote` is the socket's other end (told to the peer by identify);
  /// `expected` the identity that was dialled, if known; `ephemeral_seed` 32
  /// random bytes for this handshake alone.
  session(std::shared_ptr<const session_config> config, role who,
          multiaddr remote, std::optional<peer_id> expected,
          std::span<const std::uint8_t, 32> ephemeral_seed, time_point now);
  session(session&&) noexcept;
  session& operator=(session&&) noexcept;
  ~session();

  /// Addresses that identify tells the peer; may change at any time, connected
  /// peers get a push. The same ones again are not sent.
  void set_listen_addrs(std::vector<multiaddr> addrs, bytes signed_record);

  /// Feeds what was read from the socket. Not to call it is how a caller holds
  /// the other side back; see `hold`.
  void receive(bytes_view data, time_point now, session_observer& observer);

  /// The same, and decrypts within `data`, which saves a copy and the memory
  /// for it. The views of `stream_data` then lie in `data`, too.
  void receive_in_place(std::span<std::uint8_t> data, time_point now,
                        session_observer& observer);

  /// Tells that the caller stops (true) or resumes (false) feeding what has
  /// arrived: meanwhile the other side's silence does not count as vanishing.
  void hold(bool on, time_point now);

  /// Asks the other side for a sign of life at once: the session ends unless a
  /// ping is answered (`ping_measured`) or anything else comes within
  /// `timeout`. Only after `session_ready`.
  void probe(time_point now, std::chrono::nanoseconds timeout);

  /// Does what is due by `now`: deadlines, keepalive pings.
  void tick(time_point now, session_observer& observer);

  /// When `tick` is due next.
  time_point next_tick() const;

  /// Opens a stream and negotiates the first of `protocols` that the other side
  /// speaks. Only after `session_ready`. Nothing when the limit of streams is
  /// reached or the session is over.
  std::optional<stream_id> open_stream(std::vector<std::string> protocols,
                                       time_point now);

  /// Queues `data` on an open stream; sent as far as its window allows, the
  /// rest when the window grows. Ignored for unknown streams and those not yet
  /// opened. Beyond `max_buffered` the stream is reset.
  void write(stream_id id, shared_bytes data);

  /// The same for many at once, none of them null; they are taken.
  void write(stream_id id, std::span<shared_bytes> data);

  /// Bytes queued on the stream that its window holds back or that have not yet
  /// been taken as output. The caller's measure of back-pressure.
  std::size_t buffered(stream_id id) const;

  /// Ends the sending direction (what is queued is sent first).
  void close_stream(stream_id id);

  /// Ends both directions at once.
  void reset_stream(stream_id id);

  /// Says go-away to the other side, behind what its windows let it have, and
  /// ends the session.
  void close();

  /// Encrypts what waits, as full records as there is data for, and appends it
  /// to `out` until `out` holds about `budget` bytes.
  void take_output(bytes& out, std::size_t budget);

  /// Whether `take_output` would give anything.
  bool has_output() const;

  bool ready() const noexcept;
  bool closed() const noexcept;
  const peer_id& remote_peer() const noexcept;

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace grapevine::libp2p
