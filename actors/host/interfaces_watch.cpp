#include "actors/host/interfaces_watch.hpp"

#include "actors/host/host_context.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace grapevine {

namespace {

class interfaces_watch_state {
public:
  interfaces_watch_state(interfaces_watch_actor::pointer self,
                         std::shared_ptr<reactor_link> reactor,
                         unique_fd events, interfaces_sink sink)
      : self_{self}, sink_{std::move(sink)}, events_{std::move(reactor),
                                                     std::move(events),
                                                     interfaces_watch_actor{
                                                         self}} {}

  void ready(const socket_ready& msg) {
    if (msg.id != events_.id())
      return;
    if (msg.readable && read_all())
      report_soon();
    if (events_)
      events_.arm(true, false);
  }

  void settled() {
    reported_before_ = std::exchange(reported_at_, now(self_));
    waits_ = false;
    tell(self_, sink_, interfaces_changed{});
  }

private:
  // Whether there was anything.
  bool read_all() {
    bool any = false;
    for (;;) {
      std::array<std::uint8_t, 8192> ignored;
      const auto got = read_some(events_.fd(), ignored);
      if (got.status == io_status::would_block)
        return any;
      any = true;
      // More than the socket can hold: that something has changed is enough.
      if (got.status == io_status::done
          || (got.status == io_status::failed && got.error == ENOBUFS))
        continue;
      fail(got.status == io_status::end
               ? std::string{"the system has closed it"}
               : std::generic_category().message(got.error));
      return any;
    }
  }

  // One timer is enough, however much comes until then. Of two changes the
  // second does not wait: an address that comes up late, as IPv6's do, must not
  // hold up the loss of another.
  void report_soon() {
    if (std::exchange(waits_, true))
      return;
    auto due = now(self_) + interfaces_settle;
    if (reported_before_)
      due = std::max(due, *reported_before_ + interfaces_pause);
    tell_self_later(self_, due - now(self_), interfaces_settled{});
  }

  void fail(const std::string& reason) {
    events_.close();
    self_->quit(caf::make_error(caf::sec::runtime_error, reason));
  }

  interfaces_watch_actor::pointer self_;
  interfaces_sink sink_;
  watched_socket events_;
  bool waits_ = false;
  // The last report, and the one before it.
  std::optional<time_point> reported_at_;
  std::optional<time_point> reported_before_;
};

interfaces_watch_actor::behavior_type interfaces_watch(
    interfaces_watch_actor::pointer self, std::shared_ptr<reactor_link> reactor,
    const std::shared_ptr<unique_fd>& events, interfaces_sink sink) {
  auto state = std::make_shared<interfaces_watch_state>(
      self, std::move(reactor), std::move(*events), std::move(sink));
  return {
      [state](const socket_ready& msg) { state->ready(msg); },
      [state](interfaces_settled) { state->settled(); },
  };
}

} // namespace

interfaces_watch_actor
spawn_interfaces_watch(caf::actor_system& sys,
                       std::shared_ptr<reactor_link> reactor, unique_fd events,
                       interfaces_sink sink) {
  return sys.spawn(interfaces_watch, std::move(reactor),
                   std::make_shared<unique_fd>(std::move(events)),
                   std::move(sink));
}

} // namespace grapevine
