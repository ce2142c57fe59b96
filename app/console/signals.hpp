#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

namespace grapevine::app {

/// A descriptor that becomes readable, for good, when it is raised. Lets a
/// blocking wait end early.
class stop_flag {
public:
  stop_flag();
  stop_flag(const stop_flag&) = delete;
  stop_flag& operator=(const stop_flag&) = delete;
  ~stop_flag();

  /// May be called by any thread, any number of times.
  void raise() noexcept;
  bool raised() const noexcept;
  /// Waits until it is raised, but not longer: whether it is.
  bool raised_within(std::chrono::milliseconds time) const noexcept;

  /// To be polled for reading, never read.
  int fd() const noexcept { return fd_; }

private:
  int fd_ = -1;
};

/// Turns SIGINT and SIGTERM, and SIGHUP and SIGUSR1 where that is wanted, into
/// calls of functions, and SIGPIPE into an error of the write that caused it.
///
/// To be made before any other thread: threads inherit what it blocks, and the
/// signals are taken by a thread of its own, outside of any signal handler.
class stop_signals {
public:
  /// What SIGHUP does.
  enum class hangup {
    /// What it always does: it ends the program.
    ends,
    /// It calls `on_hangup`.
    calls,
  };

  /// What SIGUSR1 does: likewise.
  enum class user_signal { ends, calls };

  explicit stop_signals(hangup on = hangup::ends,
                        user_signal on_user = user_signal::ends);
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;
  ~stop_signals();

  /// Calls `on_stop`, on another thread, when the first signal comes, or came.
  /// Another one ends the program at once, unless it comes within a second:
  /// whoever stops a group of processes may send it twice. Calls `on_hangup`
  /// for each SIGHUP before, and `on_user` for each SIGUSR1.
  void watch(std::function<void()> on_stop,
             std::function<void()> on_hangup = {},
             std::function<void()> on_user = {});

  /// Ends the watching; nothing is called any more.
  void unwatch();

  /// Raised by the first signal while watching.
  stop_flag& stopped() noexcept { return stopped_; }

private:
  void wait(const std::function<void()>& on_stop,
            const std::function<void()>& on_hangup,
            const std::function<void()>& on_user);

  sigset_t signals_{};
  sigset_t before_{};
  stop_flag stopped_;
  stop_flag unwatched_;
  std::thread watcher_;
};

} // namespace grapevine::app
