#pragma once

#include "actors/host/socket.hpp"
#include "app/client/tls_session.hpp"
#include "app/console/signals.hpp"
#include "proto/expected.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace grapevine::app::client {

/// Until when a call may take.
using deadline = std::chrono::steady_clock::time_point;

/// Why bytes do not go on their way.
struct stream_error {
  enum class kind {
    /// The time is over.
    late,
    /// The program is to stop.
    stopped,
    /// `code`, which is errno, tells why.
    failed,
    /// No machine has the name; `text` says it.
    no_such_name,
    /// TLS does not come about, or ends; `text` says of the node why.
    no_tls,
  };

  kind what;
  int code = 0;
  std::string text{};
};

/// A connection to a node's API, over TLS if it is there. Each call waits, but
/// not beyond its deadline nor for longer than until the flag is raised; only
/// that a name is looked up takes the time that it takes.
class byte_stream {
public:
  /// `tls` is needed if the node speaks it.
  static expected<byte_stream, stream_error> open(const node_place& where,
                                                  const http::tls_context& tls,
                                                  deadline until,
                                                  const stop_flag& stop);

  expected<void, stream_error> write(std::string_view data, deadline until);

  /// Reads what has come; 0: the node has closed.
  expected<std::size_t, stream_error> read(std::span<char> buffer,
                                           deadline until);

  /// What was sent is here already: a read does not wait, though `fd` may not
  /// be readable.
  bool can_read() const { return tls_ && tls_->can_read(); }

  /// Whether the node has closed, or said what nobody asked for.
  bool is_stale();

  /// To be polled for reading, unless one can read already.
  int fd() const noexcept { return fd_.get(); }

private:
  byte_stream(unique_fd fd, const stop_flag& stop)
      : fd_{std::move(fd)}, stop_{&stop} {}

  static expected<byte_stream, stream_error> open_unix(const std::string& path,
                                                       const stop_flag& stop);
  static expected<byte_stream, stream_error>
  open_tcp(const node_place& where, deadline until, const stop_flag& stop);
  static expected<byte_stream, stream_error>
  open_at(const endpoint& where, deadline until, const stop_flag& stop);

  expected<void, stream_error> wait(short events, deadline until) const;
  expected<void, stream_error> finish_connect(deadline until) const;
  expected<void, stream_error> write_wire(std::string_view data,
                                          deadline until);
  expected<std::size_t, stream_error> read_wire(std::span<char> buffer,
                                                deadline until);
  expected<void, stream_error> shake_hands(deadline until);
  expected<std::size_t, stream_error> read_tls(std::span<char> buffer,
                                               deadline until);
  expected<void, stream_error> flush(deadline until);
  expected<std::size_t, stream_error> feed(deadline until);
  unexpected<stream_error> tls_failed() const;

  unique_fd fd_;
  const stop_flag* stop_;
  std::unique_ptr<tls_session> tls_;
};

} // namespace grapevine::app::client
