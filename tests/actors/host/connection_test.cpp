// A socket and its session: what the socket does shows, once.
#include "actors/host/connection.hpp"
#include "actors/host/tcp_transport.hpp"
#include "tests/support/session_pair.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <sys/socket.h>

using namespace grapevine;
using namespace grapevine::test;

namespace {

struct connection_fixture {
  connection_fixture() : connection_fixture{pair_of_sockets()} {}

  void read() { conn.read(1024, now, events); }

  time_point now{std::chrono::hours{1}};
  unique_fd far;
  session_events events;
  connection conn;

private:
  explicit connection_fixture(std::array<int, 2> ends)
      : far{ends[1]}, conn{watched(std::make_shared<reactor_link>(),
                                   unique_fd{ends[0]}),
                           libp2p::session{
                               std::make_shared<const libp2p::session_config>(
                                   test_session_config(1)),
                               libp2p::role::listener, remote(), std::nullopt,
                               session_end::ephemeral(0xEE), now},
                           libp2p::role::listener, remote()} {}

  static byte_stream_ptr watched(std::shared_ptr<reactor_link> reactor,
                                 unique_fd fd) {
    auto result = make_socket_stream(std::move(reactor), std::move(fd));
    result->assign({});
    return result;
  }

  static libp2p::multiaddr remote() {
    return libp2p::multiaddr::from_ip_tcp("192.0.2.1", 4001);
  }

  static std::array<int, 2> pair_of_sockets() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                         ends.data())
            == 0);
    return ends;
  }
};

} // namespace

TEST_CASE("connection: that nothing has come yet is not its end") {
  connection_fixture f;
  f.read();
  CHECK_FALSE(f.conn.ended());
  CHECK(f.conn.reason().empty());
}

TEST_CASE("connection: the end of the socket is its end") {
  connection_fixture f;
  f.far.reset();
  f.read();
  CHECK(f.conn.ended());
  CHECK(f.conn.reason() == "closed by the peer");
}

TEST_CASE("connection: the first reason for its end stays") {
  connection_fixture f;
  f.conn.explain("told before");
  f.conn.fail("told later");
  CHECK(f.conn.ended());
  CHECK(f.conn.reason() == "told before");
}
