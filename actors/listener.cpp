#include "actors/listener.hpp"

#include "actors/connector.hpp"

#include <cerrno>
#include <cstring>

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
                        return one.address() == who;
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
      tell(self_, one, close_transport{});
  }

private:
  void welcome(unique_fd fd, const endpoint& from) {
    auto connector = spawn_acceptor(self_->system(), ctx_, std::move(fd),
                                    from.to_multiaddr(), sink_);
    handshakes_.watch(connector);
    under_way_.push_back(std::move(connector));
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
  std::vector<connector_actor> under_way_;
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
