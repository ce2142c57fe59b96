#include "actors/host/reactor.hpp"

#include "actors/host/cpu_time.hpp"
#include "actors/host/load_watch.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <unordered_map>
#include <utility>

namespace grapevine {

namespace {

// Sockets start at 1, so 0 is free to mean the descriptor that wakes.
constexpr socket_id wake_id = 0;

// Events taken from the kernel at once.
constexpr std::size_t event_batch = 256;

// Of this thread. Whether it could; nothing where somebody has chosen how the
// process is scheduled.
bool change_policy(int from, int to) noexcept {
  sched_param none{};
  int policy = from;
  return ::pthread_getschedparam(::pthread_self(), &policy, &none) == 0
         && policy == from
         && ::pthread_setschedparam(::pthread_self(), to, &none) == 0;
}

class reactor_state {
public:
  reactor_state(reactor_actor::pointer self, std::shared_ptr<reactor_link> link)
      : self_{self}, link_{std::move(link)} {}

  void assign(const assign_socket& msg) {
    owners_.insert_or_assign(msg.id, msg.owner);
    tell(self_, msg.owner, socket_ready{msg.id, false, false});
  }

  void forget(const forget_socket& msg) { owners_.erase(msg.id); }

  void poll() {
    std::array<epoll_event, event_batch> events;
    const int n = ::epoll_wait(link_->epoll(), events.data(),
                               static_cast<int>(events.size()), -1);
    look_at_load();
    for (int i = 0; i < n; ++i)
      report(events[static_cast<std::size_t>(i)]);
  }

private:
  void look_at_load() {
    const auto now = std::chrono::steady_clock::now();
    if (!load_.due(now))
      return;
    if (const auto busy = load_.look(now, used_cpu_time()))
      yield_to_workers(*busy);
  }

  // When the node is busy, what the sockets have to say waits until the worker
  // has no work or its time slice ends: then it is more at once. An event that
  // takes the core from the worker each time costs two switches for nothing.
  // When the node is not, it would wait for other programs that want the core.
  void yield_to_workers(bool yields) {
    if (yields)
      yields_ = change_policy(SCHED_OTHER, SCHED_BATCH);
    else if (std::exchange(yields_, false))
      change_policy(SCHED_BATCH, SCHED_OTHER);
  }

  void report(const epoll_event& event) {
    // Packed: no reference may be bound to its members.
    const socket_id id = event.data.u64;
    if (id == wake_id) {
      std::uint64_t count = 0;
      (void)!::read(link_->wake_fd(), &count, sizeof(count));
      return;
    }
    const auto i = owners_.find(id);
    if (i == owners_.end())
      return;
    const bool failed = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
    const bool readable =
        failed || (event.events & (EPOLLIN | EPOLLRDHUP)) != 0;
    const bool writable = failed || (event.events & EPOLLOUT) != 0;
    tell(self_, i->second, socket_ready{i->first, readable, writable});
  }

  reactor_actor::pointer self_;
  std::shared_ptr<reactor_link> link_;
  std::unordered_map<socket_id, socket_owner> owners_;
  load_watch load_;
  bool yields_ = false;
};

reactor_actor::behavior_type reactor(reactor_actor::pointer self,
                                     std::shared_ptr<reactor_link> link) {
  auto state = std::make_shared<reactor_state>(self, std::move(link));
  tell_self(self, poll_sockets{});
  return {
      [state](const assign_socket& msg) { state->assign(msg); },
      [state](const forget_socket& msg) { state->forget(msg); },
      [state, self](poll_sockets) {
        state->poll();
        // Behind all mail that has come meanwhile.
        tell_self(self, poll_sockets{});
      },
      [self](stop_reactor) { self->quit(); },
  };
}

} // namespace

reactor_link::reactor_link()
    : epoll_{::epoll_create1(EPOLL_CLOEXEC)}, wake_{::eventfd(
                                                  0,
                                                  EFD_NONBLOCK | EFD_CLOEXEC)} {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = wake_id;
  if (!epoll_ || !wake_
      || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0)
    throw std::system_error{errno, std::generic_category(),
                            "cannot open epoll"};
}

void reactor_link::wake() noexcept {
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof(one));
}

std::shared_ptr<reactor_link> spawn_reactor(caf::actor_system& sys) {
  auto link = std::make_shared<reactor_link>();
  link->actor_ = sys.spawn<caf::detached>(reactor, link);
  return link;
}

watched_socket::watched_socket(std::shared_ptr<reactor_link> reactor,
                               unique_fd fd, const socket_owner& owner)
    : reactor_{std::move(reactor)}, fd_{std::move(fd)},
      id_{reactor_->next_id()} {
  // Added here and not by the reactor: by the time of its turn the descriptor
  // may be closed, and its number another socket's.
  epoll_event event{};
  event.events = EPOLLONESHOT;
  event.data.u64 = id_;
  if (::epoll_ctl(reactor_->epoll(), EPOLL_CTL_ADD, fd_.get(), &event) != 0)
    throw std::system_error{errno, std::generic_category(),
                            "cannot watch a socket"};
  reactor_->post(assign_socket{id_, owner});
}

watched_socket& watched_socket::operator=(watched_socket&& other) noexcept {
  close();
  reactor_ = std::move(other.reactor_);
  fd_ = std::move(other.fd_);
  id_ = other.id_;
  return *this;
}

void watched_socket::assign(const socket_owner& owner) {
  reactor_->post(assign_socket{id_, owner});
}

void watched_socket::arm(bool read, bool write) {
  epoll_event event{};
  event.events = EPOLLONESHOT;
  if (read)
    event.events |= EPOLLIN | EPOLLRDHUP;
  if (write)
    event.events |= EPOLLOUT;
  event.data.u64 = id_;
  // It cannot fail: the descriptor is open and was added.
  (void)::epoll_ctl(reactor_->epoll(), EPOLL_CTL_MOD, fd_.get(), &event);
}

void watched_socket::close() {
  if (!fd_)
    return;
  fd_.reset();
  reactor_->post(forget_socket{id_});
}

} // namespace grapevine
