#include "app/console/log_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace grapevine::app {

namespace {

// Who talks to whom is not for everyone.
constexpr mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP;

} // namespace

written write_all(int fd, std::string_view text,
                  std::chrono::milliseconds patience) {
  written done;
  while (done.size < text.size()) {
    const auto size =
        ::write(fd, text.data() + done.size, text.size() - done.size);
    if (size >= 0) {
      done.size += static_cast<std::size_t>(size);
    } else if (errno == EAGAIN) {
      pollfd watched{fd, POLLOUT, 0};
      if (::poll(&watched, 1, static_cast<int>(patience.count())) == 0)
        return {done.size, EAGAIN};
    } else if (errno != EINTR) {
      return {done.size, errno};
    }
  }
  return done;
}

expected<log_file, std::string> log_file::open(std::filesystem::path path) {
  // Without O_NONBLOCK a pipe that nobody reads would be waited for.
  unique_fd fd{::open(
      path.c_str(),
      O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode)};
  if (!fd) {
    const int code = errno;
    return unexpected{fmt::format("cannot open the log file {}: {}",
                                  path.string(), std::strerror(code))};
  }
  return log_file{std::move(path), std::move(fd)};
}

} // namespace grapevine::app
