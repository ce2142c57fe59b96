// Whole sessions over TLS, as session_test.cpp has them over Noise.
#include "libp2p/session/session.hpp"
#include "tests/support/session_pair.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

namespace {

session_pair_options over_tls() {
  session_pair_options result;
  result.dialer = test_session_config(1, security_kind::tls);
  result.listener = test_session_config(2, security_kind::tls);
  return result;
}

void check_connected(session_pair& pair) {
  for (auto* side : {&pair.dialer, &pair.listener}) {
    auto& other = side == &pair.dialer ? pair.listener : pair.dialer;
    CHECK(side->session.ready());
    CHECK(side->session.remote_peer() == other.identity->peer());
    REQUIRE(side->events.ready);
    CHECK(side->events.ready->key == other.identity->key().public_part());
    CHECK(side->events.log == std::vector<std::string>{"ready", "identified"});
  }
}

std::vector<session_error> only(session_error why) {
  return {why};
}

} // namespace

TEST_CASE("session over tls: ready and identified, at any chunking",
          "[session][tls]") {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    auto with = over_tls();
    with.chunk_seed = seed;
    with.max_chunk = seed == 0 ? 1 : 300;
    with.in_place = seed % 2 == 0;
    session_pair pair{with};
    pair.run();
    check_connected(pair);
  }
}

TEST_CASE("session over tls: the handshake settles the muxer",
          "[session][tls]") {
  session_pair pair{over_tls()};
  std::size_t rounds = 0;
  while (!pair.dialer.session.ready() && pair.step())
    ++rounds;
  // multistream-select, and TLS's hellos.
  CHECK(rounds == 2);
  auto with = over_tls();
  with.dialer.security = numbered_security(1, {}, security_kind::tls);
  session_pair without{with};
  without.run();
  check_connected(without);
}

TEST_CASE("session over tls: large data both ways", "[session][tls]") {
  auto with = over_tls();
  with.chunk_seed = GENERATE(0u, 5u);
  with.max_chunk = 70'000;
  with.in_place = GENERATE(false, true);
  auto pair = connected_pair(with);
  const auto id =
      pair->dialer.session.open_stream({"/test/1"}, pair->now).value();
  pair->run();
  std::mt19937 random{3};
  std::string there;
  std::string back;
  for (auto* text : {&there, &back})
    for (int i = 0; i < 1'000'000; ++i)
      text->push_back(static_cast<char>('a' + random() % 26));
  pair->dialer.write(id, there);
  pair->listener.write(id, back);
  pair->run();
  CHECK((pair->listener.events.data.at(id) == there));
  CHECK((pair->dialer.events.data.at(id) == back));
}

TEST_CASE("session over tls: frames fill records, none is cut in two",
          "[session][tls]") {
  auto pair = connected_pair(over_tls());
  const auto id =
      pair->dialer.session.open_stream({"/test/1"}, pair->now).value();
  pair->run();
  pair->dialer.write(id, std::string(200'000, 'x'));
  bytes wire;
  pair->dialer.session.take_output(wire, 1'000'000);
  std::size_t records = 0;
  for (std::size_t at = 0; at < wire.size(); ++records)
    at += 5 + (std::size_t{wire[at + 3]} << 8 | wire[at + 4]);
  CHECK(records == 200'000 / 16'360 + 1);
}

TEST_CASE("session over tls: who closes says so twice", "[session][tls]") {
  auto pair = connected_pair(over_tls());
  pair->dialer.session.close();
  bytes wire;
  pair->dialer.session.take_output(wire, 100'000);
  CHECK_FALSE(pair->dialer.session.has_output());
  // Yamux's go-away, and TLS's close_notify.
  CHECK(wire.size() == (5 + 12 + 17) + (5 + 2 + 17));
  pair->feed(pair->listener, wire);
  CHECK(pair->listener.events.closed == only(session_error::go_away));
}

TEST_CASE("session over tls: the end of TLS is the session's",
          "[session][tls]") {
  auto pair = connected_pair(over_tls());
  pair->dialer.session.close();
  bytes wire;
  pair->dialer.session.take_output(wire, 100'000);
  // Without the go-away the records do not follow each other.
  pair->feed(pair->listener, bytes_view{wire}.subspan(5 + 12 + 17));
  CHECK(pair->listener.events.closed == only(session_error::bad_record));
}

TEST_CASE("session over tls: another peer than the dialled one",
          "[session][tls]") {
  auto with = over_tls();
  with.expected = numbered_identity(3)->peer();
  session_pair pair{with};
  pair.run();
  CHECK(pair.dialer.events.closed == only(session_error::wrong_peer));
  CHECK_FALSE(pair.listener.events.ready);
  CHECK(pair.listener.events.closed == only(session_error::bad_handshake));
  CHECK(pair.listener.session.handshake_problem()
        == "TLS: sslv3 alert bad certificate");
}

TEST_CASE("session over tls: a byte that was changed ends it",
          "[session][tls]") {
  auto pair = connected_pair(over_tls());
  pair->change_to_listener = [](bytes& data) { data.back() ^= 1; };
  CHECK(pair->dialer.session.open_stream({"/test/1"}, pair->now));
  pair->run();
  CHECK(pair->listener.events.closed == only(session_error::bad_record));
}

TEST_CASE("session over tls: a node that dials itself notices",
          "[session][tls]") {
  auto with = over_tls();
  with.listener = with.dialer;
  session_pair pair{with};
  pair.run();
  CHECK(pair.dialer.events.closed == only(session_error::self_dial));
  CHECK(pair.listener.events.closed == only(session_error::self_dial));
}
