#pragma once

#include "actors/host/listener.hpp"
#include "actors/host/network_rules.hpp"
#include "actors/host/tcp_transport.hpp"
#include "libp2p/base/time_point.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/support/virtual_reactor.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <functional>
#include <memory>
#include <poll.h>
#include <sstream>
#include <string>
#include <string_view>
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

  /// Whether the node has ended the connection by now. What it has said before
  /// is not looked at.
  bool closed() const {
    std::array<std::uint8_t, 1024> ignored;
    for (;;) {
      const auto got =
          ::recv(fd_.get(), ignored.data(), ignored.size(), MSG_DONTWAIT);
      if (got == 0)
        return true;
      if (got < 0)
        return errno != EAGAIN && errno != EWOULDBLOCK;
    }
  }

private:
  unique_fd fd_;
};

/// A listener in virtual time, on a socket of the loopback interface, to which
/// the test connects.
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
    listener = spawn_listener(system.sys(), ctx_,
                              make_socket_listener(std::move(socket)),
                              sink.as<connection_sink>());
    caf::actor_cast<caf::actor>(listener)->attach_functor(
        [ended = ended_](const caf::error&) { *ended = true; });
    run();
  }

  ~listener_fixture() {
    caf::anon_send_exit(listener, caf::exit_reason::kill);
    system.run();
    reactor_.end_owners();
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

  /// Connects, and has said something by the time that it is accepted.
  stranger come_talking() {
    auto fd = start_connect(where);
    REQUIRE(fd);
    pollfd up{fd->get(), POLLOUT, 0};
    REQUIRE(::poll(&up, 1, 5'000) == 1);
    stranger result{std::move(*fd)};
    result.say("hello");
    run();
    return result;
  }

  /// Moves messages and events until nothing moves.
  void run() {
    do
      system.run();
    while (reactor_.report());
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

  time_point now() { return system.sys().clock().now(); }

  bool ended() const { return *ended_; }

  /// No further connection is accepted: the socket fails.
  void break_socket() {
    REQUIRE(::shutdown(fd_, SHUT_RDWR) == 0);
    run();
  }

  virtual_system system;

private:
  std::ostringstream log_;
  virtual_reactor reactor_{system.sys()};
  context_ptr ctx_;

public:
  recorder<connection_established, dial_failed, listener_failed, host_counts>
      sink;
  listener_actor listener;
  endpoint where;

private:
  context_ptr make_context(const std::function<void(node_config&)>& change) {
    auto result = std::make_shared<node_context>(*virtual_system::context(1));
    change(result->config);
    result->settings = result->config;
    result->networks = std::make_shared<const network_rules>(
        result->config.allowed_networks, result->config.denied_networks);
    auto session = test_session_config(1);
    session.limits = result->config.session;
    result->session =
        std::make_shared<const libp2p::session_config>(std::move(session));
    result->reactor = reactor_.link();
    result->log = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_));
    result->log->set_level(spdlog::level::debug);
    result->log->set_pattern("%l %v");
    return result;
  }

  int fd_ = -1;
  std::shared_ptr<bool> ended_ = std::make_shared<bool>(false);
};

} // namespace grapevine::test
