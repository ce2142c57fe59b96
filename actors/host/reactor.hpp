#pragma once

#include "actors/host/socket.hpp"
#include "messages/reactor.hpp"

#include <atomic>
#include <memory>
#include <utility>

namespace grapevine {

/// The way to a reactor, shared by all who own sockets. Arming a socket is one
/// system call on any thread; only adding and removing it is a message.
class reactor_link {
public:
  /// Opens epoll and the descriptor that wakes it. Throws std::system_error
  /// when the process has no descriptor left for them.
  reactor_link();

  /// The same with `actor` in the reactor's place, in tests.
  explicit reactor_link(reactor_actor actor) : reactor_link{} {
    actor_ = std::move(actor);
  }

  /// Sends to the reactor and wakes it.
  template <class T>
  void post(T msg) {
    tell_from_outside(actor_, std::move(msg));
    wake();
  }

  socket_id next_id() noexcept { return ++last_id_; }
  int epoll() const noexcept { return epoll_.get(); }
  int wake_fd() const noexcept { return wake_.get(); }
  void wake() noexcept;

private:
  friend std::shared_ptr<reactor_link> spawn_reactor(caf::actor_system& sys);

  unique_fd epoll_;
  unique_fd wake_;
  std::atomic<socket_id> last_id_{0};
  reactor_actor actor_;
};

/// Starts a reactor on a thread of its own. It runs until `stop_reactor`.
std::shared_ptr<reactor_link> spawn_reactor(caf::actor_system& sys);

/// A socket that a reactor watches for its owner. Leaves the reactor and closes
/// when destroyed. Arm it only once the first `socket_ready` has come.
class watched_socket {
public:
  watched_socket() = default;
  /// Throws std::system_error when the kernel watches no more sockets.
  watched_socket(std::shared_ptr<reactor_link> reactor, unique_fd fd,
                 const socket_owner& owner);
  watched_socket(watched_socket&&) noexcept = default;
  watched_socket& operator=(watched_socket&& other) noexcept;
  ~watched_socket() { close(); }

  /// From now on `owner` is told. The socket must not be armed now; `owner` may
  /// arm it once its first `socket_ready` has come.
  void assign(const socket_owner& owner);

  /// Asks for one `socket_ready`, when the socket can be read or written.
  void arm(bool read, bool write);

  void close();

  int fd() const noexcept { return fd_.get(); }
  socket_id id() const noexcept { return id_; }
  explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

private:
  std::shared_ptr<reactor_link> reactor_;
  unique_fd fd_;
  socket_id id_ = 0;
};

} // namespace grapevine
