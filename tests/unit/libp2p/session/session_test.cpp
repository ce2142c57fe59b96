// A session's way to being ready, and its end.
#include "libp2p/session/session.hpp"
#include "tests/support/plain_security.hpp"
#include "tests/support/raw_peer.hpp"
#include "tests/support/session_pair.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <set>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

void check_connected(session_pair& pair) {
  for (auto* side : {&pair.dialer, &pair.listener}) {
    auto& other = side == &pair.dialer ? pair.listener : pair.dialer;
    CHECK(side->session.ready());
    CHECK_FALSE(side->session.closed());
    CHECK(side->session.remote_peer() == other.identity->peer());
    REQUIRE(side->events.ready);
    CHECK(side->events.ready->peer == other.identity->peer());
    CHECK(side->events.ready->key == other.identity->key().public_part());
    REQUIRE(side->events.identified.size() == 1);
    CHECK(side->events.log == std::vector<std::string>{"ready", "identified"});
  }
}

std::vector<session_error> only(session_error why) {
  return {why};
}

} // namespace

TEST_CASE("two sessions become ready and identify each other", "[session]") {
  session_pair pair;
  CHECK_FALSE(pair.dialer.session.ready());
  pair.run();
  check_connected(pair);
  const auto& info = pair.listener.events.identified[0].info;
  CHECK_FALSE(pair.listener.events.identified[0].push);
  CHECK(info.key == pair.dialer.identity->key().public_part());
  CHECK(info.agent_version == "test/1");
  CHECK(info.protocol_version == "test");
  CHECK(info.observed_addr == multiaddr::from_ip_tcp("192.0.2.1", 4001));
  CHECK(info.protocols
        == std::vector<std::string>{"/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0",
                                    "/ipfs/ping/1.0.0", "/test/2", "/test/1"});
}

TEST_CASE("bytes may arrive one by one", "[session]") {
  session_pair_options with;
  with.max_chunk = 1;
  with.in_place = GENERATE(false, true);
  session_pair pair{with};
  pair.run();
  check_connected(pair);
}

TEST_CASE("bytes may arrive in chunks of any size", "[session]") {
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    session_pair_options with;
    with.chunk_seed = seed;
    with.max_chunk = 300;
    with.in_place = seed % 2 == 0;
    session_pair pair{with};
    pair.run();
    check_connected(pair);
  }
}

TEST_CASE("the peer that was dialled is accepted", "[session]") {
  session_pair_options with;
  with.expected = numbered_identity(2)->peer();
  session_pair pair{with};
  CHECK(pair.dialer.session.remote_peer() == *with.expected);
  pair.run();
  check_connected(pair);
}

TEST_CASE("another peer than the dialled one is refused", "[session]") {
  session_pair_options with;
  with.expected = numbered_identity(3)->peer();
  session_pair pair{with};
  pair.run();
  CHECK(pair.dialer.events.closed == only(session_error::wrong_peer));
  CHECK(pair.dialer.session.closed());
  CHECK_FALSE(pair.dialer.events.ready);
  CHECK_FALSE(pair.listener.events.ready);
  CHECK(pair.dialer.session.handshake_problem()
        == "it is " + to_string(numbered_identity(2)->peer()) + ", not "
               + to_string(numbered_identity(3)->peer()));
}

TEST_CASE("a node that dials itself notices on both ends", "[session]") {
  session_pair_options with;
  with.listener = with.dialer;
  session_pair pair{with};
  pair.run();
  CHECK(pair.dialer.events.closed == only(session_error::self_dial));
  CHECK(pair.listener.events.closed == only(session_error::self_dial));
}

TEST_CASE("without early data the muxer is negotiated", "[session]") {
  session_pair_options with;
  const auto which = GENERATE(1, 2, 3);
  if ((which & 1) != 0)
    with.dialer.security = numbered_security(1, {});
  if ((which & 2) != 0)
    with.listener.security = numbered_security(2, {});
  with.max_chunk = GENERATE(std::size_t{1}, 7u, 65536u);
  session_pair pair{with};
  pair.run();
  check_connected(pair);
}

TEST_CASE("no common muxer ends the session", "[session]") {
  session_pair_options with;
  with.dialer.security = numbered_security(1, {"/mplex/6.7.0"});
  session_pair pair{with};
  pair.run();
  CHECK(pair.dialer.events.closed == only(session_error::no_common_protocol));
}

TEST_CASE("a dialer may propose TLS before Noise", "[session]") {
  session_pair pair;
  raw_peer dialer{pair.listener, pair.now, {"/tls/1.0.0", "/noise"}};
  CHECK(pair.listener.session.ready());
  CHECK(pair.listener.session.remote_peer() == numbered_identity(9)->peer());
}

TEST_CASE("a listener without Noise is given up", "[session]") {
  session_pair pair;
  bytes answer;
  append_multistream(answer, multistream_protocol);
  append_multistream(answer, "na");
  pair.feed(pair.dialer, answer);
  CHECK(pair.dialer.events.closed == only(session_error::no_common_protocol));
  CHECK(pair.dialer.session.handshake_problem() == "it speaks none of /noise");
}

TEST_CASE("a listener can tell what a dialer without Noise asked for",
          "[session]") {
  session_pair pair;
  bytes asked;
  append_multistream(asked, multistream_protocol);
  append_multistream(asked, "/tls/1.0.0");
  pair.feed(pair.listener, asked);
  CHECK(pair.listener.session.handshake_problem()
        == "it asked for /tls/1.0.0, this node speaks /noise");
  // Nor can it command a terminal, or fill a log.
  bytes longest;
  append_multistream(longest, "\x1b" + std::string(1000, 'x'));
  pair.feed(pair.listener, longest);
  CHECK(pair.listener.session.handshake_problem()
        == "it asked for ?" + std::string(63, 'x')
               + ", this node speaks /noise");
  // Nor have a line name what the node does not.
  bytes field;
  append_multistream(field, "/a peer=\"b\"");
  pair.feed(pair.listener, field);
  CHECK(pair.listener.session.handshake_problem()
        == "it asked for /a?peer??b?, this node speaks /noise");
}

TEST_CASE("what is missing of a muxer is told", "[session]") {
  session_pair_options with;
  with.dialer.security = numbered_security(1, {});
  session_pair pair{with};
  pair.run();
  REQUIRE(pair.dialer.session.ready());
  CHECK(pair.dialer.session.handshake_problem().empty());
}

TEST_CASE("what is no multistream ends the session at once", "[session]") {
  session_pair pair;
  pair.feed(pair.listener, as_bytes(std::string(100, 'G')));
  CHECK(pair.listener.events.closed == only(session_error::bad_negotiation));
  pair.feed(pair.listener, as_bytes("more"));
  CHECK(pair.listener.events.closed.size() == 1);
}

TEST_CASE("a handshake has a deadline", "[session]") {
  session_pair pair;
  const auto deadline = pair.now + session_limits{}.handshake_timeout;
  CHECK(pair.dialer.session.next_tick() == deadline);
  pair.advance(session_limits{}.handshake_timeout - 1ms, true);
  CHECK(pair.listener.events.closed.empty());
  pair.advance(1ms, true);
  CHECK(pair.dialer.events.closed == only(session_error::handshake_timeout));
  CHECK(pair.listener.events.closed == only(session_error::handshake_timeout));
  CHECK(pair.dialer.session.next_tick() == time_point::max());
  CHECK_FALSE(pair.dialer.session.open_stream({"/test/1"}, pair.now));
}

TEST_CASE("a ready session has no deadline but its keepalive", "[session]") {
  auto pair = connected_pair();
  pair->advance(10min);
  CHECK_FALSE(pair->dialer.session.closed());
  CHECK_FALSE(pair->listener.session.closed());
  // One in each minute of silence, or a bit earlier, and the first one before.
  CHECK(pair->dialer.events.pings.size() >= 10);
  CHECK(pair->dialer.events.pings.size() <= 12);
}

TEST_CASE("streams can be opened as soon as the session is ready",
          "[session]") {
  session_pair pair;
  std::optional<stream_id> id;
  while (!pair.dialer.session.ready())
    REQUIRE(pair.step());
  id = pair.dialer.session.open_stream({"/test/1"}, pair.now);
  pair.run();
  CHECK(pair.dialer.events.opened.at(id.value()) == "/test/1");
}

TEST_CASE("a closed session says go-away and is inert", "[session]") {
  auto pair = connected_pair();
  const auto id =
      pair->dialer.session.open_stream({"/test/1"}, pair->now).value();
  pair->run();
  pair->dialer.write(id, "last words");
  pair->dialer.session.close();
  CHECK(pair->dialer.session.closed());
  CHECK_FALSE(pair->dialer.session.ready());
  CHECK(pair->dialer.session.has_output());
  pair->run();
  CHECK(pair->listener.events.data.at(id) == "last words");
  CHECK(pair->listener.events.closed == only(session_error::go_away));
  CHECK(pair->dialer.events.closed.empty());
  CHECK_FALSE(pair->dialer.session.has_output());
  pair->dialer.session.close();
  pair->dialer.write(id, "nothing");
  pair->dialer.session.set_listen_addrs({}, {1});
  CHECK_FALSE(pair->dialer.session.open_stream({"/test/1"}, pair->now));
  CHECK_FALSE(pair->dialer.session.has_output());
}

TEST_CASE("closing before the handshake is done says nothing", "[session]") {
  session_pair pair;
  pair.dialer.session.close();
  CHECK_FALSE(pair.dialer.session.has_output());
  CHECK(pair.dialer.session.closed());
}

TEST_CASE("a vanished peer is noticed by its silence", "[session]") {
  auto pair = connected_pair();
  const session_limits limits;
  // The dialer is the first to ask, once both have asked for the first time.
  pair->advance(2 * limits.ping_interval);
  pair->dialer.events.pings.clear();
  while (pair->dialer.events.pings.empty())
    pair->advance(100ms);
  const auto earlier = limits.ping_interval / 8;
  pair->advance(limits.ping_interval - earlier + limits.ping_timeout - 200ms,
                true);
  CHECK(pair->dialer.events.closed.empty());
  pair->advance(200ms, true);
  CHECK(pair->dialer.events.closed == only(session_error::ping_timeout));
  pair->advance(earlier - 200ms, true);
  CHECK(pair->listener.events.closed.empty());
  pair->advance(200ms, true);
  CHECK(pair->listener.events.closed == only(session_error::ping_timeout));
}

TEST_CASE("peers that come together are first pinged at times of their own",
          "[session]") {
  const auto whole = session_limits{}.ping_interval;
  std::set<std::chrono::nanoseconds> times;
  for (std::uint8_t number = 2; number < 34; ++number) {
    session_pair_options with;
    with.listener = test_session_config(number);
    auto pair = connected_pair(std::move(with));
    const auto start = pair->now;
    while (pair->dialer.events.pings.empty() && pair->now < start + whole)
      pair->advance(500ms);
    CHECK(pair->dialer.events.pings.size() == 1);
    CHECK(pair->now - start >= whole / 4);
    times.insert(pair->now - start);
  }
  CHECK(times.size() > 20);
  CHECK(*times.rbegin() - *times.begin() > whole / 2);
}

TEST_CASE("silence does not count while the caller holds back", "[session]") {
  auto pair = connected_pair();
  const session_limits limits;
  pair->dialer.session.hold(true, pair->now);
  pair->advance(1h, true);
  CHECK(pair->dialer.events.closed.empty());
  pair->dialer.session.hold(false, pair->now);
  CHECK(pair->dialer.session.next_tick() == pair->now + limits.ping_timeout);
}

TEST_CASE("a channel that is used up ends the session", "[session]") {
  session_pair_options with;
  // Enough for the muxer and identify.
  constexpr std::size_t records = 20;
  with.dialer.security = {std::make_shared<plain_security>(1, records)};
  with.listener.security = {std::make_shared<plain_security>(2)};
  session_pair pair{std::move(with)};
  pair.run();
  REQUIRE(pair.dialer.session.ready());
  for (std::size_t i = 0; i < records && !pair.dialer.session.closed(); ++i) {
    pair.dialer.session.open_stream({"/test/1"}, pair.now);
    pair.run();
  }
  CHECK(pair.dialer.session.closed());
  CHECK_FALSE(pair.dialer.session.has_output());
  CHECK_FALSE(pair.listener.session.closed());
}

TEST_CASE("what a channel's records cannot hold is sent in several",
          "[session]") {
  session_pair_options with;
  with.dialer.security = {std::make_shared<plain_security>(1)};
  with.listener.security = {std::make_shared<plain_security>(2)};
  auto pair = connected_pair(std::move(with));
  const auto id =
      pair->dialer.session.open_stream({"/test/1"}, pair->now).value();
  pair->run();
  const std::string text(10 * plain_channel::largest, 'x');
  pair->dialer.write(id, text);
  pair->run();
  CHECK(pair->listener.events.data[id] == text);
}

TEST_CASE("a session may be moved", "[session]") {
  auto pair = connected_pair();
  auto other = std::move(pair->dialer.session);
  pair->dialer.session = std::move(other);
  const auto id =
      pair->dialer.session.open_stream({"/test/1"}, pair->now).value();
  pair->run();
  CHECK(pair->listener.events.accepted.count(id) == 1);
}

TEST_CASE("every session error has a text", "[session]") {
  for (int i = 0; i <= static_cast<int>(session_error::go_away); ++i)
    CHECK(to_string(static_cast<session_error>(i)) != "unknown session error");
}
