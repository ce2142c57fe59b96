// How a peer ends, in virtual time: what still goes, and who is told.
#include "tests/support/peer_fixture.hpp"
#include "tests/support/recording_sink.hpp"

#include <caf/actor_registry.hpp>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("peer: our stream is ended before we go away") {
  peer_fixture f;
  auto [far, stream] = f.join();
  const auto ours = far->opened().at(0);
  f.publish({"last words"});
  const bool asked_to = GENERATE(false, true);
  if (asked_to)
    f.tell_peer(disconnect_peer{"asked to"});
  else
    f.tell_peer(stop_peer{5s});
  CHECK(far->heard(ours).messages == texts{"last words"});
  CHECK(far->has_ended(ours));
  CHECK_FALSE(far->session.closed());
  SECTION("at once if the peer ends it, too") {
    far->session.close_stream(ours);
    f.run();
    CHECK(told_to_go(*far));
  }
  SECTION("at once if the peer resets it") {
    far->session.reset_stream(ours);
    f.run();
    CHECK(told_to_go(*far));
  }
  SECTION("soon if the peer never does") {
    f.advance(290ms);
    CHECK_FALSE(far->session.closed());
    f.advance(20ms);
    CHECK(told_to_go(*far));
  }
}

TEST_CASE("peer: the wait for the other end does not outlast the deadline") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.tell_peer(stop_peer{100ms});
  f.advance(90ms);
  CHECK_FALSE(far->session.closed());
  f.advance(20ms);
  CHECK(far->session.closed());
}

TEST_CASE("peer: one that does not end its half of our stream is waited for as "
          "long as it gives signs of reading on") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.publish({"read slowly"});
  f.tell_peer(stop_peer{5s});
  proto::control sign;
  sign.idontwant = {"any"};
  for (int i = 0; i < 5; ++i) {
    f.advance(200ms);
    REQUIRE_FALSE(far->session.closed());
    f.say(*far, stream, sign);
  }
  f.advance(290ms);
  CHECK_FALSE(far->session.closed());
  f.advance(20ms);
  CHECK(far->session.closed());
}

TEST_CASE("peer: one that ended its half of our stream before is not taken for "
          "one that has read all") {
  peer_fixture f;
  auto [far, stream] = f.join();
  const auto ours = far->opened().at(0);
  far->session.close_stream(ours);
  f.run();
  f.publish({"still wanted"});
  CHECK(far->heard(ours).messages == texts{"still wanted"});
  f.tell_peer(stop_peer{5s});
  CHECK(far->has_ended(ours));
  CHECK_FALSE(far->session.closed());
  f.advance(310ms);
  CHECK(far->session.closed());
}

TEST_CASE("peer: what one says that is being disconnected is not accepted") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.tell_peer(disconnect_peer{"asked to"});
  CHECK(f.mesh.all<peer_left>().size() == 1);
  far->send(stream, peer_fixture::message("too late")->frame());
  f.open(*far);
  CHECK(f.received().empty());
  CHECK(f.mesh.all<peer_joined>().size() == 1);
}

TEST_CASE("peer: one without a connection ends at once when it is stopped") {
  peer_fixture f;
  f.connect().session.close();
  f.run();
  const auto others = f.system.sys().registry().running() - 1;
  f.tell_peer(stop_peer{5s});
  CHECK(f.system.sys().registry().running() == others);
}

TEST_CASE("peer: when it is stopped it ends, and nobody is told that it was "
          "lost") {
  auto sink = std::make_shared<recording_sink>();
  peer_fixture f{[](node_config&) {},
                 [&](node_context& ctx) { ctx.trace = sink; }};
  auto [far, stream] = f.join();
  const auto others = f.system.sys().registry().running() - 1;
  const bool asked_to = GENERATE(false, true);
  if (asked_to)
    f.tell_peer(disconnect_peer{"asked to"});
  else
    f.tell_peer(stop_peer{5s});
  CHECK(f.system.sys().registry().running() == others + 1);
  f.advance(310ms);
  CHECK(told_to_go(*far));
  CHECK(f.system.sys().registry().running() == others);
  CHECK(f.keeper.all<peer_lost>().empty());
  CHECK(sink->of<gossip::trace::stream_closed>().size() == 1);
  CHECK(f.mesh.all<peer_left>().size() == 1);
  CHECK(f.cache.all<peer_left>().size() == 1);
}

TEST_CASE("peer: one that does not take what waits has a second when it is "
          "disconnected, and until the deadline when the node stops") {
  peer_fixture f;
  auto [far, stream] = f.join();
  far->mute = true;
  const std::string much(1'000'000, 'x');
  f.publish({much, much});
  const auto [asked_to, limit] = GENERATE(
      table<bool, std::chrono::milliseconds>({{true, 1s}, {false, 3s}}));
  if (asked_to)
    f.tell_peer(disconnect_peer{"asked to"});
  else
    f.tell_peer(stop_peer{3s});
  f.advance(limit - 20ms);
  CHECK_FALSE(far->conn.expired());
  f.advance(40ms);
  CHECK(far->conn.expired());
}

TEST_CASE("peer: one that is stopped before our stream is open still gets what "
          "waits, one that is disconnected does not") {
  peer_fixture f;
  auto hello = *std::exchange(f.hello, {});
  auto [far, stream] = f.join();
  f.publish({"waits"});
  const auto ours = far->opened().at(0);
  SECTION("stopped") {
    f.tell_peer(stop_peer{5s});
    CHECK_FALSE(told_to_go(*far));
    f.tell_peer(hello);
    f.advance(10ms);
    CHECK(far->heard(ours).messages == texts{"waits"});
    CHECK(far->has_ended(ours));
    CHECK_FALSE(told_to_go(*far));
  }
  SECTION("disconnected") {
    f.tell_peer(disconnect_peer{"asked to"});
    CHECK(told_to_go(*far));
  }
}

TEST_CASE("peer: our stream is not ended before it has had its hello") {
  peer_fixture f;
  const auto hello = *std::exchange(f.hello, {});
  auto [far, stream] = f.join();
  const auto ours = far->opened().at(0);
  f.tell_peer(stop_peer{5s});
  f.advance(100ms);
  CHECK_FALSE(far->has_ended(ours));
  f.tell_peer(hello);
  f.advance(10ms);
  CHECK(far->rpcs(ours).size() == 1);
  CHECK(far->has_ended(ours));
}

TEST_CASE("peer: our stream ends behind all that waits, in the kernel too") {
  peer_fixture f;
  auto [far, stream] = f.join();
  const auto ours = far->opened().at(0);
  far->mute = true;
  // A little stays in the kernel, much in the queue.
  const auto size = GENERATE(std::size_t{1'000}, std::size_t{1'000'000});
  f.publish({std::string(size, 'x')});
  f.tell_peer(stop_peer{5s});
  f.advance(1s);
  CHECK_FALSE(far->conn.expired());
  far->mute = false;
  f.advance(20ms);
  CHECK(far->heard(ours).messages.size() == 1);
  CHECK(far->has_ended(ours));
  f.advance(270ms);
  CHECK_FALSE(told_to_go(*far));
  f.advance(40ms);
  CHECK(told_to_go(*far));
}
