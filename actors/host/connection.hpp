#pragma once

#include "actors/host/byte_stream.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/base/time_point.hpp"
#include "libp2p/session/session.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace grapevine {

/// A stream of bytes and its session: moves bytes between the two. Belongs to
/// one actor at a time; everything happens in that actor's turns.
class connection {
public:
  connection(byte_stream_ptr stream, libp2p::session session, libp2p::role who,
             libp2p::multiaddr remote);

  /// Reads what the socket has, up to `budget` bytes so that no peer holds a
  /// thread for long, and feeds it to the session.
  void read(std::size_t budget, time_point now,
            libp2p::session_observer& observer);

  /// Writes what the session wants sent, until the socket takes no more.
  void write();

  /// Asks the reactor for the next event: readable unless `read` is false (the
  /// back-pressure), writable when output waits.
  void arm(bool read);

  /// The reactor has spoken: nothing is armed now. Its first word to an owner
  /// confirms that it may arm.
  void on_ready(const socket_ready& msg) noexcept;

  /// Hands it to another actor.
  void assign(const socket_owner& owner);

  /// Whether the stream or the session has ended, and why.
  bool ended() const noexcept;
  const std::string& reason() const noexcept { return reason_; }

  /// Ends it for `reason`, if it has not ended yet.
  void fail(std::string reason);

  /// Says why it is about to end, once.
  void explain(std::string reason);

  /// Whether output waits that the socket has not taken.
  bool has_output() const { return !pending_.empty() || session_.has_output(); }

  /// Bytes that the socket has taken so far.
  std::uint64_t taken() const noexcept { return taken_; }

  /// Bytes that came on it so far.
  std::uint64_t received() const noexcept { return received_; }

  /// Bytes written that the other side's system has not acknowledged.
  std::size_t unacknowledged() const { return stream_->unacknowledged(); }

  /// See `byte_stream`.
  bool stranded() const { return stream_->stranded(); }
  std::optional<std::chrono::microseconds> round_trip() const {
    return stream_->round_trip();
  }

  libp2p::muxed_connection& session() noexcept { return session_; }
  const libp2p::muxed_connection& session() const noexcept { return session_; }
  socket_id id() const noexcept { return stream_->id(); }
  libp2p::role role() const noexcept { return role_; }
  const libp2p::multiaddr& remote() const noexcept { return remote_; }

private:
  bool write_pending();
  void keep_unwritten(bytes_view data);

  byte_stream_ptr stream_;
  libp2p::session session_;
  libp2p::role role_;
  libp2p::multiaddr remote_;
  /// Encrypted, not yet taken by the socket; its first `written_` bytes are.
  bytes pending_;
  std::size_t written_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t received_ = 0;
  bool confirmed_ = false;
  // What the reactor is to report.
  bool armed_read_ = false;
  bool armed_write_ = false;
  bool stream_ended_ = false;
  std::string reason_;
};

using connection_ptr = std::shared_ptr<connection>;

/// Keeps a session's events for a later owner of the connection.
class event_recorder : public libp2p::session_observer {
public:
  void on_event(const libp2p::session_event& event) override;

  /// Gives all events to `observer`, in order, once.
  void replay(libp2p::session_observer& observer);

  /// Why the session closed, if it did.
  std::string close_reason() const;
  /// The same; nothing if it did not.
  std::optional<libp2p::session_error> closed_for() const;

private:
  // The second holds the data that a `stream_data` sees.
  std::vector<std::pair<libp2p::session_event, bytes>> events_;
};

} // namespace grapevine
