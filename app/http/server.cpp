#include "app/http/server.hpp"

#include "actors/host/address_group.hpp"
#include "actors/host/descriptors.hpp"
#include "actors/host/host_context.hpp"
#include "actors/log_limit.hpp"
#include "app/http/connection.hpp"
#include "app/http/feed_book.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unordered_map>
#include <utility>

namespace grapevine::app::http {

namespace {

// Connections accepted in one turn, so that others get theirs.
constexpr std::size_t accept_batch = 64;

// Without a free descriptor nothing is gained by asking at once again.
constexpr std::chrono::milliseconds accept_pause{200};

libp2p::ip_prefix group_of(const endpoint& from) {
  // All of a Unix socket's clients are one.
  if (from.addr.ss_family == AF_UNIX)
    return {};
  return address_group(from.to_multiaddr());
}

void tune(const unique_fd& accepted) {
  const auto set = [&](int name, int value) {
    (void)::setsockopt(accepted.get(), SOL_SOCKET, name, &value, sizeof(value));
  };
  // A stream's client may vanish without a word, and there may be nothing to
  // send to it for long.
  set(SO_KEEPALIVE, 1);
  // The kernel would keep some MiB for each client that reads slowly.
  set(SO_SNDBUF, 128 * 1024);
}

class server_state {
public:
  server_state(server_actor::pointer self,
               std::shared_ptr<reactor_link> reactor, listening_socket from,
               api_ptr with, std::shared_ptr<spdlog::logger> log,
               const server_limits& limits, tls_context tls)
      : self_{self}, reactor_{std::move(reactor)}, api_{std::move(with)},
        log_{std::move(log)}, limits_{limits}, tls_{std::move(tls)},
        bodies_{std::make_shared<gossip::byte_budget>(limits.body_bytes)},
        gate_{limits.connections}, downs_{self,
                                          [this](const caf::actor_addr& who,
                                                 const caf::error& why) {
                                            ended(who, why);
                                          }},
        file_{std::move(from.file)}, socket_{reactor_, std::move(from.fd),
                                             server_actor{self}},
        accept_below_{plan_descriptors(descriptor_limit(), 0, 0).accept_below} {
  }

  void accept() {
    paused_ = false;
    for (std::size_t i = 0; i < accept_batch; ++i) {
      auto one = accept_one(socket_.fd());
      if (one && static_cast<std::size_t>(one->first.get()) < accept_below_)
        welcome(std::move(one->first), one->second);
      else if (one)
        return pause(EMFILE);
      else if (one.error() == EAGAIN || one.error() == EWOULDBLOCK)
        break;
      else if (one.error() != ECONNABORTED && one.error() != EINTR)
        return pause(one.error());
    }
    socket_.arm(true, false);
  }

  void resume() {
    if (paused_)
      accept();
  }

  caf::result<stream_joined> join(const join_stream& msg) {
    return delegate(self_, feeds_.join(msg.subject, [&] { return feed(msg); }),
                    msg);
  }

  void feed_idle(const http::feed_idle& msg) {
    if (const auto unused = feeds_.leave(msg.subject, msg.joined))
      tell(self_, unused, end_feed{});
  }

  void use(const use_tls& msg) { tls_ = msg.context; }

  void close() {
    for (const auto& [who, one] : connections_)
      tell(self_, one.actor, end_connection{});
    for (const auto& one : feeds_.all())
      tell(self_, one, end_feed{});
    self_->quit();
  }

private:
  struct client {
    connection_actor actor;
    libp2p::ip_prefix from;
  };

  void welcome(unique_fd accepted, const endpoint& peer) {
    tune(accepted);
    const auto from = group_of(peer);
    if (!gate_.enter(from))
      return turn_away(accepted);
    auto actor = spawn_connection(self_->system(), server_actor{self_},
                                  reactor_, std::move(accepted), api_, bodies_,
                                  limits_.each, tls_);
    downs_.watch(actor);
    const auto address = actor.address();
    connections_.emplace(address, client{std::move(actor), from});
  }

  // What does not fit into an empty socket's buffer is lost.
  void turn_away(const unique_fd& accepted) {
    if (const auto left_out = full_.next(now(self_)))
      log_->warn("API: a client was turned away: there are too many "
                 "connections, {} in all left_out={}",
                 gate_.size(), *left_out);
    (void)write_some(
        accepted.get(),
        as_bytes(to_wire(problem(503, "there are too many connections"), false,
                         true)));
  }

  void ended(const caf::actor_addr& who, const caf::error& why) {
    const auto one = connections_.find(who);
    if (one == connections_.end())
      return feed_ended(who, why);
    if (why)
      log_->error("API: a connection has died: {}", reason_of(why));
    gate_.leave(one->second.from);
    connections_.erase(one);
  }

  feed_actor feed(const join_stream& msg) {
    auto one = spawn_feed(self_->system(), api_->options().node,
                          server_actor{self_}, msg.subject);
    downs_.watch(one);
    return one;
  }

  // Its clients know themselves.
  void feed_ended(const caf::actor_addr& who, const caf::error& why) {
    if (why)
      log_->error("API: a stream has died: {}", reason_of(why));
    feeds_.forget(who);
  }

  void pause(int code) {
    if (const auto left_out = short_.next(now(self_)))
      log_->warn("API: not accepting clients for a moment: {} left_out={}",
                 std::strerror(code), *left_out);
    paused_ = true;
    tell_self_later(self_, accept_pause, resume_accepting{});
  }

  server_actor::pointer self_;
  std::shared_ptr<reactor_link> reactor_;
  api_ptr api_;
  std::shared_ptr<spdlog::logger> log_;
  server_limits limits_;
  tls_context tls_;
  body_budget bodies_;
  connection_gate gate_;
  feed_book feeds_;
  down_watch<server_actor::base> downs_;
  std::unordered_map<caf::actor_addr, client> connections_;
  socket_file file_;
  watched_socket socket_;
  std::size_t accept_below_;
  bool paused_ = false;
  log_limit full_{1};
  log_limit short_{1};
};

server_actor::behavior_type
server(server_actor::pointer self, const std::shared_ptr<reactor_link>& reactor,
       const std::shared_ptr<listening_socket>& from, const api_ptr& with,
       const std::shared_ptr<spdlog::logger>& log, const server_limits& limits,
       const tls_context& tls) {
  auto state = std::make_shared<server_state>(self, reactor, std::move(*from),
                                              with, log, limits, tls);
  return {
      [state](const socket_ready&) { state->accept(); },
      [state](resume_accepting) { state->resume(); },
      [state](const join_stream& msg) { return state->join(msg); },
      [state](const feed_idle& msg) { state->feed_idle(msg); },
      [state](const use_tls& msg) { state->use(msg); },
      [state](close_transport) { state->close(); },
  };
}

} // namespace

server_actor spawn_server(caf::actor_system& sys,
                          std::shared_ptr<reactor_link> reactor,
                          listening_socket from, api_ptr with,
                          std::shared_ptr<spdlog::logger> log,
                          const server_limits& limits, tls_context tls) {
  return sys.spawn(server, std::move(reactor),
                   std::make_shared<listening_socket>(std::move(from)),
                   std::move(with), std::move(log), limits, std::move(tls));
}

} // namespace grapevine::app::http
