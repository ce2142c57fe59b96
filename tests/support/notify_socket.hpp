#pragma once

#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>

namespace grapevine::test {

/// What a service manager listens at: NOTIFY_SOCKET.
class notify_socket {
public:
  notify_socket() : fd_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(),
                 sizeof(address.sun_path) - 1);
    if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address),
               sizeof(address))
        != 0)
      throw std::system_error{errno, std::generic_category(), path()};
  }

  std::string path() const { return (folder_ / "notify").string(); }

  /// The next datagram; empty if none comes within `time`.
  std::string next(std::chrono::milliseconds time) const {
    pollfd watched{fd_.get(), POLLIN, 0};
    std::array<char, 1024> text{};
    if (::poll(&watched, 1, static_cast<int>(time.count())) <= 0)
      return {};
    const auto size = ::recv(fd_.get(), text.data(), text.size(), 0);
    return {text.data(), static_cast<std::size_t>(size < 0 ? 0 : size)};
  }

private:
  temporary_folder folder_;
  support::file_descriptor fd_;
};

} // namespace grapevine::test
