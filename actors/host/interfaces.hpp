#pragma once

#include "actors/host/socket.hpp"
#include "libp2p/address/ip_address.hpp"
#include "proto/expected.hpp"

#include <string>
#include <vector>

namespace grapevine {

/// An address of one of the machine's network interfaces that are up.
struct interface_address {
  libp2p::ip_address ip;
  /// The interface's name and number.
  std::string name;
  unsigned index = 0;
  /// Whether it carries multicast.
  bool multicast = false;

  friend bool operator==(const interface_address&,
                         const interface_address&) = default;
};

/// All of them, in the system's order; or why they cannot be found out.
expected<std::vector<interface_address>, socket_error> interface_addresses();

/// Their IP addresses alone.
std::vector<libp2p::ip_address>
ips_of(const std::vector<interface_address>& interfaces);

/// A socket that can be read whenever the interfaces or their addresses have
/// changed (netlink; rtnetlink(7)). What is read says no more than that.
expected<unique_fd, socket_error> open_interface_events();

} // namespace grapevine
