#pragma once

#include "app/http/session.hpp"
#include "app/http/tls_channel.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::app::http {

/// What stands between a client's session and its socket: nothing, or TLS. No
/// socket; the time is given.
class wire {
public:
  /// Bytes of the session's that are given to TLS at once: what waits there is
  /// out of the session's sight.
  static constexpr std::size_t piece = std::size_t{64} * 1024;

  /// With a context, TLS, whose handshake must be done by `handshake_until`.
  wire(session& with, const tls_context& context, time_point handshake_until);

  void receive(std::string_view data, time_point now);
  void end_of_input();

  /// What is to be written next, and that so much of it was.
  std::string_view output(time_point now);
  void sent(std::size_t count, time_point now);
  bool has_output() const noexcept;

  /// All is said, and written.
  bool said_all() const noexcept;

  /// When `is_late` has something to tell; never: `time_point::max()`.
  time_point deadline() const noexcept;
  /// The handshake has taken too long.
  bool is_late(time_point now) const noexcept { return deadline() <= now; }

private:
  session& session_;
  std::optional<tls_channel> tls_;
  time_point handshake_until_;
  bool closed_ = false;
};

} // namespace grapevine::app::http
