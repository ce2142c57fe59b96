#include "app/console/output.hpp"

#include <climits>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace grapevine::app {

namespace {

// Waits until the descriptor is ready for `events`, or has an error, or the
// flag is raised. What the descriptor is ready for.
short wait_for(int fd, short events, int stop) {
  std::array<pollfd, 2> watched{{{fd, events, 0}, {stop, POLLIN, 0}}};
  while (::poll(watched.data(), watched.size(), -1) < 0 && errno == EINTR) {
  }
  return watched[0].revents;
}

} // namespace

write_result line_writer::write(std::string_view text) {
  while (!text.empty()) {
    if (wait_for(fd_, POLLOUT, stop_->fd()) == 0)
      return write_result::stopped;
    // A pipe that is writable takes so much without blocking.
    const auto size = std::min<std::size_t>(text.size(), PIPE_BUF);
    const auto written = ::write(fd_, text.data(), size);
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno == EPIPE)
      return write_result::closed;
    else if (errno != EINTR && errno != EAGAIN)
      return write_result::failed;
  }
  return write_result::written;
}

bool line_writer::wait_closed() const {
  return wait_for(fd_, 0, stop_->fd()) != 0;
}

void print_notice(std::string_view text) {
  const stop_flag never;
  line_writer{STDERR_FILENO, never}.write("grapevine: " + std::string{text}
                                          + '\n');
}

outcome<bool> print_line(std::string_view text) {
  const stop_flag never;
  const auto line = std::string{text} + '\n';
  const auto result = line_writer{STDOUT_FILENO, never}.write(line);
  if (result == write_result::failed)
    return runtime_error("cannot write to standard output: "
                         + std::string{std::strerror(errno)});
  return result == write_result::written;
}

} // namespace grapevine::app
