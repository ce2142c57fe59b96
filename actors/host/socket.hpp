#pragma once

#include "libp2p/address/multiaddr.hpp"
#include "proto/bytes.hpp"
#include "proto/expected.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace grapevine {

/// A system call that failed: what was tried, on what, and errno's text.
struct socket_error {
  int code = 0;
  std::string reason;
};

/// When the system asks a silent machine whether it is there, how often again,
/// and after how long without a word, or with what it was sent unacknowledged,
/// the connection fails (ETIMEDOUT).
inline constexpr std::chrono::seconds silence_before_probe{15};
inline constexpr std::chrono::seconds silence_probe_pause{5};
inline constexpr std::chrono::seconds silence_timeout{35};

/// Owns a descriptor and closes it.
class unique_fd {
public:
  unique_fd() = default;
  explicit unique_fd(int fd) noexcept : fd_{fd} {}
  unique_fd(unique_fd&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  unique_fd& operator=(unique_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~unique_fd() { reset(); }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  void reset() noexcept;

private:
  int fd_ = -1;
};

/// A numeric IP address with a TCP port.
struct endpoint {
  sockaddr_storage addr{};
  socklen_t size = 0;

  /// From `/ip4|ip6/…/tcp/…`, with `/ip6zone` before it or without; nothing for
  /// names, other transports, and interfaces that this machine does not have.
  static std::optional<endpoint> of(const libp2p::multiaddr& addr);

  /// As `/ip4|ip6/…/tcp/…`; a link-local address of IPv6 with its interface,
  /// as `/ip6zone/…/ip6/…/tcp/…`.
  libp2p::multiaddr to_multiaddr() const;

  std::uint16_t port() const noexcept;
  void set_port(std::uint16_t port) noexcept;
};

/// What one call on a non-blocking socket did.
enum class io_status {
  /// It moved bytes, or the connection is up.
  done,
  /// It would block: wait for `socket_ready`.
  would_block,
  /// The other side closed its sending direction.
  end,
  /// The connection is broken.
  failed,
};

/// The outcome of a read or write.
struct io_result {
  io_status status;
  std::size_t size = 0;
  /// errno, if failed.
  int error = 0;
};

io_result read_some(int fd, std::span<std::uint8_t> buffer) noexcept;
io_result write_some(int fd, bytes_view data) noexcept;

/// A listening socket, non-blocking, with SO_REUSEADDR; an IPv6 one takes IPv6
/// alone, so that both may have one port.
expected<unique_fd, socket_error> listen_on(const endpoint& where);

/// A socket whose connect is under way; writable means that it is decided.
expected<unique_fd, socket_error> start_connect(const endpoint& where);

/// 0 when the connect succeeded, else errno.
int connect_result(int fd) noexcept;

/// Bytes written to a socket that the other side has not acknowledged.
std::size_t unacknowledged(int fd) noexcept;

/// The shortest time of the last minutes from sending to the acknowledgement,
/// as the system has measured it; nothing before there was one.
std::optional<std::chrono::microseconds> round_trip(int fd) noexcept;

/// Whether there is something to read, without reading it: `end` if the other
/// side has closed.
io_status peek(int fd) noexcept;

/// Accepts one connection; without a value, errno (EAGAIN: none waits).
expected<std::pair<unique_fd, endpoint>, int> accept_one(int fd);

/// The address that a socket is bound to.
endpoint local_endpoint(int fd);

/// Whether the machine has lost the address of a connection's own end: the
/// system goes on sending nothing, and tells nobody before it has been silent
/// for `silence_timeout`.
bool has_lost_address(int fd) noexcept;

} // namespace grapevine
