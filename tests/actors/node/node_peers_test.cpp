// Whom the node loses, who is direct or blocked, and who hears of it.
#include "tests/support/node_fixture.hpp"
#include "tests/support/recorder.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {} // namespace

// -- losing peers -------------------------------------------------------------

TEST_CASE("node peers: a peer that has lost all its connections goes, and all "
          "hear of it") {
  node_fixture f;
  recorder<node_event> observer{f.system.sys()};
  f.arrive(1);
  f.arrive(2);
  f.say(watch_node{observer.actor(), true});
  const auto& gone = f.peer(1);
  f.lose(1);
  CHECK(gone.only<stop_peer>().deadline == 0ms);
  CHECK(f.peer(2).all<stop_peer>().empty());
  CHECK_FALSE(f.connected(1));
  CHECK(f.connected(2));
  const auto check_left = [&](const peer_left& left) {
    CHECK(left.peer == numbered_peer(1));
    CHECK(left.actor == gone.actor().address());
  };
  check_left(f.mesh.only<peer_left>());
  check_left(f.cache.only<peer_left>());
  REQUIRE(observer.all<node_event>().size() == 1);
  CHECK(observer.all<node_event>()[0].what == node_event::kind::disconnected);
  CHECK(observer.all<node_event>()[0].peer == numbered_peer(1));
}

TEST_CASE("node peers: a loss that was told before a further connection came "
          "is none") {
  node_fixture f;
  f.arrive(1);
  f.arrive(1);
  REQUIRE(f.peers.size() == 1);
  CHECK(f.peer(1).all<adopt_connection>().size() == 2);
  f.lose(1, 1);
  CHECK(f.peer(1).all<stop_peer>().empty());
  CHECK(f.connected(1));
  CHECK(f.mesh.all<peer_left>().empty());
  f.lose(1, 2);
  CHECK(f.peer(1).all<stop_peer>().size() == 1);
  CHECK_FALSE(f.connected(1));
  // Who is gone is not lost once more.
  f.lose(1, 2);
  CHECK(f.mesh.all<peer_left>().size() == 1);
}

TEST_CASE("node peers: who goes gives his place back") {
  node_fixture f{[](node_config& config) {
    config.max_peers = 1;
    config.outbound_reserve = 0;
  }};
  f.arrive(1);
  f.arrive(2);
  CHECK_FALSE(f.connected(2));
  f.lose(1);
  f.arrive(2);
  CHECK(f.connected(2));
}

TEST_CASE("node peers: one that comes back is a new peer") {
  node_fixture f;
  f.arrive(1);
  f.lose(1);
  f.arrive(1);
  CHECK(f.peers.size() == 2);
  CHECK(f.connected(1));
  // The actor before ends now, which is nobody's loss.
  f.peers[0].actor.quit();
  f.run();
  CHECK(f.connected(1));
  f.lose(1);
  CHECK_FALSE(f.connected(1));
}

TEST_CASE("node peers: a peer's actor that dies is a loss") {
  node_fixture f;
  f.arrive(1);
  f.arrive(2);
  f.peer(1).die();
  f.run();
  CHECK_FALSE(f.connected(1));
  CHECK(f.connected(2));
  CHECK(f.mesh.only<peer_left>().peer == numbered_peer(1));
  CHECK(f.cache.only<peer_left>().peer == numbered_peer(1));
}

TEST_CASE("node peers: strangers that go are logged for those who look closer, "
          "others for all") {
  node_fixture f;
  f.arrive(1);
  f.lose(1);
  const auto name = [](std::uint32_t number) {
    return to_string(numbered_peer(number));
  };
  CHECK_THAT(f.log(), Catch::Contains("debug disconnected: closed by the peer "
                                      "peer="
                                      + name(1)));
  f.ask_node<peer_connected>(connect_peer{there});
  f.reach(2);
  f.lose(2);
  CHECK_THAT(f.log(), Catch::Contains("info disconnected: closed by the peer "
                                      "peer="
                                      + name(2)));
  f.say(keep_connected{there.with_peer(numbered_peer(3))});
  f.arrive(3);
  f.lose(3);
  CHECK_THAT(f.log(), Catch::Contains("info disconnected: closed by the peer "
                                      "peer="
                                      + name(3)));
}

// -- direct peers -------------------------------------------------------------

TEST_CASE("node peers: a direct peer is dialled, and all hear what it is") {
  node_fixture f;
  const auto address = there.with_peer(numbered_peer(1));
  CHECK(f.ask_node<changed>(set_direct_peer{address, true})->value);
  REQUIRE(f.dials.size() == 1);
  CHECK(f.dials[0].addresses == std::vector{address});
  const auto check = [](const set_direct& wish, bool direct) {
    CHECK(wish.peer == numbered_peer(1));
    CHECK(wish.direct == direct);
  };
  check(f.mesh.only<set_direct>(), true);
  check(f.cache.only<set_direct>(), true);
  f.mesh.clear();
  f.cache.clear();
  CHECK(f.ask_node<changed>(set_direct_peer{address, false})->value);
  check(f.mesh.only<set_direct>(), false);
  check(f.cache.only<set_direct>(), false);
  // An ordinary one, which is not kept either.
  f.fail(f.dials[0]);
  f.advance(1h);
  CHECK(f.dials.size() == 1);
}

TEST_CASE("node peers: a direct peer of the configuration is one from the "
          "start") {
  node_fixture f{[](node_config& config) {
    config.direct_peers = {there.with_peer(numbered_peer(1))};
  }};
  CHECK(f.mesh.only<set_direct>().direct);
  CHECK(f.cache.only<set_direct>().peer == numbered_peer(1));
  REQUIRE(f.dials.size() == 1);
  f.fail(f.dials[0]);
  f.advance(1s);
  CHECK(f.dials.size() == 2);
}

TEST_CASE("node peers: a configured peer is kept though it is direct no "
          "longer") {
  const auto address = there.with_peer(numbered_peer(1));
  const bool same = GENERATE(true, false);
  node_fixture f{[&](node_config& config) {
    config.peers = {same ? address : elsewhere.with_peer(numbered_peer(2))};
  }};
  f.ask_node<changed>(set_direct_peer{address, true});
  f.ask_node<changed>(set_direct_peer{address, false});
  for (auto& dial : f.dials)
    f.fail(dial);
  const auto before = f.dials.size();
  f.advance(1s);
  REQUIRE(f.dials.size() == before + 1);
  CHECK(f.dials.back().addresses[0].peer() == numbered_peer(same ? 1 : 2));
}

TEST_CASE("node peers: what an ordinary peer's address asks for need not be "
          "possible") {
  node_fixture f;
  const auto udp =
      libp2p::multiaddr::from_text("/ip4/192.0.2.1/udp/4001").value();
  CHECK(f.ask_node<changed>(
             set_direct_peer{udp.with_peer(numbered_peer(1)), false})
            ->value);
  const auto nameless = f.ask_node<changed>(set_direct_peer{there, true});
  CHECK(nameless->code == node_errc::bad_address);
  CHECK_THAT(nameless->error, Catch::StartsWith("a direct peer's address"));
}

// -- blocked peers ------------------------------------------------------------

TEST_CASE("node peers: a blocked peer is disconnected, and stays out until it "
          "is blocked no longer") {
  node_fixture f;
  f.arrive(1);
  f.arrive(2);
  const auto& gone = f.peer(1);
  f.say(block_peer{numbered_peer(1), true});
  CHECK(f.cache.only<block_peer>().peer == numbered_peer(1));
  CHECK(f.cache.only<block_peer>().blocked);
  CHECK(gone.all<disconnect_peer>().size() == 1);
  CHECK_FALSE(f.connected(1));
  CHECK(f.connected(2));
  CHECK(f.arrive(1)->session().closed());
  CHECK_FALSE(f.connected(1));
  f.cache.clear();
  f.say(block_peer{numbered_peer(1), false});
  CHECK_FALSE(f.cache.only<block_peer>().blocked);
  f.arrive(1);
  CHECK(f.connected(1));
}

TEST_CASE("node peers: unblocking disconnects nobody") {
  node_fixture f;
  f.arrive(1);
  f.say(block_peer{numbered_peer(1), false});
  CHECK(f.connected(1));
  CHECK(f.peer(1).all<disconnect_peer>().empty());
}

// -- observers ----------------------------------------------------------------

TEST_CASE("node peers: observers hear what happens until they end, and the "
          "mesh manager whether there are any") {
  node_fixture f;
  recorder<node_event> first{f.system.sys()};
  recorder<node_event> second{f.system.sys()};
  f.say(watch_node{first.actor()});
  CHECK(f.mesh.only<observe_events>().wanted);
  f.say(watch_node{second.actor()});
  f.arrive(1);
  f.say(node_events{{{node_event::kind::subscribed, numbered_peer(1), "t"},
                     {node_event::kind::unsubscribed, numbered_peer(1), "u"}}});
  for (const auto* one : {&first, &second}) {
    const auto& got = one->all<node_event>();
    REQUIRE(got.size() == 3);
    CHECK(got[0].what == node_event::kind::connected);
    CHECK(got[0].peer == numbered_peer(1));
    CHECK(got[1].what == node_event::kind::subscribed);
    CHECK(got[1].topic == "t");
    CHECK(got[2].topic == "u");
  }
  f.mesh.clear();
  caf::anon_send_exit(first.actor(), caf::exit_reason::user_shutdown);
  f.run();
  CHECK(f.mesh.all<observe_events>().empty());
  f.arrive(2);
  CHECK(first.all<node_event>().size() == 3);
  CHECK(second.all<node_event>().size() == 4);
  caf::anon_send_exit(second.actor(), caf::exit_reason::user_shutdown);
  f.run();
  CHECK_FALSE(f.mesh.only<observe_events>().wanted);
  // Any other actor that ends is no observer.
  f.mesh.clear();
  f.peer(1).die();
  f.run();
  CHECK(f.mesh.all<observe_events>().empty());
}
