#include "app/console/signals.hpp"

#include <array>
#include <cerrno>
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
  pollfd watched{fd_, POLLIN, 0};
  return ::poll(&watched, 1, 0) > 0;
}

stop_signals::stop_signals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  std::signal(SIGPIPE, SIG_IGN);
}

stop_signals::~stop_signals() {
  unwatch();
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void stop_signals::watch(std::function<void()> on_stop) {
  watcher_ =
      std::thread{[this, call = std::move(on_stop)] { this->wait(call); }};
}

void stop_signals::unwatch() {
  unwatched_.raise();
  if (watcher_.joinable())
    watcher_.join();
}

void stop_signals::wait(const std::function<void()>& on_stop) {
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
    if (stopped_.raised())
      ::_exit(signal_exit_base + static_cast<int>(signal.ssi_signo));
    stopped_.raise();
    on_stop();
  }
  ::close(source);
}

} // namespace grapevine::app
