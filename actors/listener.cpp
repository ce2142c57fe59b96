#include "actors/listener.hpp"

#include "actors/connector.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace grapevine {

namespace {

// Connections accepted in one turn, so that others get theirs.
constexpr std::size_t accept_batch = 64;

// Handshakes under way at once. Each costs some 50 KiB and about 300 us of
// elliptic curves; beyond, connections wait in the kernel.
constexpr std::size_t max_handshakes = 256;

// Without a free descriptor nothing is gained by asking at once again.
constexpr std::chrono::milliseconds accept_pause{200};

bool out_of_descriptors(int code) {
  return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

class listener_state {
public:
  listener_state(listener_actor::pointer self, context_ptr ctx,
                 unique_fd socket, connection_sink sink)
      : self_{self}, ctx_{std::move(ctx)}, sink_{std::move(sink)},
        address_{local_endpoint(socket.get()).to_multiaddr()},
        handshakes_{self,
                    [this](const caf::actor_addr& who, const caf::error&) {
                      std::erase_if(under_way_, [&](const auto& one) {
                        return one.connector.address() == who;
                      });
                      if (!paused_)
                        socket_.arm(true, false);
                    }},
        socket_{ctx_->reactor, std::move(socket), listener_actor{self}} {}

  void accept() {
    for (std::size_t i = 0; i < accept_batch; ++i) {
      if (under_way_.size() >= max_handshakes)
        return;
      auto accepted = accept_one(socket_.fd());
      if (accepted)
        welcome(std::move(accepted->first), accepted->second);
      else if (!go_on_after(accepted.error()))
        return;
    }
    socket_.arm(true, false);
  }

  void resume() {
    paused_ = false;
    accept();
  }

  void give_up_handshakes() {
    for (const auto& one : under_way_)
      tell(self_, one.connector, close_transport{});
  }

  // Those whose time is over are told, and say so when they have ended.
  void end_overdue() {
    watching_ = false;
    for (auto& one : under_way_)
      if (!one.told && one.until <= now(self_)) {
        one.told = true;
        tell(self_, one.connector, attempt_timeout{});
      }
    watch_deadlines();
  }

private:
  /// A handshake.
  struct attempt {
    connector_actor connector;
    libp2p::time_point until;
    bool told = false;
  };

  // One timer for all; the oldest come first.
  void watch_deadlines() {
    const auto next = std::ranges::find(under_way_, false, &attempt::told);
    if (next == under_way_.end() || std::exchange(watching_, true))
      return;
    tell_self_later(
        self_,
        std::max(next->until - now(self_), libp2p::time_point::duration{0}),
        attempt_timeout{});
  }

  void welcome(unique_fd fd, const endpoint& from) {
    auto connector = spawn_acceptor(self_->system(), ctx_, std::move(fd),
                                    from.to_multiaddr(), sink_);
    handshakes_.watch(connector);
    under_way_.push_back({std::move(connector),
                          now(self_) + ctx_->config.session.handshake_timeout});
    watch_deadlines();
  }

  // Whether to accept further; arms the socket or a timer if not.
  bool go_on_after(int code) {
    if (code == EAGAIN || code == EWOULDBLOCK) {
      socket_.arm(true, false);
      return false;
    }
    if (out_of_descriptors(code)) {
      ctx_->log->warn("not accepting connections for {} ms: {} addr={}",
                      accept_pause.count(), std::strerror(code),
                      address_.to_text());
      paused_ = true;
      tell_self_later(self_, accept_pause, resume_accepting{});
      return false;
    }
    if (code == EBADF || code == EINVAL || code == ENOTSOCK) {
      tell(self_, sink_, listener_failed{address_, std::strerror(code)});
      // Nobody would look after their deadlines.
      give_up_handshakes();
      self_->quit();
      return false;
    }
    // The connection broke before it was accepted: the next one may be fine.
    return true;
  }

  listener_actor::pointer self_;
  context_ptr ctx_;
  connection_sink sink_;
  libp2p::multiaddr address_;
  down_watch<listener_actor::base> handshakes_;
  watched_socket socket_;
  std::vector<attempt> under_way_;
  // Whether a timer runs.
  bool watching_ = false;
  bool paused_ = false;
};

listener_actor::behavior_type listener(listener_actor::pointer self,
                                       const context_ptr& ctx,
                                       const std::shared_ptr<unique_fd>& socket,
                                       const connection_sink& sink) {
  auto state =
      std::make_shared<listener_state>(self, ctx, std::move(*socket), sink);
  return {
      [state](const socket_ready&) { state->accept(); },
      [state](resume_accepting) { state->resume(); },
      [state](const attempt_timeout&) { state->end_overdue(); },
      [self, state](close_transport) {
        state->give_up_handshakes();
        self->quit();
      },
  };
}

} // namespace

listener_actor spawn_listener(caf::actor_system& sys, context_ptr ctx,
                              unique_fd socket, connection_sink sink) {
  return sys.spawn(listener, std::move(ctx),
                   std::make_shared<unique_fd>(std::move(socket)),
                   std::move(sink));
}

} // namespace grapevine
