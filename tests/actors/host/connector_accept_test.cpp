// What the connector does with accepted connections.
#include "actors/host/connection.hpp"
#include "messages/api.hpp"
#include "tests/support/connector_fixture.hpp"
#include "tests/support/raw_peer.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

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
  auto cause = handshake_failure::closed;
  SECTION("nonsense") {
    const bytes nonsense(256, std::uint8_t{'x'});
    CHECK(write_some(far.fd.get(), nonsense).status == io_status::done);
    f.run();
    why = "the handshake failed: ";
    cause = handshake_failure::negotiation;
  }
  SECTION("it hangs up") {
    far.fd.reset();
    f.run();
    why = "closed by the peer";
  }
  SECTION("its time is over") {
    f.say(attempt_timeout{});
    why = "no answer in time";
    cause = handshake_failure::timed_out;
  }
  SECTION("the node stops") {
    f.say(close_transport{});
    why = "the node stops";
    cause = handshake_failure::other;
  }
  REQUIRE(*f.end);
  CHECK(**f.end == caf::make_error(cause));
  // What it has not read may make another word of that.
  CHECK_THAT(reason_of(**f.end), Catch::StartsWith(why)
                                     || Catch::Equals("Connection reset by "
                                                      "peer"));
  CHECK(f.sink.all<dial_failed>().empty());
  CHECK(f.sink.all<connection_established>().empty());
}

TEST_CASE("connector: a stranger to a private network fails for that, and "
          "hears nothing") {
  connector_fixture f;
  auto session = std::make_shared<libp2p::session_config>(*f.ctx->session);
  session->network =
      std::make_shared<const libp2p::network_key>(session_end::ephemeral(0xCE));
  auto ctx = std::make_shared<node_context>(*f.ctx);
  ctx->session = std::move(session);
  f.ctx = std::move(ctx);
  auto& far = f.accept(false, true);
  SECTION("it begins without a nonce") {
    bytes hello;
    far.end.session.take_output(hello, 65'536);
    CHECK(write_some(far.fd.get(), hello).status == io_status::done);
    f.run();
  }
  SECTION("it has another key") {
    const bytes nonsense(256, std::uint8_t{'x'});
    CHECK(write_some(far.fd.get(), nonsense).status == io_status::done);
    f.run();
  }
  SECTION("it waits for an answer to its nonce") {
    const bytes nonce(24, std::uint8_t{'x'});
    CHECK(write_some(far.fd.get(), nonce).status == io_status::done);
    f.run();
    // Some implementations read ours before they go on.
    bytes answer(65'536);
    CHECK(read_some(far.fd.get(), answer).size >= 24);
    CHECK(f.undecided());
    CHECK(write_some(far.fd.get(), nonce).status == io_status::done);
    f.run();
  }
  REQUIRE(*f.end);
  CHECK(**f.end == caf::make_error(handshake_failure::private_network));
  CHECK(reason_of(**f.end)
        == "the handshake failed: the other side does not hold this private "
           "network's key");
  bytes rest(65'536);
  CHECK(read_some(far.fd.get(), rest).size == 0);
}

TEST_CASE("connector: an accepted connection that cannot be watched fails with "
          "the reason") {
  connector_fixture f;
  f.follow(spawn_acceptor(f.system.sys(), f.ctx, unwatchable(f.ctx->reactor),
                          f.remote, f.sink.as<connection_sink>()));
  REQUIRE(*f.end);
  CHECK_THAT(reason_of(**f.end), Catch::StartsWith("cannot watch a socket"));
}
