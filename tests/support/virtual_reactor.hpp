#pragma once

#include "actors/host/reactor.hpp"

#include <array>
#include <map>
#include <memory>
#include <sys/epoll.h>

namespace grapevine::test {

/// A reactor without a thread: reports what epoll has when the test says so.
class virtual_reactor {
public:
  explicit virtual_reactor(caf::actor_system& sys)
      : link_{std::make_shared<reactor_link>(
          caf::actor_cast<reactor_actor>(sys.spawn(run, owners_)))} {}

  const std::shared_ptr<reactor_link>& link() const { return link_; }

  /// Tells the owners what their sockets have; whether there was anything.
  bool report() {
    std::array<epoll_event, 64> events;
    const int n = ::epoll_wait(link_->epoll(), events.data(),
                               static_cast<int>(events.size()), 0);
    bool any = false;
    for (int i = 0; i < n; ++i) {
      // Packed: no reference may be bound to its members.
      const auto& event = events[static_cast<std::size_t>(i)];
      const socket_id id = event.data.u64;
      const auto owner = owners_->find(id);
      if (owner == owners_->end())
        continue;
      any = true;
      const bool failed = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
      tell_from_outside(
          owner->second,
          socket_ready{id,
                       failed || (event.events & (EPOLLIN | EPOLLRDHUP)) != 0,
                       failed || (event.events & EPOLLOUT) != 0});
    }
    return any;
  }

  /// Ends all who own sockets still: each of them keeps the reactor.
  void end_owners() {
    for (const auto& [id, owner] : *owners_)
      caf::anon_send_exit(owner, caf::exit_reason::kill);
    owners_->clear();
  }

private:
  // As the reactor does, it keeps owners alive until they forget their sockets.
  using owner_map = std::map<socket_id, socket_owner>;

  static caf::behavior run(caf::event_based_actor*,
                           const std::shared_ptr<owner_map>& owners) {
    return {
        [owners](const assign_socket& msg) {
          owners->insert_or_assign(msg.id, msg.owner);
          tell_from_outside(msg.owner, socket_ready{msg.id, false, false});
        },
        [owners](const forget_socket& msg) { owners->erase(msg.id); },
    };
  }

  std::shared_ptr<owner_map> owners_ = std::make_shared<owner_map>();
  std::shared_ptr<reactor_link> link_;
};

} // namespace grapevine::test
