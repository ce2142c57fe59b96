#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::app {

/// Tells the service manager that has started the program, if one has, how the
/// program is: what sd_notify(3) calls the protocol of `Type=notify`.
///
/// It is a datagram to a socket, whose form systemd promises to keep.
/// libsystemd would send it, too, but brings six further libraries and more
/// than a MiB into every node's memory.
class service_manager {
public:
  /// What the environment says of it: NOTIFY_SOCKET, WATCHDOG_USEC and
  /// WATCHDOG_PID. `log` gets a warning, once, if it cannot be told.
  static service_manager from_environment(std::shared_ptr<spdlog::logger> log);

  /// How often it is to be told `alive`: twice in the time after which it takes
  /// the program for dead. Nothing if it does not watch.
  const std::optional<std::chrono::microseconds>& alive_every() const noexcept {
    return alive_every_;
  }

  /// The program does its work, from now on or, after `reloading`, again.
  /// `status` is a line for people, as in `systemctl status`.
  void ready(std::string_view status);
  /// It reads its configuration again; `ready` follows.
  void reloading();
  /// It still works.
  void alive(std::string_view status);
  /// It ends.
  void stopping();

private:
  service_manager(std::string socket, std::shared_ptr<spdlog::logger> log);

  void tell(const std::string& assignments);

  /// Its path; empty if nobody listens.
  std::string socket_;
  std::shared_ptr<spdlog::logger> log_;
  bool warned_ = false;
  std::optional<std::chrono::microseconds> alive_every_;
};

} // namespace grapevine::app
