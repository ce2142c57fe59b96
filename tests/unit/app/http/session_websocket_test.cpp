#include "tests/support/websocket_frames.hpp"
#include "tests/unit/app/http/session_fixture.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace grapevine::app::http {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;

using fixture = session_fixture;

const std::string wish =
    "GET /a HTTP/1.1\r\nHost: localhost\r\n" + test::websocket_wish + "\r\n";

/// A session that has become a WebSocket.
struct websocket_fixture : fixture {
  explicit websocket_fixture(const session::limits& l = {}) : fixture{l} {
    hear(wish);
    const auto asked = tested.take(now);
    REQUIRE(asked);
    REQUIRE(asked->websocket);
    tested.begin_websocket(asked->websocket->key, now);
    CHECK_THAT(take_output(),
               StartsWith("HTTP/1.1 101 Switching Protocols\r\n")
                   && Contains("Upgrade: websocket\r\n")
                   && Contains("Connection: Upgrade\r\n")
                   && Contains("Sec-WebSocket-Accept: "
                               "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    CHECK(tested.is_streaming());
  }
};

TEST_CASE("http session: only who wants a WebSocket may get one", "[app]") {
  for (const auto* other :
       {"GET /a HTTP/1.0\r\nHost: a\r\n", "POST /a HTTP/1.1\r\nHost: a\r\n",
        "HEAD /a HTTP/1.1\r\nHost: a\r\n"}) {
    fixture f;
    f.hear(other + test::websocket_wish + "\r\n");
    CHECK_FALSE(f.tested.take(f.now).value().websocket);
  }
  for (const auto* headers :
       {"Connection: Upgrade\r\n", "Upgrade: websocket\r\n",
        "Connection: upgrade\r\nUpgrade: h2c\r\n"}) {
    fixture f;
    f.hear(std::string{"GET /a HTTP/1.1\r\nHost: a\r\n"} + headers + "\r\n");
    CHECK_FALSE(f.tested.take(f.now).value().websocket);
  }
}

TEST_CASE("http session: a WebSocket sends what is streamed as it is, and "
          "answers pings",
          "[app]") {
  websocket_fixture f;
  f.tested.stream("frame", f.now);
  CHECK(f.take_output() == "frame");
  f.hear(test::client_frame(0x9, "a"));
  CHECK(f.take_output()
        == "\x8a\x01"
           "a");
  f.hear(test::client_frame(0x8, "\x03\xe8"));
  CHECK(f.take_output() == "\x88\x02\x03\xe8");
  CHECK(f.tested.said_all());
  f.tested.end_of_input();
  CHECK(f.tested.finished());
}

TEST_CASE("http session: what a client sends with its wish for a WebSocket is "
          "heard",
          "[app]") {
  fixture f;
  f.hear(wish + test::client_frame(0x9, "early"));
  const auto asked = f.tested.take(f.now);
  f.tested.begin_websocket(asked.value().websocket.value().key, f.now);
  CHECK_THAT(f.take_output(), Catch::EndsWith("\r\n\r\n\x8a\x05"
                                              "early"));
}

TEST_CASE("http session: a WebSocket ends with a goodbye", "[app]") {
  websocket_fixture f;
  SECTION("when its stream does") {
    f.tested.end_stream(f.now);
  }
  SECTION("when the node stops") {
    f.tested.finish(f.now);
  }
  CHECK(f.take_output() == test::closing(1001, "the stream ends"));
  CHECK(f.tested.said_all());
  f.now += 3s;
  f.tested.tick(f.now);
  CHECK(f.tested.finished());
}

TEST_CASE("http session: pings are read as fast as their answers are",
          "[app]") {
  session::limits small;
  small.output_bytes = 1000;
  websocket_fixture f{small};
  const auto ping = test::client_frame(0x9, std::string(100, 'a'));
  int heard = 0;
  while (f.tested.wants_input() && heard < 100) {
    f.hear(ping);
    ++heard;
  }
  CHECK(heard < 20);
  (void)f.take_output();
  CHECK(f.tested.wants_input());
}

} // namespace
} // namespace grapevine::app::http
