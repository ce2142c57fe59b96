#include "actors/host/mdns_socket.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace grapevine {

namespace {

constexpr std::uint16_t port = 5353;
constexpr std::uint32_t group = 0xe00000fb; // 224.0.0.251

socket_error mdns_failure(const std::string& what, int code) {
  return {code, what + ": " + std::generic_category().message(code)};
}

template <class T>
bool set_option(int fd, int level, int option, const T& value) noexcept {
  return ::setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

sockaddr_in at(std::uint32_t ip) noexcept {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(ip);
  return result;
}

ip_mreqn membership(unsigned index) noexcept {
  ip_mreqn result{};
  result.imr_multiaddr.s_addr = htonl(group);
  result.imr_ifindex = static_cast<int>(index);
  return result;
}

// Where a datagram came to; nothing if it was not told.
const in_pktinfo* info_of(msghdr& msg) noexcept {
  for (auto* part = CMSG_FIRSTHDR(&msg); part != nullptr;
       part = CMSG_NXTHDR(&msg, part))
    if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO)
      return reinterpret_cast<const in_pktinfo*>(CMSG_DATA(part));
  return nullptr;
}

} // namespace

std::vector<lan_interface>
lan_interfaces(const std::vector<interface_address>& interfaces) {
  std::vector<lan_interface> result;
  for (const auto& one : interfaces) {
    const auto is_public = [&](const interface_address& other) {
      return other.index == one.index && other.ip.is_v4()
             && !other.ip.is_private();
    };
    const lan_interface found{one.index, one.name};
    if (one.multicast && one.ip.is_v4() && !one.ip.is_loopback()
        && std::ranges::none_of(interfaces, is_public)
        && std::ranges::find(result, found) == result.end())
      result.push_back(found);
  }
  return result;
}

expected<unique_fd, socket_error> open_mdns_socket() {
  unique_fd fd{::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const auto everywhere = at(INADDR_ANY);
  // Other programs of this machine speak mDNS, too. What comes to the group on
  // interfaces that others have joined is not for this one.
  if (!fd || !set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1)
      || !set_option(fd.get(), IPPROTO_IP, IP_MULTICAST_ALL, 0)
      || !set_option(fd.get(), IPPROTO_IP, IP_PKTINFO, 1)
      || !set_option(fd.get(), IPPROTO_IP, IP_MULTICAST_TTL, 255)
      || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&everywhere),
                sizeof(everywhere))
             != 0)
    return unexpected{mdns_failure("cannot open mDNS's port 5353", errno)};
  return fd;
}

expected<void, socket_error> join_mdns(int fd, unsigned index) {
  if (!set_option(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership(index))
      && errno != EADDRINUSE)
    return unexpected{mdns_failure("cannot join mDNS's group", errno)};
  return {};
}

void leave_mdns(int fd, unsigned index) noexcept {
  // With its interface a membership goes, too.
  (void)set_option(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, membership(index));
}

void send_mdns(int fd, unsigned index, bytes_view datagram) noexcept {
  const auto to = at(group);
  if (set_option(fd, IPPROTO_IP, IP_MULTICAST_IF, membership(index)))
    (void)!::sendto(fd, datagram.data(), datagram.size(), MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr*>(&to), sizeof(to));
}

mdns_arrival read_mdns_socket(int fd, std::span<std::uint8_t> buffer) noexcept {
  sockaddr_in from{};
  iovec data{buffer.data(), buffer.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in_pktinfo))> control{};
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
  const auto* info = info_of(msg);
  if (info == nullptr || (msg.msg_flags & MSG_TRUNC) != 0
      || info->ipi_addr.s_addr != htonl(group))
    return result;
  result.size = static_cast<std::size_t>(size);
  result.index = static_cast<unsigned>(info->ipi_ifindex);
  const auto* raw = reinterpret_cast<const std::uint8_t*>(&from.sin_addr);
  if (const auto ip =
          libp2p::ip_address::from_bytes({raw, sizeof(from.sin_addr)}))
    result.from = *ip;
  return result;
}

} // namespace grapevine
