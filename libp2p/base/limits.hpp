#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace grapevine::libp2p {

/// Bytes in a KiB.
inline constexpr std::uint32_t kib = 1024;

/// What one connection may cost this node before its peer is known to be
/// honest, and after. Every number is checked before memory is spent. The
/// comments name what is bounded, why this number, and who else uses it.
struct session_limits {
  // -- time -------------------------------------------------------------------

  /// From the socket being open to `session_ready`: multistream, security
  /// and the muxer. Three to five round trips and two signatures fit easily
  /// even at 500 ms; a peer that holds a half-open connection costs a
  /// descriptor. rust: 10 s; go: 15 s for an inbound one.
  std::chrono::milliseconds handshake_timeout{10'000};

  /// From the socket being open to the first bytes of the other side: whoever
  /// dials speaks at once. Three round trips of a bad line.
  std::chrono::milliseconds first_bytes_timeout{3'000};

  /// From a stream being opened to its protocol being agreed, in either
  /// direction. go and rust: 10 s.
  std::chrono::milliseconds negotiation_timeout{10'000};

  /// From asking for identify to its end; the same figure as a negotiation's.
  /// go: 5 s, formerly 30 s; rust: 60 s.
  std::chrono::milliseconds identify_timeout{10'000};

  /// How long the other side may be silent before it is pinged; the dialer
  /// waits an eighth less, so that of two idle sides one pings. Who speaks is
  /// pinged after four times as long. That its machine is there the transport
  /// finds out for less, without waking either process; a ping tells whether
  /// its program is. rust: 15 s between two pings, always; go: 30 s.
  std::chrono::milliseconds ping_interval{60'000};

  /// How long one ping may stay unanswered. A program that hangs is noticed
  /// within interval + timeout: 80 s. rust: 20 s; yamux in go 10 s.
  std::chrono::milliseconds ping_timeout{20'000};

  /// How long other data excuses a pong that does not come: it may wait behind
  /// a long queue, but not for ever.
  std::chrono::milliseconds pong_excuse{60'000};

  /// How long a socket may take nothing while output waits for it. go: 30 s for
  /// one RPC.
  std::chrono::milliseconds write_timeout{30'000};

  // -- negotiation ------------------------------------------------------------

  /// One multistream-select message with its newline, in bytes. Protocol ids
  /// are some tens of bytes long. js: 1024; rust: 16 KiB; go: 64 KiB.
  std::size_t max_multistream_message = 1024;

  /// Proposals (and `ls`) in one negotiation before it fails. A dialer seldom
  /// knows more than a handful of versions of one protocol; without this bound
  /// a stream could negotiate for as long as its deadline allows at full speed.
  /// Nobody else states one.
  std::size_t max_multistream_rounds = 32;

  /// Streams of one connection, opened by the peer, that are still negotiating.
  /// Each holds up to one multistream message. go: 128 for all its connections
  /// together; an honest peer has two or three.
  std::size_t max_pending_negotiations = 32;

  // -- handshake --------------------------------------------------------------

  /// One message of a security protocol's handshake, in bytes. The largest
  /// honest one carries an RSA-8192 key (1 KiB) and its signature (1 KiB);
  /// Noise's format allows 65535. All that TLS sends may be twice as much.
  std::size_t max_handshake_message = std::size_t{8} * kib;

  // -- identify ---------------------------------------------------------------

  /// One identify message, in bytes. go and js: 8 KiB; rust: 4 KiB, hence
  /// what we write is split there.
  std::size_t max_identify_message = std::size_t{8} * kib;

  /// All messages of one identify together, in bytes, and how many there may
  /// be. go: 10 messages, thus 80 KiB.
  std::size_t max_identify_total = std::size_t{64} * kib;
  std::size_t max_identify_messages = 10;

  /// Addresses and protocols that are kept of one identify; what exceeds them
  /// is dropped, not an error. go keeps 500 addresses.
  std::size_t max_identify_addresses = 128;
  std::size_t max_identify_protocols = 512;

  // -- multiplexing -----------------------------------------------------------

  /// Streams open at once that the peer opened. libp2p opens one per protocol,
  /// for good (pubsub) or for one question (identify, ping). A further one is
  /// reset. go: 256 for a peer; rust's yamux: 512 both ways.
  std::size_t max_inbound_streams = 128;

  /// Streams open at once that this node opened; `open_stream` then gives
  /// nothing.
  std::size_t max_outbound_streams = 128;

  /// Ping streams that the peer may have open at once; libp2p/specs, ping/
  /// says two.
  std::size_t max_inbound_ping_streams = 2;

  /// Streams we opened that the peer has not acknowledged. yamux's
  /// specification, go and rust: 256.
  std::size_t max_ack_backlog = 256;

  /// A stream's receive window to begin with, in bytes. Fixed by yamux.
  std::uint32_t initial_window = 256 * kib;

  /// How far a stream's receive window may grow, in bytes: how much of one
  /// stream we may have to hold while its reader is busy. It bounds a stream's
  /// rate to window / round trip: 1 MiB gives 80 Mbit/s at 100 ms, and covers
  /// the largest RPC. go: 16 MiB; rust: 1 GiB for a connection's streams
  /// together.
  std::uint32_t max_window = 1024 * kib;

  /// One yamux data frame that we send, in bytes. Smaller frames let control
  /// pass between; larger ones save headers. It fits into one record.
  /// rust: 16 KiB; go: 64 KiB.
  std::uint32_t max_frame_payload = 16 * kib;

  // -- memory -----------------------------------------------------------------

  /// Bytes that wait to be sent on one connection, all streams together. More
  /// than the largest RPC and its queue; a caller that respects `buffered()`
  /// never meets it. Beyond, the stream is reset.
  std::size_t max_buffered = std::size_t{4096} * kib;

  /// Bytes that wait to be sent as answers to the peer's own requests (pongs,
  /// window updates, resets, `na`, echoes). A peer that asks but does not read
  /// must not make us store its answers. Beyond, the session ends.
  std::size_t max_reply_buffered = std::size_t{64} * kib;
};

} // namespace grapevine::libp2p
