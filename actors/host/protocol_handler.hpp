#pragma once

#include "actors/host/peer_link.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/services/identify.hpp"
#include "proto/bytes.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine {

/// One protocol as a peer's actor speaks it, on streams of any of the peer's
/// connections. `peer_links` calls it within the actor's turns; it writes to
/// streams by their link's session, and opens and closes them by `peer_links`,
/// of which it must call nothing else meanwhile that changes the links.
///
/// Credit goes both ways: the connections are read only while every handler
/// takes more (`may_read`), and a handler is asked for more to write whenever
/// the connection takes it (`fill`).
class protocol_handler {
public:
  virtual ~protocol_handler() = default;

  // -- streams ----------------------------------------------------------------

  /// Whether streams of `protocol` that the peer opens are for this one.
  virtual bool speaks(std::string_view protocol) const = 0;

  /// Whether `stream` is one of its own.
  virtual bool owns(const link_stream& stream) const = 0;

  /// The peer opened a stream of a protocol that it speaks.
  virtual void accepted(const link_stream& stream,
                        const std::string& protocol) = 0;

  /// A stream that it opened is open; `protocol` was agreed.
  virtual void opened(const link_stream& stream,
                      const std::string& protocol) = 0;

  /// A stream that it opened will not be.
  virtual void refused(const link_stream& stream) = 0;

  /// Something arrived. The view is valid until this returns.
  virtual void data(const link_stream& stream, bytes_view data) = 0;

  /// The peer will send no more on the stream.
  virtual void ended(const link_stream& stream) = 0;

  /// The stream is gone in both directions.
  virtual void reset(const link_stream& stream) = 0;

  // -- the peer's connections -------------------------------------------------

  /// There is a further one.
  virtual void link_added(const link_ptr& link) = 0;

  /// One is gone, with its streams; there may be others.
  virtual void link_lost(const link_ptr& link) = 0;

  /// The peer has told what it is, or what has changed.
  virtual void identified(const libp2p::identify_info& info) = 0;

  /// All that the peer still says is to be passed over: it is being
  /// disconnected.
  virtual void leaving() = 0;

  /// The last connection is gone. The peer may come back.
  virtual void all_lost() = 0;

  // -- credit -----------------------------------------------------------------

  /// Whether more may be read now.
  virtual bool may_read() const noexcept = 0;

  /// Hands what waits for the peer to the link's session and writes it, as fast
  /// as it is taken. False if it has nothing to do there.
  virtual bool fill(const link_ptr& link) = 0;

  /// Bytes that wait for the peer.
  virtual std::size_t waiting() const = 0;

  /// How long a connection may take nothing of what waits.
  virtual std::chrono::milliseconds write_patience() const = 0;

  // -- turns ------------------------------------------------------------------

  /// The sessions have finished reporting what is in this turn: streams may be
  /// opened and moved.
  virtual void settle() = 0;

  /// Before output is written; or why the peer is to be disconnected.
  virtual std::optional<std::string> before_write() = 0;

  /// What could be written has been.
  virtual void after_write() = 0;

  /// Whether the connections are read from now on; if not, it is our fault that
  /// nothing moves.
  virtual void note_reading(bool on, time_point now) = 0;

  /// Does what is due.
  virtual void tick(time_point now) = 0;

  /// When `tick` is due next.
  virtual time_point next_due(time_point now) const = 0;

  /// While the actor stops, at the end of each turn: ends its streams once all
  /// that waited has been taken, and tells whether there is nothing left to
  /// wait for.
  virtual bool finished(time_point now) = 0;
};

} // namespace grapevine
