#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "proto/expected.hpp"

#include <cstdint>
#include <string>

namespace grapevine::libp2p {

/// What it takes to dial an address: the one place that knows what this library
/// can dial.
struct dial_plan {
  /// Which addresses a name is looked up for.
  enum class family { any, ip4, ip6 };

  /// An IP address, or a name that has to be looked up.
  std::string host;
  bool is_name = false;
  family wanted = family::any;
  /// Of TCP; in text, as a resolver wants it.
  std::string port;
};

/// How to dial `address`, with or without `/p2p/ID` at its end; or why that is
/// not possible, to be put behind the address. Nothing of an address is passed
/// over: whoever asks for TLS, WebSocket, QUIC or a relay must not get a plain
/// TCP connection.
expected<dial_plan, std::string> plan_dial(const multiaddr& address);

} // namespace grapevine::libp2p
