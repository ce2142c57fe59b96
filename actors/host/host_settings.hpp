#pragma once

#include "libp2p/secure/security_kind.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace grapevine {

/// Who is asked for names: `ADDR`, `ADDR:PORT` or `[ADDR]:PORT`.
struct name_server {
  std::string text;

  friend bool operator==(const name_server&, const name_server&) = default;
};

/// What of a node's settings concerns connections alone.
struct host_settings {
  /// Handshakes under way at once that others began with one listener, and of
  /// these from one IPv4 address or one /64 of IPv6.
  std::size_t max_handshakes = 256;
  std::size_t max_handshakes_per_address = 128;

  /// Connections a second that one IPv4 address or one /64 of IPv6 may begin;
  /// ten times as many at once after a pause.
  std::size_t connections_per_second = 32;

  /// Name resolution, connect and handshake together.
  std::chrono::milliseconds dial_timeout{15'000};

  /// How connections are encrypted, the preferred way first. Empty: as
  /// go-libp2p has it, by TLS or Noise.
  std::vector<libp2p::security_kind> security;

  /// Empty: the system's servers.
  std::vector<name_server> dns_servers;
};

} // namespace grapevine
