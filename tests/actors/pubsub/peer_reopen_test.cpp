// The stream that a peer is written to, in virtual time: when it is opened
// again after its loss, and when it moves to another connection.
#include "tests/support/peer_fixture.hpp"
#include "tests/support/recording_sink.hpp"

#include <caf/actor_registry.hpp>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

} // namespace

// -- its loss -----------------------------------------------------------------

TEST_CASE("peer: our stream that the peer resets is opened again after a pause "
          "that doubles, four times, then it is disconnected") {
  peer_fixture f;
  auto [far, stream] = f.join();
  auto& other = f.connect({.protocols = {}});
  const auto others = f.system.sys().registry().running() - 1;
  for (std::size_t i = 0; i < 4; ++i) {
    f.reset_ours(*far);
    f.advance(250ms * (1 << i) - 10ms);
    REQUIRE(far->opened().size() == i + 1);
    // Of more than a second the next quarter is taken.
    f.advance(i < 3 ? 20ms : 270ms);
    REQUIRE(far->opened().size() == i + 2);
  }
  CHECK_FALSE(far->closed);
  f.reset_ours(*far);
  for (auto* one : {far, &other})
    CHECK(one->events.closed == std::vector{libp2p::session_error::go_away});
  // For good: the node hears of the actor's end.
  CHECK(f.mesh.all<peer_left>().size() == 1);
  CHECK(f.cache.all<peer_left>().size() == 1);
  CHECK(f.keeper.all<peer_lost>().empty());
  CHECK(f.system.sys().registry().running() == others);
}

TEST_CASE("peer: a stream that lived for a minute was no failure") {
  peer_fixture f;
  auto [far, stream] = f.join();
  for (int i = 0; i < 4; ++i) {
    f.reset_ours(*far);
    f.advance(2300ms);
  }
  REQUIRE(far->opened().size() == 5);
  f.advance(58s);
  SECTION("not yet") {
    f.reset_ours(*far);
    CHECK(far->session.closed());
  }
  SECTION("now") {
    f.advance(3s);
    f.reset_ours(*far);
    CHECK_FALSE(far->session.closed());
    f.advance(260ms);
    CHECK(far->opened().size() == 6);
  }
}

TEST_CASE("peer: with a new connection the tries begin anew, at once") {
  peer_fixture f;
  auto [far, stream] = f.join();
  for (int i = 0; i < 3; ++i) {
    f.reset_ours(*far);
    f.advance(1100ms);
  }
  f.reset_ours(*far);
  REQUIRE(far->opened().size() == 4);
  f.connect({.protocols = {}});
  REQUIRE(far->opened().size() == 5);
  f.reset_ours(*far);
  f.advance(260ms);
  CHECK(far->opened().size() == 6);
  CHECK_FALSE(far->session.closed());
}

TEST_CASE("peer: our stream is opened again where the peer's newest one is, on "
          "a connection that lives") {
  peer_fixture f;
  auto [first, one] = f.join();
  auto& second = f.connect();
  f.open(second);
  SECTION("it lives") {
    f.reset_ours(*first);
    f.advance(260ms);
    CHECK(first->opened().size() == 1);
    CHECK(second.opened().size() == 1);
  }
  SECTION("it gives no sign of life") {
    second.mute = true;
    f.connect({.protocols = {}});
    f.reset_ours(*first);
    f.advance(260ms);
    CHECK(first->opened().size() == 2);
  }
}

TEST_CASE("peer: partial messages are not usable while our stream is lost "
          "(1.3)") {
  peer_fixture f{[](node_config& c) { c.partial_messages = true; }};
  auto& far = f.connect();
  proto::control announcing;
  announcing.ext = proto::extensions{.partial_messages = true};
  f.say(far, f.open(far, "/meshsub/1.3.0"), announcing);
  const auto& told = f.mesh.all<partial_usable>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].usable);
  CHECK(told[0].peer == peer_fixture::id());
  f.reset_ours(far);
  REQUIRE(told.size() == 2);
  CHECK_FALSE(told[1].usable);
  f.advance(260ms);
  REQUIRE(told.size() == 3);
  CHECK(told[2].usable);
}

// -- where it is --------------------------------------------------------------

TEST_CASE("peer: our stream stays on a connection that answers, and nothing is "
          "lost") {
  peer_fixture f;
  auto [older, one] = f.join();
  auto& newer = f.connect();
  f.open(newer);
  f.publish({"a"});
  f.advance(10s);
  f.publish({"b"});
  const auto ours = older->opened().at(0);
  CHECK(older->heard(ours).messages == texts{"a", "b"});
  CHECK(newer.opened().empty());
  CHECK_FALSE(older->closed);
}

TEST_CASE("peer: it comes back while its old connection is mute: our stream "
          "follows within a second, with all that waited") {
  peer_fixture f;
  auto [older, one] = f.join();
  f.publish({"before"});
  older->mute = true;
  auto& newer = f.connect();
  const auto two = f.open(newer);
  f.publish({"meanwhile"});
  CHECK(newer.opened().empty());
  send(newer, two, "from the new place");
  f.advance(600ms);
  CHECK(f.received() == texts{"from the new place"});
  REQUIRE(newer.opened().size() == 1);
  f.publish({"after"});
  // The hello is the first on it.
  const auto heard = newer.heard(newer.opened()[0]);
  CHECK(heard.messages == texts{"meanwhile", "after"});
  CHECK(f.mesh.all<hello_wanted>().size() == 2);
  // The old connection ends in seconds, not in half a minute.
  f.advance(5s);
  older->mute = false;
  f.advance(100ms);
  CHECK(older->closed);
  CHECK_FALSE(newer.closed);
  CHECK(f.mesh.all<peer_left>().empty());
}

TEST_CASE("peer: our stream follows to a new connection without one of the "
          "peer's once the old one has proven mute") {
  peer_fixture f;
  auto [older, one] = f.join();
  older->mute = true;
  // What it speaks it tells by identify alone.
  auto& newer = f.connect();
  f.advance(4900ms);
  CHECK(newer.opened().empty());
  f.advance(500ms);
  REQUIRE(newer.opened().size() == 1);
  f.publish({"after"});
  CHECK(newer.heard(newer.opened()[0]).messages == texts{"after"});
}

TEST_CASE("peer: a connection that lives after all gets what was written to "
          "it, and the end") {
  peer_fixture f;
  auto [older, one] = f.join();
  older->mute = true;
  f.publish({"on its way"});
  auto& newer = f.connect();
  f.open(newer);
  f.publish({"behind it"});
  f.advance(600ms);
  REQUIRE(newer.opened().size() == 1);
  older->mute = false;
  f.advance(10s);
  const auto ours = older->opened().at(0);
  CHECK(older->heard(ours).messages == texts{"on its way"});
  CHECK(older->has_ended(ours));
  CHECK(newer.heard(newer.opened()[0]).messages == texts{"behind it"});
  CHECK_FALSE(older->closed);
  // It does not move back.
  CHECK(older->opened().size() == 1);
}

TEST_CASE("peer: our stream does not move to a newer connection that gives no "
          "sign of life itself") {
  peer_fixture f;
  auto [older, one] = f.join();
  older->mute = true;
  auto& newer = f.connect();
  f.open(newer);
  newer.mute = true;
  auto& newest = f.connect({.protocols = {}});
  f.advance(2s);
  newer.mute = older->mute = false;
  f.run();
  CHECK(newer.opened().empty());
  CHECK(older->opened().size() == 1);
  CHECK_FALSE(newest.closed);
}

TEST_CASE("peer: our stream never moves to an older connection") {
  peer_fixture f;
  auto [older, one] = f.join();
  older->mute = true;
  auto& newer = f.connect();
  f.open(newer);
  f.advance(600ms);
  REQUIRE(newer.opened().size() == 1);
  older->mute = false;
  f.advance(100ms);
  newer.mute = true;
  f.connect({.protocols = {}});
  f.advance(2s);
  CHECK(older->opened().size() == 1);
}

TEST_CASE("peer: while it is stopped our stream stays where it is, and all "
          "goes there") {
  peer_fixture f;
  auto [older, one] = f.join();
  older->mute = true;
  auto& newer = f.connect();
  f.open(newer);
  f.publish({"last words"});
  f.tell_peer(stop_peer{5s});
  f.advance(1s);
  CHECK(newer.opened().empty());
  older->mute = false;
  f.advance(20ms);
  CHECK(older->heard(older->opened().at(0)).messages == texts{"last words"});
}

TEST_CASE("peer: a stream of ours that was not agreed when it moved is reset") {
  auto sink = std::make_shared<recording_sink>();
  peer_fixture f{[](node_config&) {},
                 [&](node_context& ctx) { ctx.trace = sink; }};
  auto [older, one] = f.join();
  f.reset_ours(*older);
  CHECK(sink->of<gossip::trace::stream_closed>().size() == 1);
  older->mute = true;
  f.advance(300ms);
  auto& newer = f.connect();
  f.open(newer);
  f.advance(600ms);
  REQUIRE(newer.opened().size() == 1);
  // It was never open.
  CHECK(sink->of<gossip::trace::stream_closed>().size() == 1);
  older->mute = false;
  f.advance(100ms);
  for (std::size_t i = 1; i < older->opened().size(); ++i)
    CHECK(older->was_reset(older->opened()[i]));
  CHECK(older->events.ended.empty());
}

TEST_CASE("peer: what becomes of a stream that ours has left does not "
          "matter") {
  auto sink = std::make_shared<recording_sink>();
  peer_fixture f{[](node_config&) {},
                 [&](node_context& ctx) { ctx.trace = sink; }};
  auto [older, one] = f.join();
  older->mute = true;
  auto& newer = f.connect();
  f.open(newer);
  f.advance(600ms);
  REQUIRE(newer.opened().size() == 1);
  CHECK(sink->of<gossip::trace::stream_closed>().size() == 1);
  CHECK(sink->of<gossip::trace::stream_opened>().size() == 2);
  older->mute = false;
  f.run();
  const auto left = older->opened().at(0);
  SECTION("its reset") {
    older->session.reset_stream(left);
    f.advance(1s);
    f.publish({"after"});
    CHECK(newer.opened().size() == 1);
    CHECK(newer.heard(newer.opened()[0]).messages == texts{"after"});
  }
  SECTION("its end") {
    f.tell_peer(stop_peer{5s});
    f.advance(10ms);
    REQUIRE(newer.has_ended(newer.opened()[0]));
    older->session.close_stream(left);
    f.run();
    CHECK_FALSE(newer.session.closed());
  }
}
