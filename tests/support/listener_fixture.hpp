#pragma once

#include "actors/listener.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <poll.h>
#include <sstream>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <utility>

namespace grapevine::test {

/// A connection of a stranger, who does what the test says.
class stranger {
public:
  explicit stranger(unique_fd fd) : fd_{std::move(fd)} {}

  void say(std::string_view text) {
    CHECK(write_some(fd_.get(), as_bytes(text)).status == io_status::done);
  }
  void hang_up() { fd_.reset(); }
  int fd() const noexcept { return fd_.get(); }

  /// Whether the node has ended the connection by now.
  bool closed() const {
    const auto found = peek(fd_.get());
    return found == io_status::end || found == io_status::failed;
  }

private:
  unique_fd fd_;
};

/// A listener in virtual time, on a socket of the loopback interface. The test
/// is the reactor, and connects.
class listener_fixture {
public:
  explicit listener_fixture(const std::function<void(node_config&)>& change =
                                [](node_config&) {})
      : ctx_{make_context(change)}, sink{system.sys()} {
    auto socket =
        listen_on(endpoint::of(libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0))
                      .value())
            .value();
    fd_ = socket.get();
    where = local_endpoint(fd_);
    listener = spawn_listener(system.sys(), ctx_, std::move(socket),
                              sink.as<connection_sink>());
    caf::actor_cast<caf::actor>(listener)->attach_functor(
        [ended = ended_](const caf::error&) { *ended = true; });
    run();
  }

  ~listener_fixture() {
    caf::anon_send_exit(listener, caf::exit_reason::kill);
    system.run();
  }

  /// Connects from 127.0.0.`host`.
  stranger come(unsigned host = 1) {
    unique_fd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    REQUIRE(fd);
    const auto from = endpoint::of(libp2p::multiaddr::from_ip_tcp(
                                       "127.0.0." + std::to_string(host), 0))
                          .value();
    REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&from.addr),
                   from.size)
            == 0);
    stranger result{std::move(fd)};
    connect(result);
    return result;
  }

  void connect(const stranger& who) {
    REQUIRE(::connect(who.fd(), reinterpret_cast<const sockaddr*>(&where.addr),
                      where.size)
            == 0);
    run();
  }

  /// One that says something at once.
  stranger talk(unsigned host = 1) {
    auto result = come(host);
    result.say("hello");
    run();
    return result;
  }

  /// Moves messages and events until nothing moves.
  void run() {
    do
      system.run();
    while (greet() || report());
  }

  void advance(std::chrono::milliseconds time) {
    system.advance(time);
    run();
  }

  template <class T>
  void say(T msg) {
    tell_from_outside(listener, std::move(msg));
    run();
  }

  /// What was logged since the last time.
  std::string log() {
    auto result = log_.str();
    log_.str({});
    return result;
  }

  bool ended() const { return *ended_; }

  /// No further connection is accepted: the socket fails.
  void break_socket() {
    REQUIRE(::shutdown(fd_, SHUT_RDWR) == 0);
    run();
  }

  virtual_system system;

private:
  std::ostringstream log_;
  context_ptr ctx_;

public:
  recorder<connection_established, dial_failed, listener_failed> sink;
  listener_actor listener;
  endpoint where;

private:
  context_ptr make_context(const std::function<void(node_config&)>& change) {
    auto result = std::make_shared<node_context>(*virtual_system::context(1));
    change(result->config);
    auto session = test_session_config(1);
    session.limits = result->config.session;
    result->session =
        std::make_shared<const libp2p::session_config>(std::move(session));
    result->reactor = std::make_shared<reactor_link>();
    result->log = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_));
    result->log->set_level(spdlog::level::debug);
    result->log->set_pattern("%l %v");
    return result;
  }

  // The reactor's first word of each new socket.
  bool greet() {
    const auto next = ctx_->reactor->next_id();
    for (auto id = greeted_ + 1; id < next; ++id)
      tell_from_outside(listener, socket_ready{id, false, false});
    return std::exchange(greeted_, next) + 1 < next;
  }

  // In the reactor's place. Those who have begun their handshake are not told
  // anything: how it goes on is the connector's business.
  bool report() {
    std::array<epoll_event, 64> events;
    const int n = ::epoll_wait(ctx_->reactor->epoll(), events.data(),
                               static_cast<int>(events.size()), 0);
    bool any = false;
    for (int i = 0; i < n; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == 0)
        continue;
      any = true;
      tell_from_outside(listener, socket_ready{event.data.u64,
                                               (event.events & ~EPOLLOUT) != 0,
                                               (event.events & EPOLLOUT) != 0});
    }
    return any;
  }

  int fd_ = -1;
  socket_id greeted_ = 0;
  std::shared_ptr<bool> ended_ = std::make_shared<bool>(false);
};

} // namespace grapevine::test
