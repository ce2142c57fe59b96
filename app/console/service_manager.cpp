#include "app/console/service_manager.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace grapevine::app {

namespace {

std::string from_environment(const char* name) {
  // Nothing in this program changes the environment.
  const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

std::optional<std::int64_t> number_in_environment(const char* name) {
  const auto text = from_environment(name);
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

// Without WATCHDOG_PID, whoever reads the variable is meant.
std::optional<std::chrono::microseconds> half_of_watchdog() {
  const auto time = number_in_environment("WATCHDOG_USEC");
  const auto watched = number_in_environment("WATCHDOG_PID");
  if (!time || *time <= 0 || (watched && *watched != ::getpid()))
    return std::nullopt;
  return std::chrono::microseconds{*time} / 2;
}

// Where a path leads to; an `@` stands for the zero of an abstract one.
std::optional<std::pair<sockaddr_un, socklen_t>>
address_of(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if ((path.front() != '/' && path.front() != '@')
      || path.size() >= sizeof(address.sun_path))
    return std::nullopt;
  std::ranges::copy(path, std::begin(address.sun_path));
  if (path.front() == '@')
    address.sun_path[0] = '\0';
  const auto size = offsetof(sockaddr_un, sun_path) + path.size();
  return std::pair{address, static_cast<socklen_t>(size)};
}

// 0, or the number of the error.
int send_to(std::string_view path, std::string_view text) {
  const auto address = address_of(path);
  if (!address)
    return EINVAL;
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return errno;
  const auto& [name, size] = *address;
  const auto sent = ::sendto(fd, text.data(), text.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&name), size);
  const int error = sent < 0 ? errno : 0;
  ::close(fd);
  return error;
}

std::string status_line(std::string_view status) {
  return "\nSTATUS=" + std::string{status};
}

} // namespace

service_manager::service_manager(std::string socket,
                                 std::shared_ptr<spdlog::logger> log)
    : socket_{std::move(socket)}, log_{std::move(log)} {
  if (!socket_.empty())
    alive_every_ = half_of_watchdog();
}

service_manager
service_manager::from_environment(std::shared_ptr<spdlog::logger> log) {
  return {app::from_environment("NOTIFY_SOCKET"), std::move(log)};
}

void service_manager::ready(std::string_view status) {
  tell("READY=1" + status_line(status));
}

void service_manager::reloading() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  // Type=notify-reload wants to know when it was; others overlook it.
  tell("RELOADING=1\nMONOTONIC_USEC="
       + std::to_string(
           std::chrono::duration_cast<std::chrono::microseconds>(now).count())
       + status_line("reading the configuration"));
}

void service_manager::alive(std::string_view status) {
  tell("WATCHDOG=1" + status_line(status));
}

void service_manager::stopping() {
  tell("STOPPING=1" + status_line("stopping"));
}

void service_manager::tell(const std::string& assignments) {
  if (socket_.empty())
    return;
  const int error = send_to(socket_, assignments);
  if (error == 0 || std::exchange(warned_, true))
    return;
  log_->warn("the service manager cannot be told how this node is, and may end "
             "it: NOTIFY_SOCKET=\"{}\": {}",
             socket_, std::strerror(error));
}

} // namespace grapevine::app
