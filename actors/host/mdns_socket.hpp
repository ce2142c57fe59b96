#pragma once

#include "actors/host/interfaces.hpp"
#include "actors/host/socket.hpp"
#include "libp2p/address/ip_address.hpp"
#include "messages/mdns.hpp"
#include "proto/expected.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace grapevine {

/// The interfaces on which peers may be looked for: those that carry multicast
/// and whose IPv4 addresses are all private or link-local, or that have none
/// and whose IPv6 addresses all are. On one that is (also) at a public address
/// the node stays silent; but where there are private IPv4 addresses, public
/// ones of IPv6 are what every machine of a private network has.
std::vector<lan_interface>
lan_interfaces(const std::vector<interface_address>& interfaces);

/// mDNS is spoken in both, each with its own group: 224.0.0.251 and ff02::fb.
enum class ip_version : std::uint8_t { ip4, ip6 };

inline constexpr std::array ip_versions{ip_version::ip4, ip_version::ip6};

/// Whether peers are looked for on an interface with this version.
bool speaks(const lan_interface& on, ip_version version) noexcept;

/// A socket at mDNS's port (5353), which it shares with other programs, that
/// has joined no interface yet.
expected<unique_fd, socket_error> open_mdns_socket(ip_version version);

/// Hears what is sent to mDNS's group on an interface, or does so no more.
expected<void, socket_error> join_mdns(int fd, ip_version version,
                                       unsigned index);
void leave_mdns(int fd, ip_version version, unsigned index) noexcept;

/// Sends to the group on an interface. What does not get out is not missed: it
/// will be asked for again.
void send_mdns(int fd, ip_version version, unsigned index,
               bytes_view datagram) noexcept;

/// A datagram that was read.
struct mdns_arrival {
  io_status status = io_status::would_block;
  /// How much of the buffer it takes; 0 if it did not come to the group, or is
  /// larger.
  std::size_t size = 0;
  libp2p::ip_address from;
  unsigned index = 0;
};

mdns_arrival read_mdns_socket(int fd, std::span<std::uint8_t> buffer) noexcept;

} // namespace grapevine
