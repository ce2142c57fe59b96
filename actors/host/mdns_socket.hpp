#pragma once

#include "actors/host/interfaces.hpp"
#include "actors/host/socket.hpp"
#include "libp2p/address/ip_address.hpp"
#include "messages/mdns.hpp"
#include "proto/expected.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace grapevine {

/// The interfaces on which peers may be looked for: those that carry multicast
/// and whose IPv4 addresses are all private or link-local. On one that is
/// (also) at a public address the node stays silent.
std::vector<lan_interface>
lan_interfaces(const std::vector<interface_address>& interfaces);

/// A socket at mDNS's port (5353), which it shares with other programs, that
/// has joined no interface yet.
expected<unique_fd, socket_error> open_mdns_socket();

/// Hears what is sent to mDNS's group on an interface, or does so no more.
expected<void, socket_error> join_mdns(int fd, unsigned index);
void leave_mdns(int fd, unsigned index) noexcept;

/// Sends to the group on an interface. What does not get out is not missed: it
/// will be asked for again.
void send_mdns(int fd, unsigned index, bytes_view datagram) noexcept;

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
