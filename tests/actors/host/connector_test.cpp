// What the connector does with addresses to dial.
#include "actors/host/connection.hpp"
#include "tests/support/connector_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

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
  CHECK(f.failure(wrong)
        == "the handshake failed: another peer than expected: it is "
               + libp2p::to_string(server::id_of(9)) + ", not "
               + libp2p::to_string(server::id_of(8)));
}

TEST_CASE("connector: that a node has found itself is told") {
  connector_fixture f;
  auto& own = f.serve(1);
  f.dial({own.address});
  CHECK_THAT(f.failure(own.address),
             Catch::Contains("the peer is this node itself"));
  CHECK(f.sink.all<dial_failed>()[0].is_self);
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

namespace {

const auto peer_name =
    libp2p::multiaddr::from_text("/dns4/peer.test/tcp/1").value();

} // namespace

TEST_CASE("connector: what a name stands for is tried before the next "
          "address") {
  connector_fixture f;
  auto& other = f.serve(9);
  auto& never = f.serve(9);
  f.lead_names_to({connector_fixture::deserted(), other.address});
  f.dial({peer_name, never.address});
  CHECK(f.resolver.only<resolve_address>().address == peer_name);
  CHECK(f.established().conn->remote() == other.address);
  CHECK(never.accepted.empty());
}

TEST_CASE("connector: why a name stands for nothing is told") {
  connector_fixture f;
  f.lead_names_to({}, "there is no such name");
  f.dial({peer_name});
  CHECK(f.failure(peer_name)
        == "cannot look up /dns4/peer.test/tcp/1: there is no such name");
}

TEST_CASE("connector: of what a name stands for, each is whom it says, and all "
          "are whom the name says") {
  connector_fixture f;
  auto& first = f.serve(8);
  auto& second = f.serve(9);
  const auto id = server::id_of(9);
  SECTION("by its records") {
    f.lead_names_to(
        {first.address.with_peer(id), second.address.with_peer(id)});
    f.dial({peer_name});
  }
  SECTION("by the address") {
    f.lead_names_to({first.address, second.address});
    f.dial({peer_name.with_peer(id)});
  }
  CHECK(f.established().peer == id);
  CHECK(first.accepted.size() == 1);
}

TEST_CASE("connector: where the stream cannot be watched, the next address is "
          "tried") {
  // The first stream is of no use, the others are TCP's.
  struct clumsy_transport : tcp_transport {
    expected<byte_stream_ptr, std::string>
    dial(const libp2p::multiaddr& address,
         const std::shared_ptr<reactor_link>& reactor) const override {
      return std::exchange(clumsy, false)
                 ? unwatchable(reactor)
                 : tcp_transport::dial(address, reactor);
    }
    mutable bool clumsy = true;
  };
  connector_fixture f;
  auto shared = std::make_shared<node_context>(*f.ctx);
  shared->transports = transport_table{{std::make_shared<clumsy_transport>()}};
  f.ctx = shared;
  auto& other = f.serve(9);
  SECTION("there is one") {
    f.dial({other.address, other.address});
    CHECK(f.established().peer == server::id_of(9));
  }
  SECTION("there is none") {
    f.dial({other.address});
    CHECK_THAT(f.failure(other.address),
               Catch::StartsWith("cannot watch a socket"));
  }
}

// -- networks -----------------------------------------------------------------

namespace {

struct denying_fixture : connector_fixture {
  explicit denying_fixture(const std::string& network) {
    auto shared = std::make_shared<node_context>(*ctx);
    shared->networks = std::make_shared<const network_rules>(
        network_rules{{}, {libp2p::ip_prefix::from_text(network).value()}});
    ctx = shared;
  }
};

} // namespace

TEST_CASE("connector: an address in a denied network is not dialled, and the "
          "network is told") {
  denying_fixture f{"127.0.0.0/8"};
  auto& other = f.serve(9);
  f.dial({other.address});
  CHECK(f.failure(other.address)
        == "127.0.0.1 is in the denied network 127.0.0.0/8");
  CHECK(other.accepted.empty());
}

TEST_CASE("connector: of what a name stands for, only that is dialled which "
          "may be") {
  denying_fixture f{"127.0.0.9"};
  auto& other = f.serve(9);
  const auto denied = libp2p::multiaddr::from_ip_tcp("127.0.0.9", 1);
  SECTION("another address of it") {
    f.lead_names_to({denied, other.address});
    f.dial({peer_name});
    CHECK(f.established().conn->remote() == other.address);
  }
  SECTION("none") {
    f.lead_names_to({denied});
    f.dial({peer_name});
    CHECK(f.failure(peer_name)
          == "127.0.0.9 is in the denied network 127.0.0.9");
  }
}
