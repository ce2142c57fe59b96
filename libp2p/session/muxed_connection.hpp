#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/base/types.hpp"
#include "libp2p/identity/keys.hpp"
#include "libp2p/identity/peer_id.hpp"
#include "libp2p/services/identify.hpp"
#include "proto/bytes.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace grapevine::libp2p {

/// Why a session ended, or never began.
enum class session_error {
  /// The other side does not hold the key of this node's private network.
  wrong_network,
  /// The other side answered no protocol that this node speaks.
  no_common_protocol,
  /// A multistream message was malformed.
  bad_negotiation,
  /// The security handshake failed: malformed, or a wrong signature.
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

/// An authenticated connection of many streams, whatever carries it: what the
/// owner of a connection does with it. Time is a parameter, what happens is an
/// event.
class muxed_connection {
public:
  virtual ~muxed_connection() = default;

  /// Addresses that identify tells the peer; may change at any time, connected
  /// peers get a push. The same ones again are not sent.
  virtual void set_listen_addrs(std::vector<multiaddr> addrs,
                                bytes signed_record) = 0;

  /// Tells that the caller stops (true) or resumes (false) feeding what has
  /// arrived: meanwhile the other side's silence does not count as vanishing.
  virtual void hold(bool on, time_point now) = 0;

  /// Asks the other side for a sign of life at once: the connection ends unless
  /// a ping is answered (`ping_measured`) or anything else comes within
  /// `timeout`. Only after `session_ready`.
  virtual void probe(time_point now, std::chrono::nanoseconds timeout) = 0;

  /// Does what is due by `now`: deadlines, keepalive pings.
  virtual void tick(time_point now, session_observer& observer) = 0;

  /// When `tick` is due next.
  virtual time_point next_tick() const = 0;

  /// Opens a stream and negotiates the first of `protocols` that the other side
  /// speaks. Only after `session_ready`. Nothing when the limit of streams is
  /// reached or the connection is over.
  virtual std::optional<stream_id>
  open_stream(std::vector<std::string> protocols, time_point now) = 0;

  /// Queues `data` on an open stream; sent as far as its window allows, the
  /// rest when the window grows. Ignored for unknown streams and those not yet
  /// opened. Beyond `max_buffered` the stream is reset.
  virtual void write(stream_id id, shared_bytes data) = 0;

  /// The same for many at once, none of them null; they are taken.
  virtual void write(stream_id id, std::span<shared_bytes> data) = 0;

  /// Bytes queued on the stream that its window holds back or that have not yet
  /// been taken as output. The caller's measure of back-pressure.
  virtual std::size_t buffered(stream_id id) const = 0;

  /// Ends the sending direction (what is queued is sent first).
  virtual void close_stream(stream_id id) = 0;

  /// Ends both directions at once.
  virtual void reset_stream(stream_id id) = 0;

  /// Says go-away to the other side, behind what its windows let it have, and
  /// ends the connection.
  virtual void close() = 0;

  /// For people, in printable ASCII: what the other side lacks, or who it is
  /// instead, if that is why the handshake does not come to its end; empty if
  /// it is not known.
  virtual std::string handshake_problem() const = 0;

  virtual bool ready() const noexcept = 0;
  virtual bool closed() const noexcept = 0;
  virtual const peer_id& remote_peer() const noexcept = 0;
};

} // namespace grapevine::libp2p
