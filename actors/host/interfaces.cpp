#include "actors/host/interfaces.hpp"

#include <algorithm>
#include <cerrno>
#include <ifaddrs.h>
#include <iterator>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <memory>
#include <net/if.h>
#include <netinet/in.h>
#include <optional>
#include <system_error>

namespace grapevine {

namespace {

socket_error failure(const std::string& what, int code) {
  return {code, what + ": " + std::generic_category().message(code)};
}

std::optional<libp2p::ip_address> ip_of(const sockaddr* addr) {
  if (addr == nullptr)
    return std::nullopt;
  const auto bytes_of = [](const auto& ip) {
    return libp2p::ip_address::from_bytes(
        {reinterpret_cast<const std::uint8_t*>(&ip), sizeof(ip)});
  };
  if (addr->sa_family == AF_INET)
    return bytes_of(reinterpret_cast<const sockaddr_in*>(addr)->sin_addr);
  if (addr->sa_family == AF_INET6)
    return bytes_of(reinterpret_cast<const sockaddr_in6*>(addr)->sin6_addr);
  return std::nullopt;
}

} // namespace

expected<std::vector<interface_address>, socket_error> interface_addresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0)
    return unexpected{
        failure("cannot find out this machine's addresses", errno)};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner{
      list, &::freeifaddrs};
  std::vector<interface_address> result;
  for (const auto* i = list; i != nullptr; i = i->ifa_next) {
    const auto ip = ip_of(i->ifa_addr);
    if (!ip || (i->ifa_flags & IFF_UP) == 0)
      continue;
    result.push_back({*ip, i->ifa_name, ::if_nametoindex(i->ifa_name),
                      (i->ifa_flags & IFF_MULTICAST) != 0});
  }
  return result;
}

std::vector<libp2p::ip_address>
ips_of(const std::vector<interface_address>& interfaces) {
  std::vector<libp2p::ip_address> result;
  std::ranges::transform(interfaces, std::back_inserter(result),
                         &interface_address::ip);
  return result;
}

expected<unique_fd, socket_error> open_interface_events() {
  unique_fd fd{::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
                        NETLINK_ROUTE)};
  sockaddr_nl where{};
  where.nl_family = AF_NETLINK;
  // An interface that goes down keeps its IPv4 addresses.
  where.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (!fd
      || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&where),
                sizeof(where))
             != 0)
    return unexpected{failure("cannot open netlink", errno)};
  return fd;
}

} // namespace grapevine
