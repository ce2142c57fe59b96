// Addresses and sockets, on the loopback interface.
#include "actors/host/socket.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

using namespace grapevine;

namespace {

std::optional<endpoint> endpoint_of(const std::string& text) {
  const auto address = libp2p::multiaddr::from_text(text);
  REQUIRE(address);
  return endpoint::of(*address);
}

unique_fd listen(const endpoint& where) {
  auto result = listen_on(where);
  REQUIRE(result);
  return std::move(*result);
}

void wait_readable(int fd) {
  pollfd one{fd, POLLIN, 0};
  REQUIRE(::poll(&one, 1, 20'000) == 1);
}

int option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof(value);
  REQUIRE(::getsockopt(fd, level, name, &value, &size) == 0);
  return value;
}

} // namespace

TEST_CASE("socket: an endpoint is an IP address and a TCP port, no more") {
  CHECK(endpoint_of("/ip4/127.0.0.1/tcp/4001")->port() == 4001);
  CHECK(endpoint_of("/ip6/::1/tcp/4001")->port() == 4001);
  CHECK_FALSE(endpoint_of("/ip4/127.0.0.1"));
  CHECK_FALSE(endpoint_of("/ip4/127.0.0.1/udp/4001"));
  CHECK_FALSE(endpoint_of("/ip4/127.0.0.1/tcp/4001/ws"));
  CHECK_FALSE(endpoint_of("/dns4/localhost/tcp/4001"));
}

TEST_CASE("socket: a link-local endpoint is on an interface of this machine") {
  const std::string text = "/ip6zone/lo/ip6/fe80::1/tcp/4001";
  const auto found = endpoint_of(text);
  REQUIRE(found);
  CHECK(reinterpret_cast<const sockaddr_in6&>(found->addr).sin6_scope_id == 1);
  CHECK(found->to_multiaddr().to_text() == text);
  CHECK_FALSE(endpoint_of("/ip6zone/nowhere0/ip6/fe80::1/tcp/4001"));
}

TEST_CASE("socket: a port can be listened at again while connections that were "
          "accepted there linger") {
  auto first = listen(*endpoint_of("/ip4/127.0.0.1/tcp/0"));
  const auto where = local_endpoint(first.get());
  auto dialled = start_connect(where);
  REQUIRE(dialled);
  wait_readable(first.get());
  auto accepted = accept_one(first.get());
  REQUIRE(accepted);
  // Who closes first keeps the port busy for a minute.
  accepted->first.reset();
  wait_readable(dialled->get());
  dialled->reset();
  first.reset();
  CHECK(listen_on(where));
}

TEST_CASE("socket: the system watches both ends of a connection for silence") {
  const auto listener = listen(*endpoint_of("/ip4/127.0.0.1/tcp/0"));
  auto dialled = start_connect(local_endpoint(listener.get()));
  REQUIRE(dialled);
  wait_readable(listener.get());
  auto accepted = accept_one(listener.get());
  REQUIRE(accepted);
  for (const int fd : {dialled->get(), accepted->first.get()}) {
    CHECK(option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(option(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 15);
    CHECK(option(fd, IPPROTO_TCP, TCP_KEEPINTVL) == 5);
    CHECK(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) == 35'000);
    CHECK(option(fd, IPPROTO_TCP, TCP_NODELAY) == 1);
  }
}

TEST_CASE("socket: the system tries again soon to bring what is not "
          "acknowledged, at both ends and from the first packet on") {
  constexpr int rto_max_ms = 44; // TCP_RTO_MAX_MS, of Linux 6.15
  const auto listener = listen(*endpoint_of("/ip4/127.0.0.1/tcp/0"));
  int value = 0;
  socklen_t size = sizeof(value);
  if (::getsockopt(listener.get(), IPPROTO_TCP, rto_max_ms, &value, &size)
      != 0) {
    WARN("this kernel has no TCP_RTO_MAX_MS");
    return;
  }
  auto dialled = start_connect(local_endpoint(listener.get()));
  REQUIRE(dialled);
  wait_readable(listener.get());
  auto accepted = accept_one(listener.get());
  REQUIRE(accepted);
  CHECK(option(dialled->get(), IPPROTO_TCP, rto_max_ms) == 2'000);
  CHECK(option(accepted->first.get(), IPPROTO_TCP, rto_max_ms) == 2'000);
}

TEST_CASE(
    "socket: a connection whose own address is the machine's is not lost") {
  const auto listener = listen(*endpoint_of("/ip4/127.0.0.1/tcp/0"));
  auto dialled = start_connect(local_endpoint(listener.get()));
  REQUIRE(dialled);
  CHECK_FALSE(has_lost_address(dialled->get()));
  CHECK_FALSE(has_lost_address(-1));
}

TEST_CASE("socket: one whose own address the machine has lost is") {
  // May be bound to without being there.
  const unique_fd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const int on = 1;
  REQUIRE(::setsockopt(fd.get(), IPPROTO_IP, IP_FREEBIND, &on, sizeof(on))
          == 0);
  const auto elsewhere = *endpoint_of("/ip4/192.0.2.7/tcp/0");
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&elsewhere.addr),
                 elsewhere.size)
          == 0);
  CHECK(has_lost_address(fd.get()));
}

TEST_CASE("socket: the round trip to the other side is known once something "
          "was acknowledged") {
  const auto listener = listen(*endpoint_of("/ip4/127.0.0.1/tcp/0"));
  auto dialled = start_connect(local_endpoint(listener.get()));
  REQUIRE(dialled);
  wait_readable(listener.get());
  // The handshake was.
  const auto time = round_trip(dialled->get());
  REQUIRE(time);
  CHECK(time->count() > 0);
  CHECK(*time < std::chrono::seconds{1});
  CHECK_FALSE(round_trip(-1));
}

TEST_CASE("socket: the same port can be listened at on both IP versions") {
  auto where = *endpoint_of("/ip4/0.0.0.0/tcp/1");
  // A port that is free on the one may be somebody's on the other.
  bool both = false;
  for (int i = 0; i < 20 && !both; ++i) {
    const auto six = listen_on(*endpoint_of("/ip6/::/tcp/0"));
    if (!six) {
      WARN("no IPv6 here: " << error_of(six).reason);
      return;
    }
    where.set_port(local_endpoint(six->get()).port());
    both = listen_on(where).has_value();
  }
  CHECK(both);
}
