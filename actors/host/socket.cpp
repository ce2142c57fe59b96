#include "actors/host/socket.hpp"

#include "libp2p/address/ip_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace grapevine {

namespace {

using libp2p::addr_protocol;
using libp2p::multiaddr;

// Connections that wait to be accepted; the kernel caps it at somaxconn.
constexpr int accept_backlog = 1024;

sockaddr_in& as_ip4(sockaddr_storage& addr) {
  return reinterpret_cast<sockaddr_in&>(addr);
}

const sockaddr_in& as_ip4(const sockaddr_storage& addr) {
  return reinterpret_cast<const sockaddr_in&>(addr);
}

sockaddr_in6& as_ip6(sockaddr_storage& addr) {
  return reinterpret_cast<sockaddr_in6&>(addr);
}

const sockaddr_in6& as_ip6(const sockaddr_storage& addr) {
  return reinterpret_cast<const sockaddr_in6&>(addr);
}

socket_error failed_socket(const std::string& what, int code) {
  return {code, what + ": " + std::strerror(code)};
}

expected<unique_fd, socket_error> open_socket(const endpoint& where) {
  unique_fd fd{::socket(where.addr.ss_family,
                        SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd)
    return unexpected{failed_socket("cannot open a socket", errno)};
  return fd;
}

// The longest pause between two attempts of the system to bring the other side
// what it does not acknowledge, or to reach it at all, where the kernel lets it
// be chosen (Linux 6.15). Without, the pause doubles each time, and a network
// that was away for half a minute is not used for as long again.
constexpr std::chrono::seconds longest_resend_pause{2};

// TCP_RTO_MAX_MS, which older headers do not name.
constexpr int tcp_rto_max_ms = 44;

void set_option(int fd, int level, int name, int value) {
  // These options only tune; a kernel that refuses one works without it.
  (void)::setsockopt(fd, level, name, &value, sizeof(value));
}

// The system asks a silent machine whether it is there, without waking anybody,
// and gives one up that does not answer for as long as `silence_timeout`. What
// is accepted has it from its listener.
void watch_for_silence(int fd) {
  using std::chrono::seconds;
  const auto count = [](seconds time) {
    return static_cast<int>(time.count());
  };
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, count(silence_before_probe));
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, count(silence_probe_pause));
  set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, count(silence_timeout) * 1'000);
  set_option(fd, IPPROTO_TCP, tcp_rto_max_ms,
             count(longest_resend_pause) * 1'000);
}

io_result from_call(ssize_t n) {
  if (n >= 0)
    return {io_status::done, static_cast<std::size_t>(n), 0};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
    return {io_status::would_block, 0, 0};
  return {io_status::failed, 0, errno};
}

std::optional<endpoint> ip_endpoint(const std::string& ip, bool v6) {
  endpoint result;
  if (v6) {
    auto& addr = as_ip6(result.addr);
    addr.sin6_family = AF_INET6;
    result.size = sizeof(sockaddr_in6);
    if (::inet_pton(AF_INET6, ip.c_str(), &addr.sin6_addr) != 1)
      return std::nullopt;
  } else {
    auto& addr = as_ip4(result.addr);
    addr.sin_family = AF_INET;
    result.size = sizeof(sockaddr_in);
    if (::inet_pton(AF_INET, ip.c_str(), &addr.sin_addr) != 1)
      return std::nullopt;
  }
  return result;
}

} // namespace

void unique_fd::reset() noexcept {
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
}

std::optional<endpoint> endpoint::of(const multiaddr& addr) {
  auto parts = addr.without_peer().components();
  unsigned scope = 0;
  if (!parts.empty() && parts[0].protocol == addr_protocol::ip6zone) {
    scope = ::if_nametoindex(parts[0].value.c_str());
    if (scope == 0)
      return std::nullopt;
    parts.erase(parts.begin());
  }
  if (parts.size() != 2 || parts[1].protocol != addr_protocol::tcp)
    return std::nullopt;
  const bool v6 = parts[0].protocol == addr_protocol::ip6;
  if (!v6 && parts[0].protocol != addr_protocol::ip4)
    return std::nullopt;
  auto result = ip_endpoint(parts[0].value, v6);
  if (result) {
    std::uint16_t port = 0;
    const auto& text = parts[1].value;
    std::from_chars(text.data(), text.data() + text.size(), port);
    result->set_port(port);
    if (scope != 0 && v6)
      as_ip6(result->addr).sin6_scope_id = scope;
  }
  return result;
}

multiaddr endpoint::to_multiaddr() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (addr.ss_family == AF_INET6)
    ::inet_ntop(AF_INET6, &as_ip6(addr).sin6_addr, text.data(), text.size());
  else
    ::inet_ntop(AF_INET, &as_ip4(addr).sin_addr, text.data(), text.size());
  auto result = multiaddr::from_ip_tcp(text.data(), port());
  std::array<char, IF_NAMESIZE> zone{};
  if (addr.ss_family == AF_INET6 && as_ip6(addr).sin6_scope_id != 0
      && ::if_indextoname(as_ip6(addr).sin6_scope_id, zone.data()) != nullptr)
    if (auto on = libp2p::on_interface(result, zone.data()))
      return *std::move(on);
  return result;
}

std::uint16_t endpoint::port() const noexcept {
  return ntohs(addr.ss_family == AF_INET6 ? as_ip6(addr).sin6_port
                                          : as_ip4(addr).sin_port);
}

void endpoint::set_port(std::uint16_t port) noexcept {
  if (addr.ss_family == AF_INET6)
    as_ip6(addr).sin6_port = htons(port);
  else
    as_ip4(addr).sin_port = htons(port);
}

io_result read_some(int fd, std::span<std::uint8_t> buffer) noexcept {
  auto result = from_call(::recv(fd, buffer.data(), buffer.size(), 0));
  if (result.status == io_status::done && result.size == 0)
    result.status = io_status::end;
  return result;
}

io_result write_some(int fd, bytes_view data) noexcept {
  return from_call(::send(fd, data.data(), data.size(), MSG_NOSIGNAL));
}

expected<unique_fd, socket_error> listen_on(const endpoint& where) {
  auto fd = open_socket(where);
  if (!fd)
    return fd;
  set_option(fd->get(), SOL_SOCKET, SO_REUSEADDR, 1);
  watch_for_silence(fd->get());
  if (where.addr.ss_family == AF_INET6)
    set_option(fd->get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  const auto* addr = reinterpret_cast<const sockaddr*>(&where.addr);
  if (::bind(fd->get(), addr, where.size) != 0
      || ::listen(fd->get(), accept_backlog) != 0)
    return unexpected{failed_socket(
        "cannot listen on " + where.to_multiaddr().to_text(), errno)};
  return fd;
}

expected<unique_fd, socket_error> start_connect(const endpoint& where) {
  auto fd = open_socket(where);
  if (!fd)
    return fd;
  // Messages are written as a whole: waiting for more would only delay them.
  set_option(fd->get(), IPPROTO_TCP, TCP_NODELAY, 1);
  watch_for_silence(fd->get());
  const auto* addr = reinterpret_cast<const sockaddr*>(&where.addr);
  if (::connect(fd->get(), addr, where.size) != 0 && errno != EINPROGRESS)
    return unexpected{failed_socket(
        "cannot connect to " + where.to_multiaddr().to_text(), errno)};
  return fd;
}

int connect_result(int fd) noexcept {
  int code = 0;
  socklen_t size = sizeof(code);
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0)
    return errno;
  return code;
}

std::size_t unacknowledged(int fd) noexcept {
  int count = 0;
  if (::ioctl(fd, SIOCOUTQ, &count) != 0)
    return 0;
  return static_cast<std::size_t>(count);
}

std::optional<std::chrono::microseconds> round_trip(int fd) noexcept {
  tcp_info info{};
  socklen_t size = sizeof(info);
  // Unknown until the first acknowledgement, and to kernels before 4.6.
  constexpr auto unknown = ~decltype(info.tcpi_min_rtt){};
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0
      || size < offsetof(tcp_info, tcpi_min_rtt) + sizeof(info.tcpi_min_rtt)
      || info.tcpi_min_rtt == unknown)
    return std::nullopt;
  return std::chrono::microseconds{info.tcpi_min_rtt};
}

io_status peek(int fd) noexcept {
  std::uint8_t first = 0;
  const auto got = from_call(::recv(fd, &first, 1, MSG_PEEK | MSG_DONTWAIT));
  return got.status == io_status::done && got.size == 0 ? io_status::end
                                                        : got.status;
}

expected<std::pair<unique_fd, endpoint>, int> accept_one(int fd) {
  endpoint from;
  from.size = sizeof(from.addr);
  unique_fd accepted{::accept4(fd, reinterpret_cast<sockaddr*>(&from.addr),
                               &from.size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  if (!accepted)
    return unexpected{errno};
  set_option(accepted.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  return std::pair{std::move(accepted), from};
}

// An address that is not the machine's cannot be bound to.
bool has_lost_address(int fd) noexcept {
  auto own = local_endpoint(fd);
  const auto family = own.addr.ss_family;
  if (family != AF_INET && family != AF_INET6)
    return false;
  own.set_port(0);
  const unique_fd probe{::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  return probe
         && ::bind(probe.get(), reinterpret_cast<const sockaddr*>(&own.addr),
                   own.size)
                != 0
         && errno == EADDRNOTAVAIL;
}

endpoint local_endpoint(int fd) {
  endpoint result;
  result.size = sizeof(result.addr);
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&result.addr), &result.size)
      != 0)
    result.addr.ss_family = AF_INET;
  return result;
}

} // namespace grapevine
