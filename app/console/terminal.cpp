#include "app/console/terminal.hpp"

#include "app/console/output.hpp"
#include "app/console/signals.hpp"
#include "app/console/text_width.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace grapevine::app {

namespace {

// Another screen, without a cursor; and back.
constexpr std::string_view enter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view leave = "\x1b[?25h\x1b[?1049l";

// The cursor to the upper left; the rest of a line, and of the screen, empty.
constexpr std::string_view home = "\x1b[H";
constexpr std::string_view rest_of_line = "\x1b[K";
constexpr std::string_view rest_of_screen = "\x1b[J";

constexpr char control_c = 3;

write_result put(std::string_view text) {
  const stop_flag never;
  return line_writer{STDOUT_FILENO, never}.write(text);
}

} // namespace

std::optional<terminal_size> output_size() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) != 1)
    return std::nullopt;
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0
      || size.ws_row == 0)
    return terminal_size{};
  return terminal_size{size.ws_col, size.ws_row};
}

terminal_screen::terminal_screen() {
  if (termios now{}; ::tcgetattr(STDIN_FILENO, &now) == 0) {
    before_ = now;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
  }
  put(enter);
}

terminal_screen::~terminal_screen() {
  put(leave);
  if (before_)
    ::tcsetattr(STDIN_FILENO, TCSANOW, &*before_);
}

outcome<bool> terminal_screen::draw(const std::vector<std::string>& lines) {
  const auto size = output_size().value_or(terminal_size{});
  std::string text{home};
  const auto count = std::min(lines.size(), size.rows);
  for (std::size_t i = 0; i < count; ++i) {
    text += cut_to_width(lines[i], size.columns);
    text += rest_of_line;
    if (i + 1 < count)
      text += "\r\n";
  }
  text += rest_of_screen;
  const auto result = put(text);
  if (result == write_result::failed)
    return runtime_error("cannot write to the terminal: "
                         + std::string{std::strerror(errno)});
  return result == write_result::written;
}

terminal_screen::event terminal_screen::wait(std::chrono::milliseconds time,
                                             const stop_flag& stop) const {
  using std::chrono::steady_clock;
  const auto until = steady_clock::now() + time;
  // Nothing is read where the keys of nobody come from.
  std::array<pollfd, 2> watched{
      {{stop.fd(), POLLIN, 0}, {before_ ? STDIN_FILENO : -1, POLLIN, 0}}};
  for (auto left = time; left.count() >= 0;
       left = std::chrono::ceil<std::chrono::milliseconds>(
           until - steady_clock::now())) {
    const auto count =
        ::poll(watched.data(), watched.size(), static_cast<int>(left.count()));
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return event::time_is_over;
    if (watched[0].revents != 0)
      return event::stopped;
    char key = 0;
    if (::read(STDIN_FILENO, &key, 1) != 1)
      return event::quit; // the terminal is gone
    if (key == 'q' || key == 'Q' || key == control_c)
      return event::quit;
  }
  return event::time_is_over;
}

} // namespace grapevine::app
