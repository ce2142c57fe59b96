#include "app/console/signals.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace grapevine::app {

namespace {

// What a shell reports of a program that a signal has ended.
constexpr int signal_exit_base = 128;

// Two signals in this time were meant as one.
constexpr std::chrono::seconds same_signal{1};

int require(int fd, const char* what) {
  if (fd < 0)
    throw std::system_error{errno, std::generic_category(), what};
  return fd;
}

} // namespace

stop_flag::stop_flag()
    : fd_{require(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")} {}

stop_flag::~stop_flag() {
  ::close(fd_);
}

void stop_flag::raise() noexcept {
  const std::uint64_t one = 1;
  // It cannot fail but for a counter that is full, and thus raised.
  static_cast<void>(!::write(fd_, &one, sizeof(one)));
}

bool stop_flag::raised() const noexcept {
  return raised_within(std::chrono::milliseconds{0});
}

bool stop_flag::raised_within(std::chrono::milliseconds time) const noexcept {
  pollfd watched{fd_, POLLIN, 0};
  return ::poll(&watched, 1, static_cast<int>(time.count())) > 0;
}

stop_signals::stop_signals(hangup on, user_signal on_user) {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  if (on == hangup::calls)
    sigaddset(&signals_, SIGHUP);
  if (on_user == user_signal::calls)
    sigaddset(&signals_, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  std::signal(SIGPIPE, SIG_IGN);
}

stop_signals::~stop_signals() {
  unwatch();
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void stop_signals::watch(std::function<void()> on_stop,
                         std::function<void()> on_hangup,
                         std::function<void()> on_user) {
  watcher_ = std::thread{
      [this, stop = std::move(on_stop), hangup = std::move(on_hangup),
       user = std::move(on_user)] { this->wait(stop, hangup, user); }};
}

void stop_signals::unwatch() {
  unwatched_.raise();
  if (watcher_.joinable())
    watcher_.join();
}

void stop_signals::wait(const std::function<void()>& on_stop,
                        const std::function<void()>& on_hangup,
                        const std::function<void()>& on_user) {
  std::chrono::steady_clock::time_point stopped_at;
  const int source =
      require(::signalfd(-1, &signals_, SFD_CLOEXEC), "signalfd");
  for (;;) {
    std::array<pollfd, 2> watched{
        {{source, POLLIN, 0}, {unwatched_.fd(), POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0)
      continue; // interrupted
    if (watched[1].revents != 0)
      break;
    signalfd_siginfo signal{};
    if (::read(source, &signal, sizeof(signal))
        != static_cast<ssize_t>(sizeof(signal)))
      continue;
    const auto number = static_cast<int>(signal.ssi_signo);
    const auto now = std::chrono::steady_clock::now();
    if (number == SIGHUP) {
      if (!stopped_.raised())
        on_hangup();
    } else if (number == SIGUSR1) {
      on_user();
    } else if (!stopped_.raised()) {
      stopped_at = now;
      stopped_.raise();
      on_stop();
    } else if (now - stopped_at >= same_signal) {
      ::_exit(signal_exit_base + number);
    }
  }
  ::close(source);
}

} // namespace grapevine::app
