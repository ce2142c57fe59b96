#pragma once

#include "proto/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace grapevine::libp2p {

/// The protocol id of ping (libp2p/specs, ping/).
inline constexpr std::string_view ping_protocol = "/ipfs/ping/1.0.0";

/// Bytes in one ping.
inline constexpr std::size_t ping_size = 32;

/// Echoes pings, each as soon as it is whole, until the stream ends.
class ping_responder {
public:
  /// Takes bytes of the stream and appends the echoes that are due to `out`,
  /// never more bytes than came in since the last.
  void feed(bytes_view in, bytes& out);

private:
  std::array<std::uint8_t, ping_size> held_{};
  std::size_t fill_ = 0;
};

/// How a ping stands.
enum class ping_state {
  /// No ping is out.
  idle,
  /// A ping is out and its echo not yet complete.
  waiting,
  /// The stream broke the protocol: bytes that are no echo. Reset it.
  failed,
};

/// Sends pings on one stream, one at a time, and checks their echoes.
class ping_requester {
public:
  /// Appends a ping of `payload` (random, so that nobody can answer before) to
  /// `out`. Only when idle.
  void send(std::span<const std::uint8_t, ping_size> payload, bytes& out);

  /// Takes bytes of the stream; true when they complete the echo.
  bool feed(bytes_view in);

  ping_state state() const noexcept { return state_; }

private:
  std::array<std::uint8_t, ping_size> payload_{};
  std::size_t echoed_ = 0;
  ping_state state_ = ping_state::idle;
};

} // namespace grapevine::libp2p
