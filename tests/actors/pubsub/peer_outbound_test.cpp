// The stream that a peer is written to, in virtual time: where it is opened,
// and what is the first on it.
#include "tests/support/log_lines.hpp"
#include "tests/support/peer_fixture.hpp"
#include "tests/support/recording_sink.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

// The peer tells by a push what it speaks, true or not.
void push(peer_fixture& f, far_end& far, const texts& protocols) {
  libp2p::identify_info info;
  info.protocols = protocols;
  const auto stream =
      far.session.open_stream({"/ipfs/id/push/1.0.0"}, f.now()).value();
  f.run();
  far.send(stream, libp2p::encode_identify(info));
  far.session.close_stream(stream);
  f.run();
}

} // namespace

// -- opening ------------------------------------------------------------------

TEST_CASE("peer: our stream is opened once identify has told that it speaks "
          "pubsub") {
  log_lines log;
  peer_fixture f{[](node_config&) {}, log.into()};
  auto& silent = f.connect({.protocols = {}});
  f.advance(5s);
  CHECK(log.count("refused") == 0);
  CHECK(f.mesh.all<peer_joined>().empty());
  CHECK_FALSE(silent.closed);
  auto& far = f.connect();
  CHECK(far.opened().size() == 1);
  CHECK(f.mesh.all<peer_joined>().size() == 1);
}

TEST_CASE("peer: our stream is opened where the peer has opened one, before "
          "identify has told anything") {
  peer_fixture f;
  auto& far = f.shake_hands({.protocols = {"/meshsub/1.1.0"}});
  const auto stream = far.session.open_stream({"/meshsub/1.1.0"}, f.now());
  far.send(*stream, peer_fixture::message("first")->frame());
  f.adopt();
  f.run();
  CHECK(far.opened().size() == 1);
}

TEST_CASE("peer: what joins is told with version, direction and whether it was "
          "offered, to mesh and cache") {
  const auto [role, offered] = GENERATE(table<libp2p::role, bool>({
      {libp2p::role::listener, false},
      {libp2p::role::dialer, false},
      {libp2p::role::dialer, true},
  }));
  // By our stream or by one of the peer's.
  const bool ours = GENERATE(false, true);
  peer_fixture f;
  link_options how{.role = role, .offered = offered};
  if (!ours)
    how.protocols = {};
  auto& far = f.connect(how);
  if (!ours)
    f.open(far, "/meshsub/1.1.0");
  REQUIRE(f.mesh.all<peer_joined>().size() == 1);
  const auto& joined = f.mesh.all<peer_joined>()[0];
  CHECK(joined.peer.id == peer_fixture::id());
  CHECK(joined.peer.actor == f.peer);
  CHECK(joined.traits.version
        == (ours ? gossip::version::v1_3 : gossip::version::v1_1));
  const bool dialled = role == libp2p::role::dialer;
  CHECK(joined.traits.outbound == (dialled && !offered));
  CHECK_FALSE(joined.traits.direct);
  CHECK(joined.traits.offered == offered);
  REQUIRE(f.cache.all<peer_joined>().size() == 1);
  CHECK(f.cache.all<peer_joined>()[0].traits.outbound
        == joined.traits.outbound);
}

TEST_CASE("peer: a refused stream is not tried again until a push tells what "
          "it speaks") {
  log_lines log;
  peer_fixture f{[](node_config&) {}, log.into()};
  auto& far = f.connect({.protocols = {}});
  push(f, far, {"/meshsub/1.2.0"});
  CHECK(log.count("pubsub refused") == 1);
  f.advance(10s);
  CHECK(log.count("pubsub refused") == 1);
  // Says nothing of what it speaks.
  push(f, far, {});
  CHECK(log.count("pubsub refused") == 1);
  push(f, far, {"/meshsub/1.2.0"});
  CHECK(log.count("pubsub refused") == 2);
  CHECK_FALSE(far.closed);
}

TEST_CASE("peer: one that refuses our stream is not waited for when it is "
          "stopped") {
  peer_fixture f;
  auto& far = f.connect({.protocols = {}});
  push(f, far, {"/meshsub/1.2.0"});
  f.tell_peer(stop_peer{5s});
  f.advance(10ms);
  CHECK(far.events.closed == std::vector{libp2p::session_error::go_away});
}

TEST_CASE("peer: a push that says nothing of protocols leaves what it speaks") {
  peer_fixture f;
  auto& far = f.connect();
  push(f, far, {});
  f.reset_ours(far);
  f.advance(260ms);
  CHECK(far.opened().size() == 2);
}

TEST_CASE("peer: what it no longer speaks is not opened again") {
  peer_fixture f;
  auto& far = f.connect();
  push(f, far, {"/other/1.0.0"});
  f.reset_ours(far);
  f.advance(1s);
  CHECK(far.opened().size() == 1);
}

// -- the hello ----------------------------------------------------------------

TEST_CASE("peer: a hello with all subscriptions and meshes is the first on "
          "each stream, whatever waits") {
  auto sink = std::make_shared<recording_sink>();
  peer_fixture f{[](node_config&) {},
                 [&](node_context& ctx) { ctx.trace = sink; }};
  const send_hello hello{{{.topic = "t"}, {.topic = "s"}}, {"s"}};
  f.hello.reset();
  auto [far, stream] = f.join();
  for (std::size_t i = 0; i < 2; ++i) {
    REQUIRE(f.mesh.all<hello_wanted>().size() == i + 1);
    CHECK(f.mesh.all<hello_wanted>()[i].peer.id == peer_fixture::id());
    CHECK(f.mesh.all<hello_wanted>()[i].peer.actor == f.peer);
    f.publish({"waits"});
    const auto ours = far->opened().at(i);
    CHECK(far->rpcs(ours).empty());
    f.tell_peer(hello);
    const auto rpcs = far->rpcs(ours);
    REQUIRE(rpcs.size() == 2);
    REQUIRE(rpcs[0].subscriptions.size() == 2);
    CHECK(rpcs[0].subscriptions[0].topic == "t");
    CHECK(rpcs[0].subscriptions[1].topic == "s");
    CHECK(rpcs[0].control.grafts == texts{"s"});
    CHECK_FALSE(rpcs[0].control.ext);
    CHECK(far->heard(ours).messages == texts{"waits"});
    // One more is none that we wait for.
    f.tell_peer(hello);
    CHECK(far->rpcs(ours).size() == 2);
    CHECK(sink->of<gossip::trace::stream_opened>().size() == i + 1);
    CHECK(sink->of<gossip::trace::stream_closed>().size() == i);
    f.reset_ours(*far);
    f.advance(510ms);
  }
  CHECK(sink->of<gossip::trace::stream_opened>()[0].protocol
        == "/meshsub/1.3.0");
  // The third has had no hello, and was opened all the same.
  f.reset_ours(*far);
  CHECK(sink->of<gossip::trace::stream_closed>().size() == 3);
}

TEST_CASE("peer: the first RPC of a stream announces our extensions, from 1.3 "
          "on") {
  peer_fixture f{[](node_config& c) { c.partial_messages = true; }};
  const bool new_enough = GENERATE(false, true);
  link_options how;
  if (!new_enough)
    how.protocols = {"/meshsub/1.2.0"};
  auto& far = f.connect(how);
  const auto rpcs = far.rpcs(far.opened().at(0));
  REQUIRE_FALSE(rpcs.empty());
  REQUIRE(rpcs[0].control.ext.has_value() == new_enough);
  if (new_enough)
    CHECK(rpcs[0].control.ext->partial_messages);
}

TEST_CASE("peer: a floodsub peer gets subscriptions and messages, and no "
          "control") {
  const bool floodsub = GENERATE(true, false);
  peer_fixture f;
  f.hello = send_hello{{{.topic = "t"}}, {"t"}};
  auto& far = f.connect(
      {.protocols = {floodsub ? "/floodsub/1.0.0" : "/meshsub/1.0.0"}});
  f.publish({"a"});
  const auto ours = far.opened().at(0);
  CHECK(far.rpcs(ours).at(0).subscriptions.size() == 1);
  CHECK(far.heard(ours).messages == texts{"a"});
  CHECK(far.heard(ours).grafts.size() == (floodsub ? 0 : 1));
}
