#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace grapevine::test {

/// Stands between two sides on this machine, and can be cut.
class wire {
public:
  /// What connects to `port()` is connected to `target`.
  explicit wire(std::uint16_t target)
      : target_{target}, listener_{::socket(AF_INET, SOCK_STREAM, 0)} {
    auto address = loopback(0);
    socklen_t size = sizeof(address);
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, raw, size) != 0 || ::listen(listener_, 8) != 0
        || ::getsockname(listener_, raw, &size) != 0)
      throw std::runtime_error{"no socket for a wire"};
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { run(); }};
  }
  wire(const wire&) = delete;
  wire& operator=(const wire&) = delete;
  ~wire() {
    ending_ = true;
    thread_.join();
    ::close(listener_);
  }

  std::uint16_t port() const noexcept { return port_; }

  /// Ends the connection there is; the next one comes about only when it is
  /// mended.
  void cut() noexcept { cut_ = true; }
  void mend() noexcept { cut_ = false; }

private:
  static constexpr int tick_ms = 5;

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }

  void run() {
    while (!ending_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (::poll(&waiting, 1, tick_ms) <= 0)
        continue;
      const int near = ::accept(listener_, nullptr, nullptr);
      const int far = ::socket(AF_INET, SOCK_STREAM, 0);
      auto address = loopback(target_);
      if (!cut_
          && ::connect(far, reinterpret_cast<sockaddr*>(&address),
                       sizeof(address))
                 == 0)
        relay(near, far);
      ::close(near);
      ::close(far);
    }
  }

  void relay(int near, int far) {
    std::array<pollfd, 2> both{pollfd{near, POLLIN, 0}, pollfd{far, POLLIN, 0}};
    while (!ending_ && !cut_) {
      ::poll(both.data(), both.size(), tick_ms);
      if (both[0].revents != 0 && !pass(near, far))
        return;
      if (both[1].revents != 0 && !pass(far, near))
        return;
    }
  }

  static bool pass(int from, int to) {
    std::array<char, 65536> buffer{};
    auto left = ::recv(from, buffer.data(), buffer.size(), 0);
    if (left <= 0)
      return false;
    for (const char* at = buffer.data(); left > 0;) {
      const auto sent =
          ::send(to, at, static_cast<std::size_t>(left), MSG_NOSIGNAL);
      if (sent <= 0)
        return false;
      at += sent;
      left -= sent;
    }
    return true;
  }

  std::uint16_t target_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ending_ = false;
  std::atomic<bool> cut_ = false;
  std::thread thread_;
};

} // namespace grapevine::test
