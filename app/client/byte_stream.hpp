#pragma once

#include "actors/host/socket.hpp"
#include "app/console/signals.hpp"
#include "app/options/api_address.hpp"
#include "proto/expected.hpp"

#include <chrono>
#include <cstddef>
#include <span>
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
  };

  kind what;
  int code = 0;
};

/// A connection to a node's API. Each call waits, but not beyond its deadline
/// nor for longer than until the flag is raised.
class byte_stream {
public:
  static expected<byte_stream, stream_error>
  open(const api_address& where, deadline until, const stop_flag& stop);

  expected<void, stream_error> write(std::string_view data, deadline until);

  /// Reads what has come; 0: the node has closed.
  expected<std::size_t, stream_error> read(std::span<char> buffer,
                                           deadline until);

  /// Whether the node has closed, or said what nobody asked for.
  bool is_stale() const noexcept;

  /// To be polled for reading.
  int fd() const noexcept { return fd_.get(); }

private:
  byte_stream(unique_fd fd, const stop_flag& stop)
      : fd_{std::move(fd)}, stop_{&stop} {}

  expected<void, stream_error> wait(short events, deadline until) const;
  expected<void, stream_error> finish_connect(deadline until) const;

  unique_fd fd_;
  const stop_flag* stop_;
};

} // namespace grapevine::app::client
