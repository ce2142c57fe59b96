#include "tests/unit/libp2p/mux/yamux_end.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

/// Checks that `b` failed for `why` and says go-away with "protocol error".
void check_protocol_failure(yamux_end& b, yamux_error why) {
  REQUIRE(b.failed);
  CHECK(*b.failed == why);
  const auto last = headers_of(b.output());
  REQUIRE(last.size() == 1);
  CHECK(last[0] == yamux_header{yamux_type::go_away, 0, 0, 1});
  b.failed.reset();
  b.opened.clear();
  b.input(frame(yamux_type::data, yamux_flag::syn, 99, 0));
  CHECK(b.opened.empty());
  CHECK_FALSE(b.failed);
  CHECK_FALSE(b.mux.open());
  CHECK_FALSE(b.mux.has_output());
}

} // namespace

TEST_CASE("more data than the window kills the connection", "[yamux]") {
  yamux_end b{role::listener};
  b.input(frame(yamux_type::data, yamux_flag::syn, 1, 262'145));
  check_protocol_failure(b, yamux_error::window_overrun);
}

TEST_CASE("an unknown frame type kills the connection", "[yamux]") {
  yamux_end b{role::listener};
  auto raw = frame(yamux_type::data, 0, 1, 0);
  raw[1] = 4;
  b.input(raw);
  check_protocol_failure(b, yamux_error::protocol);
}

TEST_CASE("another version kills the connection", "[yamux]") {
  yamux_end b{role::listener};
  auto raw = frame(yamux_type::data, 0, 1, 0);
  raw[0] = 1;
  b.input(raw);
  check_protocol_failure(b, yamux_error::protocol);
}

TEST_CASE("a stream number that is not the other side's to open is an error",
          "[yamux]") {
  for (const stream_id id : {0u, 2u}) {
    yamux_end b{role::listener};
    b.input(frame(yamux_type::data, yamux_flag::syn, id, 0));
    check_protocol_failure(b, yamux_error::protocol);
  }
  yamux_end b{role::listener};
  b.input(frame(yamux_type::data, yamux_flag::syn, 1, 0));
  b.input(frame(yamux_type::data, yamux_flag::syn, 1, 0));
  check_protocol_failure(b, yamux_error::protocol);
}

TEST_CASE("streams may be opened in any order of their numbers", "[yamux]") {
  yamux_end b{role::listener};
  b.input(frame(yamux_type::data, yamux_flag::syn, 5, 0));
  b.input(frame(yamux_type::data, yamux_flag::syn, 3, 0));
  CHECK(b.opened == std::vector<stream_id>{5, 3});
}

TEST_CASE("data after the end of a stream is an error", "[yamux]") {
  yamux_end b{role::listener};
  b.input(frame(yamux_type::data, yamux_flag::syn | yamux_flag::fin, 1, 0));
  b.input(frame(yamux_type::data, 0, 1, 1, "x"));
  check_protocol_failure(b, yamux_error::protocol);
}

TEST_CASE("a ping is answered with its value, before all data", "[yamux]") {
  yamux_end b{role::listener};
  const auto id = *b.mux.open();
  b.write(id, std::string(1000, 'x'));
  b.input(frame(yamux_type::ping, yamux_flag::syn, 0, 0xDEADBEEF));
  CHECK(headers_of(b.output()).front()
        == yamux_header{yamux_type::ping, yamux_flag::ack, 0, 0xDEADBEEF});
}

TEST_CASE("pings that nobody reads the answers of end the connection",
          "[yamux]") {
  yamux_end b{role::listener};
  const auto ping = frame(yamux_type::ping, yamux_flag::syn, 0, 1);
  int sent = 0;
  while (!b.failed && sent < 100'000) {
    b.input(ping);
    ++sent;
    CHECK(b.mux.control_buffered() <= session_limits{}.max_reply_buffered);
  }
  CHECK(sent == 65'536 / 12 + 1);
  check_protocol_failure(b, yamux_error::flood);
}

TEST_CASE("opened and reset streams cannot fill memory", "[yamux]") {
  yamux_end b{role::listener};
  stream_id id = 1;
  while (!b.failed && id < 100'000) {
    b.input(frame(yamux_type::data, yamux_flag::syn, id, 0));
    b.mux.reset(id);
    id += 2;
  }
  check_protocol_failure(b, yamux_error::flood);
}

TEST_CASE("a stream beyond the limit is reset, the others stay", "[yamux]") {
  session_limits limits;
  limits.max_inbound_streams = 2;
  yamux_end b{role::listener, limits};
  for (const stream_id id : {1u, 3u, 5u})
    b.input(frame(yamux_type::data, yamux_flag::syn, id, 1, "x"));
  CHECK(b.opened == std::vector<stream_id>{1, 3});
  CHECK(b.received.count(5) == 0);
  CHECK(headers_of(b.output()).front()
        == yamux_header{yamux_type::window_update, yamux_flag::rst, 5, 0});
  b.mux.reset(1);
  b.input(frame(yamux_type::data, yamux_flag::syn, 7, 0));
  CHECK(b.opened.back() == 7);
}

TEST_CASE("streams that were not acknowledged yet are limited both ways",
          "[yamux]") {
  session_limits limits;
  limits.max_ack_backlog = 3;
  yamux_end a{role::dialer, limits}, b{role::listener, limits};
  for (int i = 0; i < 3; ++i)
    CHECK(a.mux.open());
  CHECK_FALSE(a.mux.open());
  exchange(a, b);
  CHECK(a.mux.open());

  yamux_end c{role::listener, limits};
  for (const stream_id id : {1u, 3u, 5u, 7u})
    c.input(frame(yamux_type::data, yamux_flag::syn, id, 0));
  CHECK(c.opened.size() == 3);
  c.output();
  c.input(frame(yamux_type::data, yamux_flag::syn, 9, 0));
  CHECK(c.opened.size() == 4);
}

TEST_CASE("our own open streams are limited", "[yamux]") {
  session_limits limits;
  limits.max_outbound_streams = 2;
  yamux_end a{role::dialer, limits};
  const auto first = a.mux.open();
  CHECK(a.mux.open());
  CHECK_FALSE(a.mux.open());
  a.mux.reset(*first);
  CHECK(a.mux.open());
}

TEST_CASE("a silent peer is pinged, and noticed when it does not answer",
          "[yamux]") {
  yamux_end a{role::listener};
  const auto start = a.now;
  CHECK(a.mux.next_keep_alive() == start + 15s);
  CHECK(a.mux.keep_alive(start + 14s));
  CHECK_FALSE(a.mux.has_output());
  CHECK(a.mux.keep_alive(start + 15s));
  CHECK(headers_of(a.output()).front().has(yamux_flag::syn));
  CHECK(a.mux.next_keep_alive() == start + 35s);
  CHECK(a.mux.keep_alive(start + 34s));
  CHECK_FALSE(a.mux.keep_alive(start + 35s));
}

TEST_CASE("of two idle sides one pings for both, and the other now and then",
          "[yamux]") {
  yamux_end a{role::dialer}, b{role::listener};
  const auto start = a.now;
  while (a.now < start + 10min) {
    b.now = a.now += 125ms;
    REQUIRE(a.mux.keep_alive(a.now));
    b.input(a.output());
    REQUIRE(b.mux.keep_alive(b.now));
    a.input(b.output());
    b.input(a.output());
  }
  // Four in a minute; then the other does.
  CHECK(a.pongs == 40);
  CHECK(b.pongs == 10);
}

TEST_CASE("the first ping goes when it is told to, and those behind it as "
          "always",
          "[yamux]") {
  yamux_end a{role::listener, yamux_end::pinging(), 5s}, b{role::dialer};
  const auto start = a.now;
  a.input(frame(yamux_type::data, yamux_flag::syn, 1, 1, "x"));
  CHECK(a.mux.next_keep_alive() == start + 5s);
  b.now = a.now += 5s;
  CHECK(a.mux.keep_alive(a.now));
  b.input(a.output());
  a.input(b.output());
  CHECK(a.pongs == 1);
  CHECK(a.mux.next_keep_alive() == start + 20s);
}

TEST_CASE("who speaks is pinged all the same, now and then", "[yamux]") {
  yamux_end a{role::listener};
  const auto start = a.now;
  a.input(frame(yamux_type::data, yamux_flag::syn, 1, 1, "x"));
  while (a.now < start + 59s) {
    CHECK(a.mux.keep_alive(a.now += 1s));
    a.input(frame(yamux_type::data, 0, 1, 1, "x"));
  }
  CHECK(a.mux.next_keep_alive() == start + 60s);
}

TEST_CASE("an answered ping gives the round trip", "[yamux]") {
  yamux_end a{role::dialer}, b{role::listener};
  a.mux.keep_alive(a.now += 15s);
  const auto ping = a.output();
  a.now += 30ms;
  b.input(ping);
  a.input(b.output());
  CHECK(a.pongs == 1);
  CHECK(a.mux.round_trip() == 30ms);
  // From when it was heard.
  CHECK(a.mux.next_keep_alive() == a.now + 13'125ms);
}

TEST_CASE("an answer to no ping of ours is ignored", "[yamux]") {
  yamux_end a{role::dialer};
  a.input(frame(yamux_type::ping, yamux_flag::ack, 0, 1));
  a.mux.keep_alive(a.now += 15s);
  a.input(frame(yamux_type::ping, yamux_flag::ack, 0, 77));
  CHECK(a.pongs == 0);
  CHECK_FALSE(a.failed);
}

TEST_CASE("a peer that sends anything has not vanished", "[yamux]") {
  yamux_end a{role::dialer};
  a.mux.keep_alive(a.now += 15s);
  a.now += 19s;
  a.input(frame(yamux_type::data, yamux_flag::syn, 2, 1, "x"));
  a.now += 19s;
  CHECK(a.mux.keep_alive(a.now));
  CHECK_FALSE(a.mux.keep_alive(a.now + 1s));
}

TEST_CASE("other data excuses a missing pong for a minute, not for ever",
          "[yamux]") {
  yamux_end a{role::dialer};
  a.mux.keep_alive(a.now += 15s);
  const auto pinged = a.now;
  a.input(frame(yamux_type::data, yamux_flag::syn, 2, 1, "x"));
  while (a.now < pinged + 59s) {
    CHECK(a.mux.keep_alive(a.now += 1s));
    a.input(frame(yamux_type::data, 0, 2, 1, "x"));
  }
  CHECK(a.mux.next_keep_alive() == pinged + 60s);
  CHECK_FALSE(a.mux.keep_alive(pinged + 60s));
}

TEST_CASE("while input is held, no pong is late", "[yamux]") {
  yamux_end a{role::dialer};
  a.mux.keep_alive(a.now += 15s);
  a.mux.hold(true, a.now += 5s);
  CHECK(a.mux.keep_alive(a.now += 10min));
  a.mux.hold(false, a.now);
  const auto resumed = a.now;
  CHECK(a.mux.next_keep_alive() == resumed + 20s);
  a.input(frame(yamux_type::data, yamux_flag::syn, 2, 1, "x"));
  for (int second = 1; second < 55; ++second) {
    CHECK(a.mux.keep_alive(a.now += 1s));
    a.input(frame(yamux_type::data, 0, 2, 1, "x"));
  }
  CHECK(a.mux.next_keep_alive() == resumed + 55s);
}

TEST_CASE("go-away follows what may still be sent", "[yamux]") {
  yamux_end a{role::dialer}, b{role::listener};
  const auto id = *a.mux.open();
  a.write(id, "last words");
  a.mux.go_away(yamux_go_away::normal);
  CHECK_FALSE(a.mux.open());
  const auto sent = a.output();
  const auto headers = headers_of(sent);
  REQUIRE(headers.size() == 2);
  CHECK(headers[1] == yamux_header{yamux_type::go_away, 0, 0, 0});
  CHECK_FALSE(a.mux.has_output());
  b.input(sent);
  CHECK(b.received[id] == "last words");
  CHECK(b.went_away == 0u);
  CHECK(b.mux.stream_count() == 0);
  CHECK(b.output().empty());
}

TEST_CASE("a go-away with any code ends the connection", "[yamux]") {
  yamux_end b{role::listener};
  b.input(frame(yamux_type::go_away, 0, 0, 12'345));
  CHECK(b.went_away == 12'345u);
  b.input(frame(yamux_type::data, yamux_flag::syn, 1, 0));
  CHECK(b.opened.empty());
}

TEST_CASE("a probe pings at once, and wants its answer soon", "[yamux]") {
  yamux_end a{role::dialer}, b{role::listener};
  const auto start = a.now += 1s;
  a.mux.probe(start, 3s);
  const auto ping = a.output();
  CHECK(headers_of(ping).front().type == yamux_type::ping);
  CHECK(a.mux.next_keep_alive() == start + 3s);
  SECTION("answered, pings are as usual") {
    b.input(ping);
    a.input(b.output());
    CHECK(a.pongs == 1);
    CHECK(a.mux.next_keep_alive() == start + 13'125ms);
    CHECK(a.mux.keep_alive(start + 15s));
    CHECK(a.mux.next_keep_alive() == start + 35s);
  }
  SECTION("unanswered, the peer has vanished") {
    CHECK(a.mux.keep_alive(start + 2999ms));
    CHECK_FALSE(a.mux.keep_alive(start + 3s));
  }
  SECTION("other data are a sign of life, for as long as they excuse a pong") {
    for (a.now = start; a.now < start + 60s; a.now += 2s) {
      REQUIRE(a.mux.keep_alive(a.now));
      a.input(frame(yamux_type::ping, yamux_flag::syn, 0, 1));
      a.output();
    }
    CHECK_FALSE(a.mux.keep_alive(start + 60s));
  }
}

TEST_CASE("a probe makes a ping that is out urgent", "[yamux]") {
  yamux_end a{role::dialer};
  a.mux.keep_alive(a.now += 15s);
  a.output();
  a.now += 1s;
  a.mux.probe(a.now, 3s);
  CHECK_FALSE(a.mux.has_output());
  CHECK_FALSE(a.mux.keep_alive(a.now + 3s));
}
