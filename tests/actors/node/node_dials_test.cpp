// Whom the node dials: once, as it is asked to, and again and again.
#include "tests/support/node_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using reply = node_fixture::reply_ptr<peer_connected>;

reply connect(node_fixture& f, const libp2p::multiaddr& to) {
  return f.ask_node<peer_connected>(connect_peer{to});
}

// A node that is dialling a kept address.
struct keeping_fixture : node_fixture {
  explicit keeping_fixture(const libp2p::multiaddr& kept = there)
      : address_{kept} {
    say(keep_connected{kept});
    REQUIRE(dials.size() == 1);
  }

  // After `pause` nothing was dialled, a moment later it was.
  void check_redial_within(std::chrono::milliseconds shortest,
                           std::chrono::milliseconds longest) {
    const auto before = dials.size();
    advance(shortest - 1ms);
    CHECK(dials.size() == before);
    advance(longest - shortest + 1ms);
    CHECK(dials.size() == before + 1);
    CHECK(dials.back().addresses == std::vector{address_});
  }

private:
  libp2p::multiaddr address_;
};

} // namespace

// -- dials --------------------------------------------------------------------

TEST_CASE("node peers: who asked for a connection hears whom it led to") {
  node_fixture f;
  const auto first = connect(f, there);
  const auto second = connect(f, elsewhere);
  REQUIRE(f.dials.size() == 2);
  CHECK(f.dials[0].addresses == std::vector{there});
  CHECK(f.dials[1].addresses == std::vector{elsewhere});
  CHECK(f.dials[0].attempt != f.dials[1].attempt);
  // 0 is nobody's.
  CHECK(f.dials[0].attempt != 0);
  CHECK(first->pending());
  f.reach(f.dials[1], 2);
  CHECK(first->pending());
  REQUIRE(second->value);
  CHECK(second->value->peer == numbered_peer(2));
  f.reach(f.dials[0], 1);
  REQUIRE(first->value);
  CHECK(first->value->peer == numbered_peer(1));
}

TEST_CASE("node peers: who asked for a connection hears why there is none") {
  node_fixture f;
  const auto first = connect(f, there);
  const auto second = connect(f, elsewhere);
  f.fail(f.dials[0], "it is raining");
  CHECK(first->code == node_errc::dial_failed);
  CHECK(first->error == "it is raining");
  CHECK(second->pending());
  // Nobody dials again what was asked for once.
  f.advance(1h);
  CHECK(f.dials.size() == 2);
}

TEST_CASE("node peers: a dialler that dies without a word has failed") {
  node_fixture f;
  const auto first = connect(f, there);
  const auto second = connect(f, elsewhere);
  f.dials[1].actor.die();
  f.run();
  CHECK(first->pending());
  CHECK(second->code == node_errc::dial_failed);
}

TEST_CASE("node peers: a peer that is there is not dialled again") {
  node_fixture f;
  f.arrive(1);
  const auto known = connect(f, there.with_peer(numbered_peer(1)));
  REQUIRE(known->value);
  CHECK(known->value->peer == numbered_peer(1));
  CHECK(f.dials.empty());
  const auto other = connect(f, there.with_peer(numbered_peer(2)));
  CHECK(other->pending());
  CHECK(f.dials.size() == 1);
  // Nobody knows yet whom this one leads to.
  CHECK(connect(f, there)->pending());
  CHECK(f.dials.size() == 2);
}

TEST_CASE("node peers: what cannot be dialled is said at once") {
  node_fixture f;
  const auto udp =
      libp2p::multiaddr::from_text("/ip4/192.0.2.1/udp/4001").value();
  const auto got = connect(f, udp);
  CHECK(got->code == node_errc::bad_address);
  CHECK_THAT(got->error, Catch::StartsWith("cannot dial " + udp.to_text()));
  f.say(keep_connected{udp});
  CHECK_THAT(f.log(), Catch::Contains("warning cannot dial"));
  const auto direct = f.ask_node<changed>(
      set_direct_peer{udp.with_peer(numbered_peer(1)), true});
  CHECK(direct->code == node_errc::bad_address);
  CHECK(f.dials.empty());
  CHECK(f.mesh.all<set_direct>().empty());
}

// -- kept peers ---------------------------------------------------------------

TEST_CASE("node peers: a kept address that fails is dialled again, after ever "
          "longer pauses") {
  keeping_fixture f;
  f.fail(f.dials[0], "it is raining");
  CHECK_THAT(f.log(), Catch::Contains("cannot connect: it is raining addr="
                                      + there.to_text()));
  f.check_redial_within(500ms, 1s);
  f.fail(f.dials[1]);
  f.check_redial_within(1s, 2s);
  f.dials[2].actor.die();
  f.run();
  f.check_redial_within(2s, 4s);
  // While it is dialled, it is not dialled once more.
  f.say(keep_connected{there});
  f.advance(1h);
  CHECK(f.dials.size() == 4);
}

TEST_CASE("node peers: a kept peer that is lost is dialled again") {
  keeping_fixture f;
  f.reach(1);
  f.advance(1h);
  CHECK(f.dials.size() == 1);
  SECTION("because its connection ended") {
    f.lose(1);
  }
  SECTION("because its actor died") {
    f.peer(1).die();
    f.run();
  }
  CHECK_FALSE(f.connected(1));
  f.check_redial_within(500ms, 1s);
}

TEST_CASE("node peers: only a connection that lasted longer than the longest "
          "pause begins the pauses anew") {
  keeping_fixture f;
  f.fail(f.dials[0]);
  f.advance(1s);
  f.fail(f.dials[1]);
  f.advance(2s);
  REQUIRE(f.dials.size() == 3);
  f.reach(1);
  SECTION("a short one does not") {
    f.advance(60s);
    f.lose(1);
    f.check_redial_within(2s, 4s);
  }
  SECTION("a longer one does") {
    f.advance(61s);
    f.lose(1);
    f.check_redial_within(500ms, 1s);
  }
}

TEST_CASE("node peers: a kept peer that has come by itself meanwhile is not "
          "dialled, but when it is lost") {
  keeping_fixture f{there.with_peer(numbered_peer(1))};
  f.fail(f.dials[0]);
  f.arrive(1);
  f.advance(1h);
  CHECK(f.dials.size() == 1);
  f.lose(1);
  f.advance(1s);
  CHECK(f.dials.size() == 2);
}

TEST_CASE("node peers: who is disconnected is not kept any longer") {
  keeping_fixture f;
  f.reach(1);
  const auto& gone = f.peer(1);
  f.say(disconnect_from{numbered_peer(1)});
  CHECK(gone.only<disconnect_peer>().reason == "asked to");
  CHECK_FALSE(f.connected(1));
  CHECK(f.mesh.only<peer_left>().peer == numbered_peer(1));
  f.advance(1h);
  CHECK(f.dials.size() == 1);
}

TEST_CASE("node peers: disconnecting from one that is not there forgets the "
          "address that names it") {
  keeping_fixture f{there.with_peer(numbered_peer(1))};
  f.arrive(2);
  f.fail(f.dials[0]);
  f.say(disconnect_from{numbered_peer(1)});
  f.advance(1h);
  CHECK(f.dials.size() == 1);
  CHECK(f.connected(2));
}

TEST_CASE("node peers: the configured peers are dialled at the start, and "
          "again") {
  node_fixture f{[](node_config& config) {
    config.peers = {there, elsewhere};
  }};
  REQUIRE(f.dials.size() == 2);
  CHECK(f.dials[0].addresses == std::vector{there});
  CHECK(f.dials[1].addresses == std::vector{elsewhere});
  f.fail(f.dials[1]);
  f.advance(1s);
  REQUIRE(f.dials.size() == 3);
  CHECK(f.dials[2].addresses == std::vector{elsewhere});
}

TEST_CASE(
    "node peers: a kept peer that closes at once may be full or block us: "
    "that is said, with growing pauses") {
  keeping_fixture f;
  const auto refused = [&] {
    f.reach(1);
    f.advance(1s);
    f.lose(1);
  };
  refused();
  CHECK_THAT(f.log(), Catch::Contains("closes at once after connecting"));
  f.check_redial_within(500ms, 1s);
  refused();
  f.check_redial_within(1s, 2s);
  const auto kept = f.inspect().kept;
  REQUIRE(kept.size() == 1);
  CHECK_THAT(kept[0].trouble, Catch::Contains("it may be full or block us"));
}

TEST_CASE("node peers: a kept peer that goes later is only disconnected") {
  keeping_fixture f;
  f.reach(1);
  f.advance(4s);
  f.lose(1);
  CHECK_THAT(f.log(), !Catch::Contains("at once"));
  CHECK(f.inspect().kept.at(0).trouble == "disconnected: closed by the peer");
}

TEST_CASE(
    "node peers: a kept peer that has spoken pubsub did not turn us away") {
  keeping_fixture f;
  f.reach(1);
  f.say(peer_lost{numbered_peer(1), 1, "closed by the peer", true});
  CHECK_THAT(f.log(), !Catch::Contains("at once"));
}
