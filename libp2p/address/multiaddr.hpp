#pragma once

#include "libp2p/identity/peer_id.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::libp2p {

/// The multicodec numbers of the protocols that an address may name.
enum class addr_protocol : std::uint32_t {
  ip4 = 4,
  tcp = 6,
  ip6 = 41,
  ip6zone = 42,
  dns = 53,
  dns4 = 54,
  dns6 = 55,
  dnsaddr = 56,
  udp = 273,
  webrtc_direct = 280,
  webrtc = 281,
  p2p_circuit = 290,
  unix_socket = 400,
  p2p = 421,
  tls = 448,
  sni = 449,
  quic_v1 = 461,
  webtransport = 465,
  certhash = 466,
  ws = 477,
  wss = 478,
  memory = 777,
};

/// Limits of one address. Together they keep its text below `max_addr_text`,
/// so that every binary address can be written and read again.
/// Longest text, in characters; an identify message of 8 KiB holds some.
inline constexpr std::size_t max_addr_text = 1024;
/// Longest binary form, in bytes.
inline constexpr std::size_t max_addr_binary = 512;
/// Most protocols in one address; known uses stay below ten.
inline constexpr std::size_t max_addr_components = 16;

/// Why a text or bytes are no multiaddr.
struct multiaddr_error {
  /// For people: which part is wrong and what was expected there.
  std::string reason;
};

/// A self-describing network address, e.g. `/ip4/1.2.3.4/tcp/4001/p2p/12D3…`
/// (multiformats/multiaddr). Immutable; text and binary forms round-trip
/// exactly.
class multiaddr {
public:
  /// One protocol with its value, as text: `{ip4, "1.2.3.4"}`.
  struct component {
    addr_protocol protocol;
    std::string value;
  };

  multiaddr() = default;

  /// From text. Slashes at its end are ignored and `/ipfs/ID` is read as
  /// `/p2p/ID`, as other implementations do.
  static expected<multiaddr, multiaddr_error> from_text(std::string_view text);

  /// From the binary form. Protocols other than those above are an error: a
  /// caller that has many addresses skips such.
  static expected<multiaddr, multiaddr_error> from_bytes(bytes_view binary);

  /// `/ip4/A/tcp/P` or `/ip6/A/tcp/P` of an address as inet_ntop prints it. An
  /// IPv4-mapped IPv6 address, as dual-stack sockets give it, becomes ip4.
  /// Throws std::invalid_argument when `ip` is no address.
  static multiaddr from_ip_tcp(std::string_view ip, std::uint16_t port);

  std::string to_text() const;
  const bytes& binary() const noexcept { return binary_; }
  std::vector<component> components() const;
  bool empty() const noexcept { return binary_.empty(); }

  /// The value of the first component of `protocol`, if any.
  std::optional<std::string> value_of(addr_protocol protocol) const;

  /// The peer id of the last component, where that is `p2p`.
  std::optional<peer_id> peer() const;

  /// The same address with `/p2p/ID` at its end (replaced if it has one).
  /// Nothing can follow a `unix` path: such an address comes back as it is.
  /// Throws std::invalid_argument when `id` is empty.
  multiaddr with_peer(const peer_id& id) const;

  /// The same address without `/p2p/ID` at its end.
  multiaddr without_peer() const;

  friend bool operator==(const multiaddr&, const multiaddr&) = default;

private:
  bytes binary_;
};

} // namespace grapevine::libp2p
