// A peer's connections and streams, in virtual time: which are read, which one
// is written to, and how they end.
#include "tests/support/peer_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

void send(far_end& far, libp2p::stream_id stream, std::string_view text) {
  far.send(stream, peer_fixture::message(text)->frame());
}

libp2p::multiaddr at(std::uint16_t port) {
  return libp2p::multiaddr::from_ip_tcp("192.0.2.9", port);
}

proto::control announcing(const proto::extensions& ext) {
  proto::control result;
  result.ext = ext;
  return result;
}

} // namespace

// -- inbound streams ----------------------------------------------------------

TEST_CASE("peer: what comes on any of its streams is read, whichever is "
          "newest") {
  peer_fixture f;
  auto [first, one] = f.join();
  auto& second = GENERATE(false, true) ? *first : f.connect();
  const auto two = f.open(second);
  send(*first, one, "a");
  f.run();
  send(second, two, "b");
  f.run();
  send(*first, one, "c");
  f.run();
  CHECK(f.received() == texts{"a", "b", "c"});
  CHECK_FALSE(first->was_reset(one));
  CHECK(f.mesh.all<peer_joined>().size() == 1);
}

TEST_CASE("peer: a stream beyond the fourth takes the place of the oldest, "
          "which is reset at once") {
  peer_fixture f;
  auto [first, oldest] = f.join();
  auto& second = f.connect();
  std::vector<libp2p::stream_id> more;
  for (int i = 0; i < 4; ++i)
    more.push_back(f.open(second));
  CHECK(first->was_reset(oldest));
  for (const auto stream : more) {
    CHECK_FALSE(second.was_reset(stream));
    send(second, stream, std::to_string(stream));
    f.run();
  }
  CHECK(f.received().size() == 4);
}

TEST_CASE("peer: what it does not want holds until its last stream ends") {
  peer_fixture f;
  auto [far, one] = f.join();
  const auto two = f.open(*far);
  proto::control unwanted;
  unwanted.idontwant = {
      std::string{peer_fixture::message("unwanted").get()->id().raw()}};
  f.say(*far, one, unwanted);
  far->session.close_stream(one);
  f.run();
  CHECK(far->has_ended(one));
  f.publish({"unwanted", "wanted"});
  const auto ours = far->opened().at(0);
  CHECK(far->heard(ours).messages == texts{"wanted"});
  far->session.reset_stream(two);
  f.run();
  f.publish({"unwanted"});
  CHECK(far->heard(ours).messages == texts{"wanted", "unwanted"});
}

TEST_CASE("peer: its extensions are those of its newest stream, and of the "
          "older one when that ends (1.3)") {
  peer_fixture f{[](node_config& config) { config.partial_messages = true; }};
  auto& far = f.connect();
  const auto usable = [&] {
    const auto& told = f.mesh.all<partial_usable>();
    return !told.empty() && told.back().usable;
  };
  const auto one = f.open(far, "/meshsub/1.3.0");
  f.say(far, one, announcing({.partial_messages = true}));
  REQUIRE(usable());
  const auto two = f.open(far, "/meshsub/1.3.0");
  CHECK(usable());
  f.say(far, two, announcing({.partial_messages = false}));
  CHECK_FALSE(usable());
  far.session.close_stream(two);
  f.run();
  CHECK(usable());
  CHECK(f.mesh.all<misbehaved>().empty());
}

TEST_CASE("peer: a malformed RPC counts as misbehaviour, one that is larger "
          "than we take does not") {
  const auto [bad, counts] = GENERATE(table<bytes, bool>({
      // A field that is longer than the RPC.
      {bytes{3, 0x12, 0x7f, 0x00}, true},
      // A length that is no varint.
      {bytes{0x80, 0x00}, true},
      // A length above the limit.
      {bytes{0xff, 0xff, 0xff, 0x7f}, false},
  }));
  peer_fixture f;
  auto [far, stream] = f.join();
  far->send(stream, bad);
  f.run();
  CHECK(far->was_reset(stream));
  CHECK(f.mesh.all<misbehaved>().size() == (counts ? 1 : 0));
}

// -- the outbound stream ------------------------------------------------------

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

// -- addresses ----------------------------------------------------------------

TEST_CASE("peer: of a burst of identify pushes the last one counts") {
  peer_fixture f;
  auto& far = f.connect();
  for (std::uint16_t port = 1; port <= 5; ++port) {
    far.session.set_listen_addrs(
        {at(port)}, bytes(16, static_cast<std::uint8_t>(0xa0 + port)));
    f.run();
  }
  const auto& learned = f.mesh.all<record_learned>();
  REQUIRE(learned.size() == 1);
  CHECK(learned[0].sealed == bytes(16, 0xa1));
  f.advance(10'500ms);
  REQUIRE(learned.size() == 2);
  CHECK(learned[1].sealed == bytes(16, 0xa5));
  f.advance(30s);
  CHECK(learned.size() == 2);
}

// -- the end ------------------------------------------------------------------

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
    CHECK(far->events.closed == std::vector{libp2p::session_error::go_away});
  }
  SECTION("at once if the peer resets it") {
    far->session.reset_stream(ours);
    f.run();
    CHECK(far->events.closed == std::vector{libp2p::session_error::go_away});
  }
  SECTION("soon if the peer never does") {
    f.advance(290ms);
    CHECK_FALSE(far->session.closed());
    f.advance(20ms);
    CHECK(far->events.closed == std::vector{libp2p::session_error::go_away});
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

TEST_CASE("peer: what one says that is being disconnected is not heeded") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.tell_peer(disconnect_peer{"asked to"});
  CHECK(f.mesh.all<peer_left>().size() == 1);
  send(*far, stream, "too late");
  f.run();
  CHECK(f.received().empty());
  CHECK(f.mesh.all<peer_joined>().size() == 1);
}

TEST_CASE("peer: its end of a stream is answered when all on it is read") {
  peer_fixture f;
  auto [far, stream] = f.join();
  send(*far, stream, "last words");
  far->session.close_stream(stream);
  f.run();
  CHECK(f.received() == texts{"last words"});
  CHECK(far->has_ended(stream));
}
