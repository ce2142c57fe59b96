#include "actors/connection.hpp"
#include "actors/connector.hpp"
#include "libp2p/peer_record.hpp"
#include "messages/node.hpp"
#include "tests/support/raw_peer.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/support/virtual_reactor.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <sys/socket.h>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// The other side of one connection.
struct far_side {
  far_side(std::uint8_t number, libp2p::role who, unique_fd socket,
           libp2p::time_point now)
      : fd{std::move(socket)}, end{test_session_config(number), who,
                                   std::nullopt, 0xFA, now} {}

  // Whether anything moved.
  bool move(libp2p::time_point now) {
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

// Who listens at an address: peer `number`, or one that never speaks.
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

// A connector in virtual time. The test is the other side.
struct connector_fixture {
  connector_fixture() : sink{system.sys()}, waiting{system.sys()} {
    auto shared = std::make_shared<node_context>(*virtual_system::context(1));
    shared->session =
        std::make_shared<const libp2p::session_config>(test_session_config(1));
    shared->reactor = reactor.link();
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

  libp2p::time_point now() { return system.sys().clock().now(); }

  server& serve(std::uint8_t number) {
    return servers.emplace_back(number, false);
  }
  server& serve_mute() { return servers.emplace_back(std::uint8_t{9}, true); }

  // An address at which nobody is.
  static libp2p::multiaddr deserted() { return server{9, false}.address; }

  void dial(const std::vector<libp2p::multiaddr>& addresses) {
    follow(spawn_dialer(system.sys(), ctx, 7, addresses,
                        sink.as<connection_sink>()));
  }

  // A connection that was accepted, whose other end is `far`.
  far_side& accept(bool watched, bool mute = false) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                         ends.data())
            == 0);
    accepted_socket socket;
    if (watched)
      socket.watched = {ctx->reactor, unique_fd{ends[0]},
                        waiting.as<socket_owner>()};
    else
      socket.fresh = unique_fd{ends[0]};
    auto& far = dialers.emplace_back(std::uint8_t{9}, libp2p::role::dialer,
                                     unique_fd{ends[1]}, now());
    far.mute = mute;
    follow(spawn_acceptor(system.sys(), ctx, std::move(socket), remote,
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

  // Why the dial has failed.
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
  context_ptr ctx;
  recorder<connection_established, dial_failed> sink;
  // Has the socket of a connection until its first bytes come.
  recorder<socket_ready> waiting;
  std::deque<server> servers;
  std::deque<far_side> dialers;
  connector_actor connector;
  // Why it has ended.
  std::shared_ptr<std::optional<caf::error>> end =
      std::make_shared<std::optional<caf::error>>();
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

} // namespace

// -- dialling -----------------------------------------------------------------

TEST_CASE("connector: a dialled connection is handed over once the other side "
          "has proven who it is") {
  connector_fixture f;
  auto& other = f.serve(9);
  const auto id = server::id_of(9);
  const bool named = GENERATE(true, false);
  f.dial({named ? other.address.with_peer(id) : other.address});
  const auto& got = f.established();
  CHECK(got.attempt == 7);
  CHECK(got.peer == id);
  CHECK(got.conn->role() == libp2p::role::dialer);
  CHECK(got.conn->remote() == other.address);
  CHECK(got.conn->session().ready());
  session_events events;
  got.events->replay(events);
  REQUIRE(events.ready);
  CHECK(events.log.front() == "ready");
  REQUIRE(*f.end);
  CHECK_FALSE(**f.end);
  // Its time is over then.
  f.advance(1h);
  CHECK(f.sink.all<dial_failed>().empty());
}

TEST_CASE("connector: the other side is told where this node can be dialled") {
  connector_fixture f;
  auto& other = f.serve(9);
  f.dial({other.address});
  const auto& conn = f.established().conn;
  session_events events;
  auto& far = other.accepted.at(0);
  for (int i = 0; i < 10; ++i) {
    conn->write();
    far.move(f.now());
    conn->read(65'536, f.now(), events);
  }
  REQUIRE(far.end.events.identified.size() == 1);
  const auto& told = far.end.events.identified[0].info;
  CHECK(told.listen_addrs == f.ctx->addresses);
  CHECK(told.signed_peer_record == f.ctx->signed_record);
}

TEST_CASE("connector: another one than the address names is not accepted") {
  connector_fixture f;
  auto& other = f.serve(9);
  const auto wrong = other.address.with_peer(server::id_of(8));
  f.dial({wrong});
  CHECK_THAT(f.failure(wrong), Catch::StartsWith("the handshake failed: ")
                                   && Catch::Contains("another"));
}

TEST_CASE("connector: addresses are tried one after the other, and each names "
          "whom it may") {
  connector_fixture f;
  auto& wrong = f.serve(8);
  auto& right = f.serve(9);
  auto& never = f.serve(9);
  const auto id = server::id_of(9);
  f.dial({connector_fixture::deserted().with_peer(server::id_of(8)),
          wrong.address.with_peer(id), right.address, never.address});
  CHECK(f.established().peer == id);
  CHECK(f.established().conn->remote() == right.address);
  CHECK(wrong.accepted.size() == 1);
  CHECK(right.accepted.size() == 1);
  CHECK(never.accepted.empty());
}

TEST_CASE("connector: where nobody listens, the address and the cause are "
          "told") {
  connector_fixture f;
  const auto first = connector_fixture::deserted();
  const auto last = connector_fixture::deserted();
  f.dial({first, last.with_peer(server::id_of(9))});
  CHECK(f.failure(first)
        == "cannot connect to " + last.to_text() + ": Connection refused");
  CHECK_FALSE(**f.end);
}

TEST_CASE("connector: what cannot be dialled is passed over") {
  connector_fixture f;
  const auto udp = libp2p::multiaddr::from_text("/ip4/192.0.2.1/udp/1").value();
  SECTION("and said if there is nothing else") {
    f.dial({udp});
    CHECK_THAT(f.failure(udp), Catch::StartsWith(udp.to_text() + ": "));
  }
  SECTION("for what can") {
    auto& other = f.serve(9);
    f.dial({udp, other.address});
    CHECK(f.established().conn->remote() == other.address);
  }
}

TEST_CASE("connector: what the other side says or does instead of a handshake "
          "ends it") {
  connector_fixture f;
  auto& other = f.serve_mute();
  f.dial({other.address});
  REQUIRE(other.accepted.size() == 1);
  CHECK(f.undecided());
  SECTION("nonsense") {
    const bytes nonsense(256, std::uint8_t{'x'});
    CHECK(write_some(other.accepted[0].fd.get(), nonsense).status
          == io_status::done);
    f.run();
    CHECK_THAT(f.failure(other.address),
               Catch::StartsWith("the handshake failed: "));
  }
  SECTION("it hangs up") {
    other.accepted.clear();
    f.run();
    const auto why = f.failure(other.address);
    CHECK((why == "closed by the peer" || why == "Connection reset by peer"));
  }
}

// -- time ---------------------------------------------------------------------

TEST_CASE("connector: an attempt takes so long at most") {
  connector_fixture f;
  auto& mute = f.serve_mute();
  f.dial({mute.address});
  f.advance(14'999ms);
  CHECK(f.undecided());
  f.advance(1ms);
  CHECK(f.failure(mute.address) == "no answer in time");
}

TEST_CASE("connector: an address that does not answer leaves time for the "
          "others") {
  connector_fixture f;
  auto& mute = f.serve_mute();
  auto& other = f.serve(9);
  f.dial({mute.address, other.address});
  f.advance(4'999ms);
  CHECK(other.accepted.empty());
  f.advance(1ms);
  CHECK(f.established().conn->remote() == other.address);
}

TEST_CASE("connector: an address's time is its own") {
  connector_fixture f;
  auto& first = f.serve_mute();
  auto& second = f.serve_mute();
  auto& third = f.serve_mute();
  f.dial({first.address, second.address, third.address});
  f.advance(2s);
  first.accepted.clear();
  f.run();
  CHECK(second.accepted.size() == 1);
  f.advance(4'999ms);
  CHECK(third.accepted.empty());
  f.advance(1ms);
  REQUIRE(third.accepted.size() == 1);
  // The last one has all that is left.
  f.advance(7'999ms);
  CHECK(f.undecided());
  third.accepted.clear();
  f.run();
  CHECK_FALSE(f.undecided());
}

TEST_CASE("connector: what was not answered in time is told when the rest "
          "failed otherwise") {
  connector_fixture f;
  auto& mute = f.serve_mute();
  const auto udp = libp2p::multiaddr::from_text("/ip4/192.0.2.1/udp/1").value();
  f.dial({mute.address.with_peer(server::id_of(9)), udp});
  f.advance(5s);
  CHECK_THAT(f.failure(mute.address.with_peer(server::id_of(9))),
             Catch::StartsWith(udp.to_text()));
}

TEST_CASE("connector: it gives up when it is told to") {
  connector_fixture f;
  auto& mute = f.serve_mute();
  f.dial({mute.address});
  f.say(close_transport{});
  CHECK(f.failure(mute.address) == "the node stops");
}

// -- what a name stands for ---------------------------------------------------

TEST_CASE("connector: what a name stands for is tried before the next "
          "address") {
  connector_fixture f;
  auto& mute = f.serve_mute();
  auto& other = f.serve(9);
  auto& never = f.serve(9);
  f.dial({mute.address, never.address});
  // As if the first one had been a name.
  f.say(address_resolved{{connector_fixture::deserted(), other.address}, {}});
  CHECK(f.established().conn->remote() == other.address);
  CHECK(never.accepted.empty());
}

TEST_CASE("connector: why a name stands for nothing is told") {
  connector_fixture f;
  auto& mute = f.serve_mute();
  f.dial({mute.address});
  f.say(address_resolved{{}, "there is no such name"});
  CHECK(f.failure(mute.address) == "there is no such name");
}

// -- accepting ----------------------------------------------------------------

TEST_CASE("connector: an accepted connection is handed over once the other "
          "side has proven who it is") {
  connector_fixture f;
  const bool watched = GENERATE(true, false);
  f.accept(watched);
  const auto& got = f.established();
  CHECK(got.attempt == 0);
  CHECK(got.peer == server::id_of(9));
  CHECK(got.conn->role() == libp2p::role::listener);
  CHECK(got.conn->remote() == f.remote);
  session_events events;
  got.events->replay(events);
  CHECK(events.ready);
  REQUIRE(*f.end);
  CHECK_FALSE(**f.end);
}

TEST_CASE("connector: a connection that has ended by the time that its "
          "handshake is done is not handed over") {
  connector_fixture f;
  const int fd = f.accept(false, true).fd.get();
  raw_peer other{{[fd](bytes_view data) {
                    CHECK(write_some(fd, data).status == io_status::done);
                  },
                  [&f, fd] {
                    f.run();
                    bytes wire(65'536);
                    wire.resize(read_some(fd, wire).size);
                    return wire;
                  }}};
  CHECK(f.undecided());
  // What follows comes together with the end of the handshake.
  std::string why;
  SECTION("for what follows") {
    other.say(bytes(12, std::uint8_t{0xff}));
    why = "the handshake failed: ";
  }
  SECTION("as the other side has hung up") {
    f.dialers[0].fd.reset();
    why = "Broken pipe";
  }
  f.run();
  REQUIRE(*f.end);
  CHECK_THAT(reason_of(**f.end), Catch::StartsWith(why));
  CHECK(f.sink.all<connection_established>().empty());
}

TEST_CASE("connector: an accepted connection that fails is told to none but "
          "who watches it") {
  connector_fixture f;
  auto& far = f.accept(false, true);
  // Whoever accepted it looks after its time.
  f.advance(1h);
  CHECK(f.undecided());
  std::string why;
  SECTION("nonsense") {
    const bytes nonsense(256, std::uint8_t{'x'});
    CHECK(write_some(far.fd.get(), nonsense).status == io_status::done);
    f.run();
    why = "the handshake failed: ";
  }
  SECTION("it hangs up") {
    far.fd.reset();
    f.run();
    why = "closed by the peer";
  }
  SECTION("its time is over") {
    f.say(attempt_timeout{});
    why = "no answer in time";
  }
  SECTION("the node stops") {
    f.say(close_transport{});
    why = "the node stops";
  }
  REQUIRE(*f.end);
  CHECK(**f.end == caf::make_error(node_errc::dial_failed));
  // What it has not read may make another word of that.
  CHECK_THAT(reason_of(**f.end), Catch::StartsWith(why)
                                     || Catch::Equals("Connection reset by "
                                                      "peer"));
  CHECK(f.sink.all<dial_failed>().empty());
  CHECK(f.sink.all<connection_established>().empty());
}
