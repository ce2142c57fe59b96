// Who gets a place among the node's peers.
#include "tests/support/node_fixture.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/session_pair.hpp"

#include <array>
#include <sys/socket.h>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

const auto there = node_fixture::address(4001);

// What the mesh manager knows of a peer.
scored_peer scored(std::uint32_t number, double score,
                   std::vector<bool> in_meshes = {}) {
  scored_peer result{numbered_peer(number), {}};
  result.score.score = score;
  for (const bool in_mesh : in_meshes) {
    auto& topic = result.score.topics.emplace_back();
    topic.in_mesh = in_mesh;
  }
  return result;
}

// A small node without places for those it dials alone.
struct slots_fixture : node_fixture {
  explicit slots_fixture(std::size_t max_peers = 4)
      : node_fixture{[=](node_config& config) {
          config.max_peers = max_peers;
          config.outbound_reserve = 0;
        }} {}

  void make_direct(std::uint32_t number) {
    ask_node<changed>(
        set_direct_peer{there.with_peer(numbered_peer(number)), true});
  }

  void ask_to_connect() {
    answer = ask_node<peer_connected>(connect_peer{there});
  }

  void fill(std::uint32_t count = 4) {
    for (std::uint32_t i = 1; i <= count; ++i)
      arrive_alone(i);
  }

  // The scores are asked for, and answered when the test says so.
  void hold_scores() { mesh.hold<inspect_scores>(); }
  void tell_scores(std::size_t times = 1) {
    REQUIRE(mesh.held() == times);
    mesh.release(scores_snapshot{});
    run();
  }

  reply_ptr<peer_connected> answer;
};

} // namespace

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
  slots_fixture f;
  f.ask_to_connect();
  f.reach(1);
  const auto shown = f.inspect().peers;
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].outbound);
}

TEST_CASE("node slots: a peer that was offered is one to its actor, and a kept "
          "one is dialled again when it is lost") {
  slots_fixture f;
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
  slots_fixture f;
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
  slots_fixture f;
  f.fill();
  const auto conn = f.arrive_alone(5);
  CHECK(conn->session().closed());
  CHECK_FALSE(f.connected(5));
  CHECK(f.peers.size() == 4);
  CHECK(f.inspect().peers.size() == 4);
  CHECK_THAT(f.log(),
             Catch::Contains("debug connection refused: there are too many "
                             "peers peer="
                             + numbered_peer(5).short_text()));
  f.lose(2);
  f.arrive_alone(5);
  CHECK(f.connected(5));
}

TEST_CASE("node slots: who asked for a connection hears that there is no "
          "place") {
  slots_fixture f;
  f.ask_to_connect();
  f.fill();
  const auto conn = f.reach(5);
  CHECK(conn->session().closed());
  CHECK(f.answer->code == node_errc::dial_failed);
  CHECK(f.answer->error == "there are too many peers");
  CHECK_THAT(f.log(), Catch::Contains("info connection refused"));
}

TEST_CASE("node slots: one that is refused is told so") {
  slots_fixture f;
  f.fill();
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                       ends.data())
          == 0);
  const unique_fd far{ends[1]};
  // A session of which something waits to be written.
  const auto conn = std::make_shared<connection>(
      watched_socket{f.ctx->reactor, unique_fd{ends[0]},
                     caf::actor_cast<socket_owner>(f.mesh.actor())},
      libp2p::session{f.ctx->session, libp2p::role::listener, there,
                      std::nullopt, session_end::ephemeral(0xEE), f.now()},
      libp2p::role::listener, there);
  session_end dialer{test_session_config(9), libp2p::role::dialer, std::nullopt,
                     0xFA, f.now()};
  event_recorder ignored;
  for (int i = 0; i < 6; ++i) {
    bytes wire;
    dialer.session.take_output(wire, 65'536);
    conn->session().receive(wire, f.now(), ignored);
    wire.clear();
    if (conn->session().ready())
      break;
    conn->session().take_output(wire, 65'536);
    dialer.session.receive(wire, f.now(), ignored);
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
  slots_fixture f;
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

// -- making room --------------------------------------------------------------

TEST_CASE("node slots: for a direct peer the one goes that is missed least") {
  slots_fixture f;
  f.fill();
  f.make_direct(9);
  // The first has no pubsub stream, but no other than it has none.
  f.mesh.answer<inspect_scores>(
      scores_snapshot{{scored(1, 0, {false, true}), scored(2, 5, {false}),
                       scored(3, 0.5), scored(4, 1)}});
  const auto conn = f.arrive(9);
  CHECK_FALSE(conn->session().closed());
  CHECK(f.connected(9));
  CHECK(f.inspect().peers.size() == 4);
  CHECK_FALSE(f.connected(3));
  CHECK(f.peer(3).only<disconnect_peer>().reason
        == "its place goes to a direct or kept peer");
  CHECK(f.mesh.only<peer_left>().peer == numbered_peer(3));
  CHECK_FALSE(f.peer(9).only<adopt_connection>().offered);
  // The next ones to go are the worst of those that are left.
  f.make_direct(10);
  f.arrive(10);
  CHECK_FALSE(f.connected(4));
  f.make_direct(11);
  f.arrive(11);
  CHECK_FALSE(f.connected(2));
  f.make_direct(12);
  f.arrive(12);
  CHECK_FALSE(f.connected(1));
  // Now all are direct ones, and none of them goes.
  f.make_direct(13);
  f.arrive(13);
  CHECK(f.inspect().peers.size() == 5);
}

TEST_CASE("node slots: kept peers get in, whoever answers at a kept address, "
          "and do not go") {
  slots_fixture f;
  f.fill();
  f.say(keep_connected{there});
  REQUIRE(f.dials.size() == 1);
  f.reach(9);
  CHECK(f.connected(9));
  CHECK(f.inspect().peers.size() == 4);
  f.say(
      keep_connected{node_fixture::address(4002).with_peer(numbered_peer(10))});
  f.arrive_alone(10);
  CHECK(f.connected(10));
  CHECK(f.connected(9));
  CHECK(f.inspect().peers.size() == 4);
}

TEST_CASE("node slots: a mesh manager that does not answer does not keep a "
          "direct peer out") {
  slots_fixture f;
  f.hold_scores();
  f.fill();
  f.make_direct(9);
  f.arrive(9);
  CHECK_FALSE(f.connected(9));
  f.advance(10s);
  CHECK(f.connected(9));
  CHECK(f.inspect().peers.size() == 4);
}

TEST_CASE("node slots: what has changed while room was to be made counts") {
  slots_fixture f;
  f.hold_scores();
  f.fill();
  f.make_direct(9);
  const auto conn = f.arrive(9);
  SECTION("it is blocked by now") {
    f.say(block_peer{numbered_peer(9), true});
    f.tell_scores();
    CHECK(conn->session().closed());
    CHECK_FALSE(f.connected(9));
    CHECK(f.inspect().peers.size() == 4);
  }
  SECTION("there is a place by now") {
    f.lose(1);
    f.tell_scores();
    CHECK(f.connected(9));
    CHECK(f.inspect().peers.size() == 4);
  }
  SECTION("the node stops by now") {
    f.cache.hold<inspect_cache>();
    f.say(stop_node{});
    f.tell_scores();
    CHECK(conn->session().closed());
    CHECK(f.peers.size() == 4);
  }
}

TEST_CASE("node slots: a direct peer that has come twice meanwhile takes one "
          "place") {
  slots_fixture f;
  f.hold_scores();
  f.fill();
  f.make_direct(9);
  f.arrive(9);
  f.arrive(9);
  f.tell_scores(2);
  CHECK(f.connected(9));
  CHECK(f.peer(9).all<adopt_connection>().size() == 2);
  CHECK(f.inspect().peers.size() == 4);
}

// -- those of no use ----------------------------------------------------------

TEST_CASE("node slots: when places are scarce, those go that have had no "
          "pubsub stream for their time") {
  slots_fixture f{10};
  for (std::uint32_t i = 1; i <= 7; ++i)
    f.arrive_alone(i);
  f.make_direct(8);
  f.arrive(8);
  // Four of five places are not more than these.
  f.advance(1h);
  CHECK(f.mesh.all<inspect_scores>().empty());
  CHECK(f.inspect().peers.size() == 8);
  f.mesh.answer<inspect_scores>(scores_snapshot{{scored(1, -5), scored(2, 0)}});
  f.arrive_alone(9);
  // Looked at in a sixth of the time.
  f.advance(4'999ms);
  CHECK(f.mesh.all<inspect_scores>().empty());
  f.advance(1ms);
  CHECK(f.mesh.all<inspect_scores>().size() == 1);
  for (const std::uint32_t stays : {1U, 2U, 8U, 9U})
    CHECK(f.connected(stays));
  CHECK(f.inspect().peers.size() == 4);
  CHECK(f.peer(3).only<disconnect_peer>().reason
        == "it has no pubsub stream, and places are scarce");
  // There are enough places now.
  f.advance(1h);
  CHECK(f.mesh.all<inspect_scores>().size() == 1);
  CHECK(f.connected(9));
}

TEST_CASE("node slots: as long as places are scarce it is looked who goes, one "
          "look at a time") {
  slots_fixture f{10};
  f.hold_scores();
  for (std::uint32_t i = 1; i <= 10; ++i)
    f.arrive_alone(i);
  f.advance(5s);
  REQUIRE(f.mesh.held() == 1);
  // Who comes meanwhile starts no other look.
  f.lose(10);
  f.arrive_alone(11);
  f.advance(5s);
  f.tell_scores();
  CHECK(f.inspect().peers.size() == 10);
  f.advance(5s);
  f.tell_scores();
  f.mesh.answer<inspect_scores>(scores_snapshot{});
  f.advance(20s);
  CHECK(f.inspect().peers.size() <= 1);
}

TEST_CASE("node slots: the time without a pubsub stream is configured, and may "
          "be none") {
  node_fixture f{[](node_config& config) {
    config.max_peers = 5;
    config.outbound_reserve = 0;
    config.useless_grace = 0ms;
  }};
  for (std::uint32_t i = 1; i <= 5; ++i)
    f.arrive_alone(i);
  CHECK(f.inspect().peers.size() == 5);
  f.advance(1ms);
  CHECK(f.inspect().peers.empty());
}

TEST_CASE("node slots: a look that comes when there is room again disconnects "
          "nobody") {
  slots_fixture f{10};
  for (std::uint32_t i = 1; i <= 9; ++i)
    f.arrive_alone(i);
  f.lose(9);
  f.advance(1h);
  CHECK(f.inspect().peers.size() == 8);
  CHECK(f.mesh.all<inspect_scores>().empty());
  // The next crowd is looked at as the first would have been.
  f.arrive_alone(9);
  f.advance(5s);
  CHECK(f.mesh.all<inspect_scores>().size() == 1);
  CHECK(f.inspect().peers.size() == 1);
}
