// Who gets a place among the node's peers, and who is refused.
#include "tests/support/recorder.hpp"
#include "tests/support/session_pair.hpp"
#include "tests/support/small_node.hpp"

#include <array>
#include <sys/socket.h>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {} // namespace

// -- coming -------------------------------------------------------------------

TEST_CASE("node slots: who comes gets an actor, which gets the connection") {
  node_fixture f;
  recorder<node_event> observer{f.system.sys()};
  f.say(watch_node{observer.actor()});
  const auto events = std::make_shared<event_recorder>();
  const auto conn = f.connection_from(there);
  f.say(connection_established{0, numbered_peer(1), conn, events});
  REQUIRE(f.peers.size() == 1);
  CHECK(f.peers[0].id == numbered_peer(1));
  CHECK(f.peers[0].partners.mesh == f.mesh.as<mesh_manager_actor>());
  CHECK(f.peers[0].partners.cache == f.cache.as<message_cache_actor>());
  CHECK(f.peers[0].partners.keeper == f.node);
  const auto& adopted = f.peer(1).only<adopt_connection>();
  CHECK(adopted.conn == conn);
  CHECK(adopted.events == events);
  CHECK_FALSE(conn->session().closed());
  REQUIRE(observer.all<node_event>().size() == 1);
  CHECK(observer.all<node_event>()[0].what == node_event::kind::connected);
  CHECK(observer.all<node_event>()[0].peer == numbered_peer(1));
  const auto shown = f.inspect().peers;
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].peer == numbered_peer(1));
  CHECK(shown[0].address == there);
  CHECK_FALSE(shown[0].outbound);
}

TEST_CASE("node slots: a further connection goes to the same actor, and is no "
          "news") {
  node_fixture f;
  recorder<node_event> observer{f.system.sys()};
  f.say(watch_node{observer.actor()});
  f.arrive(1);
  const auto second =
      f.connection_from(node_fixture::address(4002), libp2p::role::dialer);
  f.say(connection_established{0, numbered_peer(1), second,
                               std::make_shared<event_recorder>()});
  CHECK(f.peers.size() == 1);
  CHECK(f.peer(1).all<adopt_connection>().size() == 2);
  CHECK(observer.all<node_event>().size() == 1);
  // It is shown as it came first.
  const auto shown = f.inspect().peers;
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].address == there);
  CHECK_FALSE(shown[0].outbound);
}

TEST_CASE("node slots: a peer that was dialled is shown as such") {
  small_node f;
  f.ask_to_connect();
  f.reach(1);
  const auto shown = f.inspect().peers;
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].outbound);
}

TEST_CASE("node slots: a peer that was offered is one to its actor, and a kept "
          "one is dialled again when it is lost") {
  small_node f;
  f.say(connect_offered{{{numbered_peer(1), {there}}}});
  REQUIRE(f.dials.size() == 1);
  f.reach(1);
  CHECK(f.peer(1).only<adopt_connection>().offered);
  f.say(keep_connected{there});
  f.reach(2);
  CHECK_FALSE(f.peer(2).only<adopt_connection>().offered);
  f.lose(2);
  f.advance(1s);
  CHECK(f.dials.size() == 3);
}

TEST_CASE("node slots: strangers that come are logged for those who look "
          "closer, others for all") {
  small_node f;
  f.arrive(1);
  f.ask_to_connect();
  f.reach(2);
  f.make_direct(3);
  f.arrive(3);
  const auto line = [](std::uint32_t number, const std::string& direction) {
    return "connected peer=" + to_string(numbered_peer(number))
           + " addr=" + there.to_text() + " direction=" + direction;
  };
  CHECK_THAT(f.log(), Catch::Contains("debug " + line(1, "inbound")));
  CHECK_THAT(f.log(), Catch::Contains("info " + line(2, "outbound")));
  CHECK_THAT(f.log(), Catch::Contains("info " + line(3, "inbound")));
}

TEST_CASE("node slots: of strangers twenty lines a second are logged, and how "
          "many were left out") {
  node_fixture f;
  for (std::uint32_t i = 0; i < 25; ++i)
    f.arrive(i);
  CHECK_THAT(f.log(),
             Catch::Contains("peer=" + to_string(numbered_peer(19)))
                 && !Catch::Contains("peer=" + to_string(numbered_peer(20))));
  f.advance(1s);
  f.arrive(30);
  CHECK_THAT(f.log(), Catch::Contains("left_out=5"));
}

// -- being refused ------------------------------------------------------------

TEST_CASE("node slots: when all places are taken, further ones are turned "
          "away") {
  small_node f;
  f.fill();
  const auto conn = f.arrive_alone(5);
  CHECK(conn->session().closed());
  CHECK_FALSE(f.connected(5));
  CHECK(f.peers.size() == 4);
  CHECK(f.inspect().peers.size() == 4);
  CHECK_THAT(f.log(),
             Catch::Contains("debug connection refused: there are too many "
                             "peers peer="
                             + to_string(numbered_peer(5))));
  f.lose(2);
  f.arrive_alone(5);
  CHECK(f.connected(5));
}

TEST_CASE("node slots: who asked for a connection hears that there is no "
          "place") {
  small_node f;
  f.ask_to_connect();
  f.fill();
  const auto conn = f.reach(5);
  CHECK(conn->session().closed());
  CHECK(f.answer->code == node_errc::dial_failed);
  CHECK(f.answer->error == "there are too many peers");
  CHECK_THAT(f.log(), Catch::Contains("info connection refused"));
}

TEST_CASE("node slots: one that is refused is told so") {
  small_node f;
  f.fill();
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                       ends.data())
          == 0);
  const unique_fd far{ends[1]};
  // A session of which something waits to be written.
  auto stream = make_socket_stream(f.ctx->reactor, unique_fd{ends[0]});
  stream->assign(caf::actor_cast<socket_owner>(f.mesh.actor()));
  const auto conn = std::make_shared<connection>(
      std::move(stream),
      libp2p::session{f.ctx->session, libp2p::role::listener, there,
                      std::nullopt, session_end::ephemeral(0xEE), f.now()},
      libp2p::role::listener, there);
  session_end dialer{test_session_config(9), libp2p::role::dialer, std::nullopt,
                     0xFA, f.now()};
  event_recorder ignored;
  for (int i = 0; i < 6; ++i) {
    bytes wire;
    dialer.session.take_output(wire, 65'536);
    REQUIRE(write_some(far.get(), wire).size == wire.size());
    conn->read(wire.size() + 1, f.now(), ignored);
    if (conn->session().ready())
      break;
    conn->write();
    wire.resize(65'536);
    const auto answer = read_some(far.get(), wire);
    dialer.session.receive(bytes_view{wire}.first(answer.size), f.now(),
                           ignored);
  }
  REQUIRE(conn->session().ready());
  f.say(connection_established{0, numbered_peer(9), conn,
                               std::make_shared<event_recorder>()});
  CHECK(conn->session().closed());
  bytes got(1024);
  CHECK(read_some(far.get(), got).status == io_status::done);
}

TEST_CASE("node slots: a peer that is there gets in once more though all "
          "places are taken") {
  small_node f;
  f.fill();
  CHECK_FALSE(f.arrive_alone(2)->session().closed());
  CHECK(f.peer(2).all<adopt_connection>().size() == 2);
  CHECK(f.inspect().peers.size() == 4);
  CHECK(f.mesh.all<inspect_scores>().empty());
}

TEST_CASE("node slots: some places are for those who are dialled, and one "
          "address gets so many") {
  node_fixture f{[](node_config& config) {
    config.max_peers = 16;
    config.outbound_reserve = 2;
    config.max_peers_per_address = 3;
  }};
  for (std::uint32_t i = 1; i <= 4; ++i)
    f.arrive(i, node_fixture::address(4001, "192.0.2.7"));
  CHECK(f.connected(3));
  CHECK_FALSE(f.connected(4));
  CHECK_THAT(f.log(), Catch::Contains("there are too many peers of its "
                                      "address"));
  // The address that was dialled does not count.
  f.ask_node<peer_connected>(
      connect_peer{node_fixture::address(4001, "192.0.2.7")});
  f.reach(5);
  CHECK(f.connected(5));
  // 14 places are for all, of which one is taken by one that was dialled.
  for (std::uint32_t i = 11; i <= 21; ++i)
    f.arrive_alone(i);
  CHECK(f.connected(21));
  f.arrive_alone(22);
  CHECK_FALSE(f.connected(22));
  f.ask_node<peer_connected>(connect_peer{there});
  f.reach(6);
  CHECK(f.connected(6));
}

TEST_CASE("node slots: a blocked peer is refused, from the start and though "
          "it is kept") {
  node_fixture f{[](node_config& config) {
    config.blocked_peers = {numbered_peer(1)};
    config.peers = {there};
  }};
  CHECK(f.arrive(1)->session().closed());
  CHECK_THAT(f.log(), Catch::Contains("refused: the peer is blocked"));
  REQUIRE(f.dials.size() == 1);
  CHECK(f.reach(1)->session().closed());
  CHECK(f.peers.empty());
  // Somebody else may be there the next time.
  f.advance(1s);
  CHECK(f.dials.size() == 2);
  f.reach(2);
  CHECK(f.connected(2));
}
