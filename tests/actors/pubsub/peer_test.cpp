// A peer's connections, in virtual time: how many, for how long, and what is
// lost with them.
#include "tests/support/peer_fixture.hpp"
#include "tests/support/recording_sink.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

libp2p::ip_address peer_ip(std::string_view text) {
  return libp2p::ip_address::of(libp2p::multiaddr::from_ip_tcp(text, 1))
      .value();
}

} // namespace

// -- connections --------------------------------------------------------------

TEST_CASE("peer: of what was said before it had its connection nothing is "
          "lost") {
  peer_fixture f;
  auto& far = f.shake_hands();
  const auto stream = far.session.open_stream({"/meshsub/1.2.0"}, f.now());
  f.move_early(far);
  send(far, *stream, "early");
  f.move_early(far);
  f.adopt();
  f.run();
  CHECK(f.mesh.all<peer_joined>().size() == 1);
  CHECK(f.received() == texts{"early"});
  CHECK(far.opened().size() == 1);
}

TEST_CASE("peer: a connection is read only once the reactor knows its new "
          "owner") {
  peer_fixture f;
  auto& far = f.shake_hands();
  f.move_early(far);
  const auto socket = far.conn.lock()->id();
  f.adopt(false, false);
  f.run();
  // It is written to at once: our stream is on its way.
  CHECK(far.opened().size() == 1);
  const auto stream = far.session.open_stream({"/meshsub/1.2.0"}, f.now());
  f.run();
  CHECK_FALSE(far.events.opened.contains(*stream));
  f.tell_peer(socket_ready{socket, false, false});
  CHECK(far.events.opened.contains(*stream));
}

TEST_CASE("peer: it has four connections at most, a further one is refused and "
          "the others stay") {
  peer_fixture f;
  std::vector<far_end*> four;
  for (int i = 0; i < 4; ++i)
    four.push_back(&f.connect());
  for (auto* far : four)
    CHECK_FALSE(far->closed);
  CHECK(told_to_go(f.connect()));
  f.open(*four.front());
  f.publish({"still there"});
  CHECK(four.front()->heard(four.front()->opened().at(0)).messages
        == texts{"still there"});
  CHECK(f.keeper.all<peer_lost>().empty());
}

TEST_CASE("peer: while it is being stopped a further connection is refused") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.tell_peer(stop_peer{5s});
  CHECK(told_to_go(f.connect()));
  CHECK_FALSE(far->closed);
}

TEST_CASE("peer: its addresses are told when it joins and whenever they "
          "change, each once") {
  peer_fixture f;
  auto& first = f.connect();
  CHECK(f.mesh.all<peer_moved>().empty());
  f.open(first);
  REQUIRE(f.mesh.all<peer_joined>().size() == 1);
  CHECK(f.mesh.all<peer_joined>()[0].ips == std::vector{peer_ip("192.0.2.9")});
  auto& second = f.connect({.ip = "192.0.2.10"});
  f.connect({.ip = "192.0.2.9"});
  const auto& moved = f.mesh.all<peer_moved>();
  REQUIRE(moved.size() == 2);
  CHECK(moved[0].ips
        == std::vector{peer_ip("192.0.2.9"), peer_ip("192.0.2.10")});
  CHECK(moved[1].ips
        == std::vector{peer_ip("192.0.2.9"), peer_ip("192.0.2.10")});
  second.session.close();
  f.run();
  REQUIRE(moved.size() == 3);
  CHECK(moved[2].ips == std::vector{peer_ip("192.0.2.9")});
  CHECK(moved[2].peer.id == peer_fixture::id());
}

TEST_CASE("peer: an older connection has five seconds for a sign of life once "
          "there is a newer one, or the time of a ping if that is less") {
  const auto [ping, limit] =
      GENERATE(table<std::chrono::milliseconds, std::chrono::milliseconds>(
          {{20s, 5s}, {1s, 1s}}));
  peer_fixture f{
      [time = ping](node_config& c) { c.session.ping_timeout = time; }};
  auto& older = f.connect();
  f.advance(1s);
  older.mute = true;
  auto& newer = f.connect();
  f.open(newer);
  const auto alive = [&] { return !older.conn.expired(); };
  f.advance(limit - 100ms);
  CHECK(alive());
  f.advance(400ms);
  CHECK_FALSE(alive());
  CHECK_FALSE(newer.closed);
}

TEST_CASE("peer: a further connection does not give an older one more time "
          "for its sign of life") {
  peer_fixture f;
  auto& older = f.connect();
  older.mute = true;
  f.connect();
  f.advance(4s);
  f.connect();
  f.advance(1500ms);
  CHECK(older.conn.expired());
}

TEST_CASE("peer: the newest connection need not hurry to give a sign of "
          "life") {
  peer_fixture f;
  f.connect();
  auto& newest = f.shake_hands();
  newest.mute = true;
  f.adopt();
  f.run();
  f.advance(10s);
  CHECK_FALSE(newest.conn.expired());
}

TEST_CASE("peer: a connection that gives no sign of life for long ends, and "
          "its end is told with the reason") {
  peer_fixture f{[](node_config& c) {
    c.session.ping_interval = 15s;
    c.session.ping_timeout = 20s;
  }};
  auto [far, stream] = f.join();
  f.advance(20s);
  far->mute = true;
  f.advance(14s);
  CHECK_FALSE(far->conn.expired());
  f.advance(25s);
  CHECK(far->conn.expired());
  REQUIRE(f.keeper.all<peer_lost>().size() == 1);
  CHECK(f.keeper.all<peer_lost>()[0].reason
        == to_string(libp2p::session_error::ping_timeout));
}

// -- what is lost with them ---------------------------------------------------

TEST_CASE("peer: with its last connection it leaves, which all are told once, "
          "with how many there were and why the last one ended") {
  peer_fixture f;
  auto [first, stream] = f.join();
  auto& second = f.connect();
  first->session.close();
  f.run();
  CHECK(f.mesh.all<peer_left>().empty());
  CHECK(f.keeper.all<peer_lost>().empty());
  second.session.close();
  f.run();
  REQUIRE(f.mesh.all<peer_left>().size() == 1);
  CHECK(f.mesh.all<peer_left>()[0].peer == peer_fixture::id());
  CHECK(f.mesh.all<peer_left>()[0].actor == f.peer.address());
  CHECK(f.cache.all<peer_left>().size() == 1);
  REQUIRE(f.keeper.all<peer_lost>().size() == 1);
  const auto& lost = f.keeper.all<peer_lost>()[0];
  CHECK(lost.peer == peer_fixture::id());
  CHECK(lost.adopted == 2);
  CHECK(lost.reason == to_string(libp2p::session_error::go_away));
}

TEST_CASE("peer: one that never had a pubsub stream does not leave") {
  peer_fixture f;
  f.connect({.protocols = {}}).session.close();
  f.run();
  CHECK(f.keeper.all<peer_lost>().size() == 1);
  CHECK(f.mesh.all<peer_left>().empty());
  CHECK(f.cache.all<peer_left>().empty());
}

TEST_CASE("peer: what it said on a connection ends with it") {
  peer_fixture f{[](node_config& c) { c.partial_messages = true; }};
  auto& first = f.connect();
  const auto stream = f.open(first, "/meshsub/1.3.0");
  auto& second = f.connect();
  proto::control said;
  said.ext = proto::extensions{.partial_messages = true};
  said.idontwant = {id_of("unwanted")};
  f.say(first, stream, said);
  const auto usable = [&] {
    const auto& told = f.mesh.all<partial_usable>();
    return !told.empty() && told.back().usable;
  };
  REQUIRE(usable());
  first.session.close();
  f.run();
  CHECK_FALSE(usable());
  REQUIRE(second.opened().size() == 1);
  f.publish({"unwanted"});
  CHECK(second.heard(second.opened()[0]).messages == texts{"unwanted"});
}

TEST_CASE("peer: our stream that was on a lost connection is opened on another "
          "one at once, behind a hello") {
  auto sink = std::make_shared<recording_sink>();
  peer_fixture f{[](node_config&) {},
                 [&](node_context& ctx) { ctx.trace = sink; }};
  auto [first, stream] = f.join();
  auto& second = f.connect();
  first->session.close();
  f.run();
  CHECK(sink->of<gossip::trace::stream_closed>().size() == 1);
  REQUIRE(second.opened().size() == 1);
  f.publish({"there"});
  CHECK(second.heard(second.opened()[0]).messages == texts{"there"});
  CHECK(f.keeper.all<peer_lost>().empty());
}

TEST_CASE("peer: one that comes back is judged anew") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.tell_peer(set_standing{.graylisted = true, .without_gossip = true});
  send(*far, stream, "unheard");
  f.run();
  CHECK(f.received().empty());
  far->session.close();
  f.run();
  REQUIRE(f.keeper.all<peer_lost>().size() == 1);
  auto [again, newer] = f.join();
  send(*again, newer, "heard");
  proto::control want;
  want.iwant = {"id"};
  f.say(*again, newer, want);
  CHECK(f.received() == texts{"heard"});
  CHECK(f.cache.all<iwant_received>().size() == 1);
}

TEST_CASE("peer: one that comes back is read, whatever of it was undecided") {
  peer_fixture f;
  auto [far, stream] = f.join();
  // No credit is returned for them.
  for (int i = 0; i < 2048; ++i)
    send(*far, stream, std::to_string(i));
  f.run();
  send(*far, stream, "too much");
  f.run();
  REQUIRE(f.received().size() == 2048);
  far->fd = {};
  far->closed = true;
  f.run();
  // Nobody reads the end of what is not read: a write notices.
  f.publish({"into the void"});
  REQUIRE(f.keeper.all<peer_lost>().size() == 1);
  auto [again, newer] = f.join();
  send(*again, newer, "heard");
  f.run();
  CHECK(f.received().back() == "heard");
}

TEST_CASE("peer: what waited for one that is lost is not for one that comes "
          "back") {
  peer_fixture f;
  auto [far, stream] = f.join();
  far->mute = true;
  const std::string much(100'000, 'x');
  for (int i = 0; i < 10; ++i)
    f.publish({std::to_string(i) + much});
  far->fd = {};
  far->closed = true;
  f.run();
  REQUIRE(f.keeper.all<peer_lost>().size() == 1);
  auto [again, newer] = f.join();
  f.publish({"new"});
  CHECK(again->heard(again->opened().at(0)).messages == texts{"new"});
}

// -- reading ------------------------------------------------------------------

TEST_CASE("peer: it is read until so many of its messages are undecided, and "
          "on when some are decided") {
  peer_fixture f;
  auto [far, stream] = f.join();
  for (int i = 0; i < 2047; ++i)
    send(*far, stream, std::to_string(i));
  f.run();
  send(*far, stream, "the last");
  f.run();
  REQUIRE(f.received().size() == 2048);
  send(*far, stream, "too much");
  f.run();
  CHECK(f.received().size() == 2048);
  f.tell_peer(return_credit{1, 10});
  CHECK(f.received().size() == 2049);
}

TEST_CASE("peer: it is read until so many bytes of it are undecided, and on "
          "when some are decided") {
  peer_fixture f;
  auto [far, stream] = f.join();
  const std::string large(512 * 1024, 'x');
  for (int i = 0; i < 16; ++i) {
    send(*far, stream, large);
    f.run();
  }
  REQUIRE(f.received().size() == 16);
  send(*far, stream, "too much");
  f.run();
  CHECK(f.received().size() == 16);
  f.tell_peer(return_credit{1, 512 * 1024});
  CHECK(f.received().size() == 17);
}

TEST_CASE("peer: while it has no credit none of its sockets is read, whatever "
          "the reactor still says") {
  peer_fixture f;
  auto [far, stream] = f.join();
  for (int i = 0; i < 2048; ++i)
    send(*far, stream, std::to_string(i));
  f.run();
  REQUIRE(f.received().size() == 2048);
  send(*far, stream, "too much");
  f.run();
  f.tell_peer(socket_ready{far->conn.lock()->id(), true, false});
  CHECK(f.received().size() == 2048);
}

TEST_CASE("peer: one that we do not read is not cut as it seems silent") {
  peer_fixture f{[](node_config& c) {
    c.session.ping_interval = 1s;
    c.session.ping_timeout = 1s;
  }};
  auto [far, stream] = f.join();
  for (int i = 0; i < 2048; ++i)
    send(*far, stream, std::to_string(i));
  f.run();
  send(*far, stream, "read late");
  f.advance(5s);
  CHECK_FALSE(far->closed);
  REQUIRE(f.received().size() == 2048);
  f.tell_peer(return_credit{2048, 100'000});
  CHECK(f.received().back() == "read late");
  f.advance(5s);
  CHECK_FALSE(far->closed);
}
