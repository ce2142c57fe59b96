#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "proto/expected.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace grapevine::libp2p {

/// The ways to carry bytes between nodes of which this library knows the
/// addresses.
enum class transport_kind {
  /// TCP over IPv4 or IPv6.
  tcp,
  /// Within the process, for tests: `/memory/N`.
  memory,
};

/// What every node offers.
inline constexpr std::array offered_transports{transport_kind::tcp};

/// What it takes to dial an address: the one place that knows what this library
/// can dial.
struct dial_plan {
  /// Which addresses a name is looked up for.
  enum class family { any, ip4, ip6 };
  /// Where a name is looked up: its addresses; what offers a service, with the
  /// port (SRV); addresses as text (dnsaddr). `name_lookup` does so.
  enum class lookup { host, service, text };

  transport_kind transport = transport_kind::tcp;
  /// An IP address, with `%INTERFACE` behind it where `/ip6zone` names one; or
  /// a name that has to be looked up; empty if the transport has neither.
  std::string host;
  bool is_name = false;
  lookup by = lookup::host;
  family wanted = family::any;
  /// Where at the host, in text; empty where looking up the name tells that.
  std::string port;
};

/// How to dial `address`, with or without `/p2p/ID` at its end, with one of the
/// `offered` transports; or why that is not possible, to be put behind the
/// address. Nothing of an address is passed over: whoever asks for TLS,
/// WebSocket, QUIC or a relay must not get a plain TCP connection.
expected<dial_plan, std::string>
plan_dial(const multiaddr& address,
          std::span<const transport_kind> offered = offered_transports);

/// The transport that listens on `address`; or why none does, likewise.
expected<transport_kind, std::string>
plan_listen(const multiaddr& address,
            std::span<const transport_kind> offered = offered_transports);

} // namespace grapevine::libp2p
