#pragma once

#include "actors/host/connector.hpp"
#include "actors/host/tcp_transport.hpp"
#include "libp2p/address/peer_record.hpp"
#include "libp2p/base/time_point.hpp"
#include "tests/support/partner.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/support/virtual_reactor.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace grapevine::test {

/// A stream that no reactor watches: of a file.
inline byte_stream_ptr
unwatchable(const std::shared_ptr<reactor_link>& reactor) {
  return make_socket_stream(
      reactor, unique_fd{::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)});
}

/// The other side of one connection.
struct far_side {
  far_side(std::uint8_t number, libp2p::role who, unique_fd socket,
           time_point now)
      : fd{std::move(socket)}, end{test_session_config(number), who,
                                   std::nullopt, 0xFA, now} {}

  /// Whether anything moved.
  bool move(time_point now) {
    if (mute)
      return false;
    bytes out;
    end.session.take_output(out, 65'536);
    if (!out.empty())
      static_cast<void>(write_some(fd.get(), out));
    bytes in(65'536);
    const auto got = read_some(fd.get(), in);
    if (got.status != io_status::done)
      return !out.empty();
    end.session.receive(bytes_view{in}.first(got.size), now, end.events);
    return true;
  }

  unique_fd fd;
  session_end end;
  bool mute = false;
};

/// Who listens at an address: peer `number`, or one that never speaks.
struct server {
  server(std::uint8_t number, bool is_mute)
      : identity{number}, mute{is_mute},
        socket{listen_on(
                   endpoint::of(libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0))
                       .value())
                   .value()},
        address{local_endpoint(socket.get()).to_multiaddr()} {}

  static libp2p::peer_id id_of(std::uint8_t number) {
    return numbered_identity(number)->peer();
  }

  std::uint8_t identity;
  bool mute;
  unique_fd socket;
  libp2p::multiaddr address;
  std::deque<far_side> accepted;
};

/// A connector in virtual time. The test is the other side.
struct connector_fixture {
  connector_fixture() : sink{system.sys()}, waiting{system.sys()} {
    auto shared = std::make_shared<node_context>(*virtual_system::context(1));
    shared->session =
        std::make_shared<const libp2p::session_config>(test_session_config(1));
    shared->reactor = reactor.link();
    shared->resolver = resolver.as<resolver_actor>();
    shared->addresses = {libp2p::multiaddr::from_ip_tcp("192.0.2.77", 4077)};
    shared->signed_record =
        libp2p::seal_peer_record(shared->config.identity, 1, shared->addresses);
    ctx = shared;
  }

  ~connector_fixture() {
    if (connector)
      caf::anon_send_exit(connector, caf::exit_reason::kill);
    reactor.end_owners();
    system.run();
  }

  time_point now() { return system.sys().clock().now(); }

  server& serve(std::uint8_t number) {
    return servers.emplace_back(number, false);
  }
  server& serve_mute() { return servers.emplace_back(std::uint8_t{9}, true); }

  /// An address at which nobody is.
  static libp2p::multiaddr deserted() { return server{9, false}.address; }

  /// What any name leads to from now on.
  void lead_names_to(std::vector<libp2p::multiaddr> addresses,
                     const std::string& error = "") {
    address_resolved answer;
    answer.found.addresses = std::move(addresses);
    answer.found.error = error;
    resolver.answer<resolve_address>(answer);
  }

  void dial(const std::vector<libp2p::multiaddr>& addresses) {
    follow(spawn_dialer(system.sys(), ctx, 7, addresses,
                        sink.as<connection_sink>()));
  }

  /// A connection that was accepted, and its other end.
  far_side& accept(bool watched, bool mute = false) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                         ends.data())
            == 0);
    auto stream = make_socket_stream(ctx->reactor, unique_fd{ends[0]});
    if (watched)
      stream->assign(waiting.as<socket_owner>());
    auto& far = dialers.emplace_back(std::uint8_t{9}, libp2p::role::dialer,
                                     unique_fd{ends[1]}, now());
    far.mute = mute;
    follow(spawn_acceptor(system.sys(), ctx, std::move(stream), remote,
                          sink.as<connection_sink>()));
    return far;
  }

  void follow(connector_actor one) {
    connector = std::move(one);
    caf::actor_cast<caf::actor>(connector)->attach_functor(
        [end = end](const caf::error& why) { *end = why; });
    run();
  }

  void run() {
    do
      system.run();
    while (reactor.report() || move());
  }

  void advance(std::chrono::milliseconds time) {
    system.advance(time);
    run();
  }

  template <class T>
  void say(T msg) {
    tell_from_outside(connector, std::move(msg));
    run();
  }

  const connection_established& established() const {
    REQUIRE(sink.all<dial_failed>().empty());
    REQUIRE(sink.all<connection_established>().size() == 1);
    return sink.all<connection_established>()[0];
  }

  /// Why the dial has failed.
  std::string failure(const libp2p::multiaddr& address) const {
    CHECK(sink.all<connection_established>().empty());
    REQUIRE(sink.all<dial_failed>().size() == 1);
    const auto& failed = sink.all<dial_failed>()[0];
    CHECK(failed.attempt == 7);
    CHECK(failed.address == address);
    CHECK(*end);
    return failed.reason;
  }

  bool undecided() const {
    return !*end && sink.all<dial_failed>().empty()
           && sink.all<connection_established>().empty();
  }

  virtual_system system;
  virtual_reactor reactor{system.sys()};
  partner<resolve_address> resolver{system.sys()};
  context_ptr ctx;
  recorder<connection_established, dial_failed> sink;
  /// Has the socket of a connection until its first bytes come.
  recorder<socket_ready> waiting;
  std::deque<server> servers;
  std::deque<far_side> dialers;
  connector_actor connector;
  /// Why it has ended.
  std::shared_ptr<std::optional<caf::error>> end =
      std::make_shared<std::optional<caf::error>>();
  /// Where accepted connections come from.
  const libp2p::multiaddr remote =
      libp2p::multiaddr::from_ip_tcp("192.0.2.9", 4009);

private:
  bool move() {
    bool moved = false;
    for (auto& one : servers) {
      if (auto got = accept_one(one.socket.get())) {
        one.accepted.emplace_back(one.identity, libp2p::role::listener,
                                  std::move(got->first), now());
        one.accepted.back().mute = one.mute;
        moved = true;
      }
      for (auto& far : one.accepted)
        moved = far.move(now()) || moved;
    }
    for (auto& far : dialers)
      moved = far.move(now()) || moved;
    return moved;
  }
};

} // namespace grapevine::test
