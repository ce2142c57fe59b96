#include "actors/host/mdns_socket.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace grapevine {

namespace {

using libp2p::ip_address;

constexpr std::uint16_t port = 5353;
constexpr std::uint32_t group4 = 0xe00000fb; // 224.0.0.251
constexpr in6_addr group6{
    {{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfb}}};

// IPV6_MULTICAST_ALL (Linux 4.20), which not all headers name.
constexpr int ipv6_multicast_all = 29;

socket_error mdns_failure(const std::string& what, int code) {
  return {code, what + ": " + std::generic_category().message(code)};
}

template <class T>
bool set_option(int fd, int level, int option, const T& value) noexcept {
  return ::setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

// -- what differs -------------------------------------------------------------

sockaddr_in at(std::uint32_t ip) noexcept {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(ip);
  return result;
}

sockaddr_in6 at(const in6_addr& ip, unsigned index) noexcept {
  sockaddr_in6 result{};
  result.sin6_family = AF_INET6;
  result.sin6_port = htons(port);
  result.sin6_addr = ip;
  result.sin6_scope_id = index;
  return result;
}

ip_mreqn membership4(unsigned index) noexcept {
  ip_mreqn result{};
  result.imr_multiaddr.s_addr = htonl(group4);
  result.imr_ifindex = static_cast<int>(index);
  return result;
}

ipv6_mreq membership6(unsigned index) noexcept {
  ipv6_mreq result{};
  result.ipv6mr_multiaddr = group6;
  result.ipv6mr_interface = index;
  return result;
}

template <class Address>
bool bind_to(int fd, const Address& where) noexcept {
  return ::bind(fd, reinterpret_cast<const sockaddr*>(&where), sizeof(where))
         == 0;
}

template <class Address>
void send_to(int fd, const Address& where, bytes_view datagram) noexcept {
  (void)!::sendto(fd, datagram.data(), datagram.size(), MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&where), sizeof(where));
}

// What comes to the group on interfaces that others have joined is not for this
// socket.
bool prepare4(int fd) noexcept {
  return set_option(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0)
         && set_option(fd, IPPROTO_IP, IP_PKTINFO, 1)
         && set_option(fd, IPPROTO_IP, IP_MULTICAST_TTL, 255)
         && bind_to(fd, at(INADDR_ANY));
}

// An old kernel does not tell, and gives it some more to pass over.
bool prepare6(int fd) noexcept {
  (void)set_option(fd, IPPROTO_IPV6, ipv6_multicast_all, 0);
  return set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1)
         && set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
         && set_option(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 255)
         && bind_to(fd, at(in6addr_any, 0));
}

// -- what was read ------------------------------------------------------------

struct arrived_on {
  bool to_group = false;
  unsigned index = 0;
};

template <class Info>
Info data_of(const cmsghdr& part) noexcept {
  Info info{};
  std::memcpy(&info, CMSG_DATA(&part), sizeof(info));
  return info;
}

// Where a datagram came to; nothing if it was not told.
std::optional<arrived_on> where_to(msghdr& msg) noexcept {
  for (auto* part = CMSG_FIRSTHDR(&msg); part != nullptr;
       part = CMSG_NXTHDR(&msg, part)) {
    if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
      const auto info = data_of<in_pktinfo>(*part);
      return arrived_on{info.ipi_addr.s_addr == htonl(group4),
                        static_cast<unsigned>(info.ipi_ifindex)};
    }
    if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
      const auto info = data_of<in6_pktinfo>(*part);
      return arrived_on{std::memcmp(&info.ipi6_addr, &group6, sizeof(group6))
                            == 0,
                        info.ipi6_ifindex};
    }
  }
  return std::nullopt;
}

ip_address ip_of(const sockaddr_storage& from) noexcept {
  const auto raw = [](const auto& ip) {
    return ip_address::from_bytes(
        {reinterpret_cast<const std::uint8_t*>(&ip), sizeof(ip)});
  };
  return (from.ss_family == AF_INET6
              ? raw(reinterpret_cast<const sockaddr_in6&>(from).sin6_addr)
              : raw(reinterpret_cast<const sockaddr_in&>(from).sin_addr))
      .value_or(ip_address{});
}

} // namespace

// -- interfaces ---------------------------------------------------------------

std::vector<lan_interface>
lan_interfaces(const std::vector<interface_address>& interfaces) {
  std::vector<lan_interface> result;
  for (const auto& one : interfaces) {
    const auto any = [&](const auto& what) {
      return std::ranges::any_of(interfaces, [&](const auto& other) {
        return other.index == one.index && what(other.ip);
      });
    };
    const bool ip4 = any([](const auto& ip) { return ip.is_v4(); });
    const bool is_public = any(
        [&](const auto& ip) { return ip.is_v4() == ip4 && !ip.is_private(); });
    const lan_interface found{one.index, one.name, ip4, any([](const auto& ip) {
                                return ip.is_link_local6();
                              })};
    if (one.multicast && !one.ip.is_loopback() && !is_public
        && (found.ip4 || found.ip6)
        && std::ranges::find(result, found) == result.end())
      result.push_back(found);
  }
  return result;
}

bool speaks(const lan_interface& on, ip_version version) noexcept {
  return version == ip_version::ip4 ? on.ip4 : on.ip6;
}

// -- sockets ------------------------------------------------------------------

expected<unique_fd, socket_error> open_mdns_socket(ip_version version) {
  const bool ip4 = version == ip_version::ip4;
  unique_fd fd{::socket(ip4 ? AF_INET : AF_INET6,
                        SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  // Other programs of this machine speak mDNS, too.
  if (!fd || !set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1)
      || !(ip4 ? prepare4(fd.get()) : prepare6(fd.get())))
    return unexpected{mdns_failure("cannot open mDNS's port 5353", errno)};
  return fd;
}

expected<void, socket_error> join_mdns(int fd, ip_version version,
                                       unsigned index) {
  const bool joined =
      version == ip_version::ip4
          ? set_option(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership4(index))
          : set_option(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, membership6(index));
  if (!joined && errno != EADDRINUSE)
    return unexpected{mdns_failure("cannot join mDNS's group", errno)};
  return {};
}

void leave_mdns(int fd, ip_version version, unsigned index) noexcept {
  // With its interface a membership goes, too.
  if (version == ip_version::ip4)
    (void)set_option(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, membership4(index));
  else
    (void)set_option(fd, IPPROTO_IPV6, IPV6_LEAVE_GROUP, membership6(index));
}

void send_mdns(int fd, ip_version version, unsigned index,
               bytes_view datagram) noexcept {
  if (version == ip_version::ip6)
    send_to(fd, at(group6, index), datagram);
  else if (set_option(fd, IPPROTO_IP, IP_MULTICAST_IF, membership4(index)))
    send_to(fd, at(group4), datagram);
}

mdns_arrival read_mdns_socket(int fd, std::span<std::uint8_t> buffer) noexcept {
  sockaddr_storage from{};
  iovec data{buffer.data(), buffer.size()};
  // The larger of what both versions tell.
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in6_pktinfo))> control{};
  msghdr msg{};
  msg.msg_name = &from;
  msg.msg_namelen = sizeof(from);
  msg.msg_iov = &data;
  msg.msg_iovlen = 1;
  msg.msg_control = control.data();
  msg.msg_controllen = control.size();
  const auto size = ::recvmsg(fd, &msg, MSG_DONTWAIT);
  if (size < 0)
    return {errno == EAGAIN || errno == EWOULDBLOCK ? io_status::would_block
                                                    : io_status::failed,
            0,
            {},
            0};
  mdns_arrival result{io_status::done, 0, {}, 0};
  const auto where = where_to(msg);
  if (!where || !where->to_group || (msg.msg_flags & MSG_TRUNC) != 0)
    return result;
  result.size = static_cast<std::size_t>(size);
  result.index = where->index;
  result.from = ip_of(from);
  return result;
}

} // namespace grapevine
