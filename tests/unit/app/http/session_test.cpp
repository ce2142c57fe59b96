#include "tests/unit/app/http/session_fixture.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace grapevine::app::http {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;

using fixture = session_fixture;

const std::string get = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string post(const std::string& headers, const std::string& body) {
  return "POST /a HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n" + body;
}

// How a session answers what is no request, and that it closes then.
std::string refusal_of(const std::string& text) {
  fixture f;
  f.hear(text);
  CHECK(f.taken() == "nothing");
  const auto said = f.take_output();
  CHECK_THAT(said, Contains("Connection: close\r\n")
                       && Contains("Content-Type: application/problem+json"));
  CHECK(f.tested.said_all());
  return said.substr(9, 3);
}

TEST_CASE("http session: a request is answered, and then the next", "[app]") {
  fixture f;
  f.hear(get);
  REQUIRE(f.taken() == "/a ");
  f.answer("one");
  CHECK_THAT(f.take_output(), StartsWith("HTTP/1.1 200 OK\r\n")
                                  && Contains("Content-Length: 3\r\n")
                                  && Catch::EndsWith("\r\n\r\none"));
  f.hear(post("Content-Length: 3\r\n", "abc"));
  CHECK(f.taken() == "/a abc");
}

TEST_CASE("http session: a request may come byte by byte", "[app]") {
  const auto [chunks, taken] = GENERATE(table<std::string, std::string>(
      {{"2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n", "/a abcde"},
       {"0\r\n\r\n", "/a "},
       {"0\r\nT: r\r\n\r\n", "/a "}}));
  fixture f;
  for (const char c : post("Transfer-Encoding: chunked\r\n", chunks)) {
    CHECK(f.taken() == "nothing");
    f.hear({&c, 1});
  }
  CHECK(f.taken() == taken);
}

TEST_CASE("http session: requests that come together are answered in order",
          "[app]") {
  fixture f;
  f.hear(get + "\r\n" + post("Content-Length: 1\r\n", "b") + get);
  CHECK(f.taken() == "/a ");
  CHECK(f.taken() == "nothing");
  f.answer("first");
  CHECK(f.taken() == "/a b");
  f.answer("second");
  CHECK(f.taken() == "/a ");
  f.answer("third");
  const auto said = f.take_output();
  CHECK(said.find("first") < said.find("second"));
  CHECK(said.find("second") < said.find("third"));
}

TEST_CASE("http session: no more is read ahead than fits", "[app]") {
  session::limits limits;
  limits.output_bytes = 1000;
  fixture f{limits};
  f.hear(get + get);
  REQUIRE(f.taken() == "/a ");
  f.answer(std::string(2000, 'x'));
  CHECK(f.taken() == "nothing");
  f.take_output();
  CHECK(f.taken() == "/a ");
  CHECK(f.tested.wants_input());
  f.hear(std::string(limits.reader.header_bytes, 'x'));
  CHECK_FALSE(f.tested.wants_input());
}

TEST_CASE("http session: a HEAD is answered without the body", "[app]") {
  fixture f;
  f.hear("HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  REQUIRE(f.taken() == "/a ");
  f.answer("body");
  const auto said = f.take_output();
  CHECK_THAT(said,
             Contains("Content-Length: 4\r\n") && Catch::EndsWith("\r\n\r\n"));
}

TEST_CASE("http session: closes when the client wants that", "[app]") {
  fixture f;
  SECTION("HTTP/1.0") {
    f.hear("GET /a HTTP/1.0\r\n\r\n");
  }
  SECTION("Connection: close") {
    f.hear("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  }
  REQUIRE(f.taken() == "/a ");
  f.answer("last");
  CHECK_FALSE(f.tested.said_all());
  CHECK_THAT(f.take_output(), Contains("Connection: close\r\n"));
  CHECK(f.tested.said_all());
  f.hear(get);
  CHECK(f.taken() == "nothing");
  f.tested.end_of_input();
  CHECK(f.tested.finished());
}

TEST_CASE("http session: who closes the sending direction gets its answer",
          "[app]") {
  fixture f;
  f.hear(get);
  REQUIRE(f.taken() == "/a ");
  f.tested.end_of_input();
  CHECK_FALSE(f.tested.finished());
  f.answer("still");
  CHECK_THAT(f.take_output(), Contains("still"));
  CHECK(f.tested.finished());
}

TEST_CASE("http session: what is no request is refused", "[app]") {
  CHECK(refusal_of("\x16\x03\x01 TLS, say\r\n\r\n") == "400");
  CHECK(refusal_of("GET /a HTTP/2.0\r\nHost: a\r\n\r\n") == "505");
  CHECK(refusal_of("GET /a HTTP/1.1\r\n\r\n") == "400");
  CHECK(refusal_of("GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == "400");
  CHECK(refusal_of("GET /a HTTP/1.1\r\nHost : a\r\n\r\n") == "400");
  CHECK(refusal_of("GET  /a HTTP/1.1\r\nHost: a\r\n\r\n") == "400");
}

TEST_CASE("http session: what proxies may read in another way is refused",
          "[app]") {
  CHECK(refusal_of(post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"))
        == "400");
  CHECK(refusal_of(post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
                        "0\r\n\r\n"))
        == "400");
  CHECK(refusal_of(post("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
                        "0\r\n\r\n"))
        == "400");
  CHECK(refusal_of(post("Content-Length: +1\r\n", "a")) == "400");
  CHECK(refusal_of(post("Transfer-Encoding: gzip\r\n", "a")) == "501");
  CHECK(refusal_of(post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"))
        == "501");
  CHECK(refusal_of(post("Transfer-Encoding: chunked\r\n", "zzz\r\n")) == "400");
}

TEST_CASE("http session: what is too large is refused", "[app]") {
  const std::string long_text(std::size_t{20} * 1024, 'x');
  CHECK(refusal_of("GET /" + long_text) == "431");
  CHECK(refusal_of("GET / HTTP/1.1\r\nHost: a\r\nA: " + long_text) == "431");
  CHECK(refusal_of(post("Content-Length: 11\r\n", "")) == "413");
  CHECK(refusal_of(post("Content-Length: 99999999999\r\n", "")) == "413");
  CHECK(
      refusal_of(post("Transfer-Encoding: chunked\r\n", "b\r\nabcdefghijk\r\n"))
      == "413");
  CHECK(refusal_of(post("Transfer-Encoding: chunked\r\n",
                        "6\r\nabcdef\r\n6\r\nabcdef\r\n"))
        == "413");
  CHECK(refusal_of(post("Transfer-Encoding: chunked\r\n", "1;" + long_text))
        == "400");
  CHECK(refusal_of(post("Transfer-Encoding: chunked\r\n",
                        "1\r\na\r\n0\r\nA: " + long_text))
        == "400");
}

TEST_CASE("http session: a refused request's body is not read", "[app]") {
  fixture f;
  f.hear("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n"
         "\r\n");
  CHECK_THAT(f.take_output(), StartsWith("HTTP/1.1 404 "));
  CHECK(f.tested.said_all());
  CHECK(f.tested.wants_input());
  f.hear(std::string(100'000, 'x'));
  CHECK_FALSE(f.tested.finished());
  f.now = f.tested.deadline();
  f.tested.tick(f.now);
  CHECK(f.tested.finished());
}

TEST_CASE("http session: a refused request without a body costs no connection",
          "[app]") {
  fixture f;
  f.hear("GET /refused HTTP/1.1\r\nHost: a\r\n\r\n" + get);
  CHECK(f.taken() == "/a ");
  CHECK_THAT(f.take_output(),
             StartsWith("HTTP/1.1 404 ") && Contains("Connection: keep-alive"));
}

TEST_CASE("http session: a client that waits for it is told to go on",
          "[app]") {
  fixture f;
  f.hear(post("Expect: 100-continue\r\nContent-Length: 2\r\n", ""));
  CHECK(f.take_output() == "HTTP/1.1 100 Continue\r\n\r\n");
  f.hear("ab");
  CHECK(f.taken() == "/a ab");
}

TEST_CASE("http session: a request that does not arrive is given up", "[app]") {
  fixture f;
  SECTION("its head") {
    f.hear("GET /a HT");
    CHECK(f.tested.deadline() == start + 10s);
    // Whoever sends a byte now and then gains no time.
    f.now += 9s;
    f.hear("T");
  }
  SECTION("its body") {
    f.hear(post("Content-Length: 5\r\n", "a"));
    CHECK(f.tested.deadline() == start + 30s);
    f.now += 29s;
    f.hear("b");
  }
  f.now += 1s;
  f.tested.tick(f.now);
  CHECK_THAT(f.take_output(), StartsWith("HTTP/1.1 408 "));
  CHECK(f.tested.said_all());
}

TEST_CASE("http session: an idle connection ends, an answer may take its time",
          "[app]") {
  fixture f;
  f.hear(get);
  REQUIRE(f.taken() == "/a ");
  CHECK(f.tested.deadline() == start + 630s);
  f.now += 100s;
  f.answer("a");
  f.take_output();
  CHECK(f.tested.deadline() == f.now + 60s);
  f.now += 60s;
  f.tested.tick(f.now);
  CHECK(f.tested.finished());
}

TEST_CASE("http session: a client that does not read is given up", "[app]") {
  fixture f;
  f.hear(get);
  REQUIRE(f.taken() == "/a ");
  f.answer(std::string(1000, 'x'));
  f.now += 29s;
  f.tested.sent(1, f.now);
  f.tested.tick(f.now + 29s);
  CHECK_FALSE(f.tested.finished());
  f.tested.tick(f.now + 30s);
  CHECK(f.tested.finished());
}

TEST_CASE("http session: a stream is sent in chunks", "[app]") {
  fixture f;
  f.hear(get);
  REQUIRE(f.taken() == "/a ");
  f.tested.begin_stream("text/event-stream", f.now);
  CHECK_THAT(f.take_output(), Contains("Transfer-Encoding: chunked\r\n")
                                  && Contains("text/event-stream"));
  f.tested.stream("a line\n", f.now);
  f.tested.stream("", f.now);
  CHECK(f.take_output() == "7\r\na line\n\r\n");
  CHECK(f.tested.deadline() == time_point::max());
  f.tested.end_stream(f.now);
  CHECK(f.take_output() == "0\r\n\r\n");
  CHECK(f.tested.said_all());
}

TEST_CASE("http session: a stream to HTTP/1.0 is as it is", "[app]") {
  fixture f;
  f.hear("GET /a HTTP/1.0\r\n\r\n");
  REQUIRE(f.taken() == "/a ");
  f.tested.begin_stream("text/plain", f.now);
  f.tested.stream("a", f.now);
  f.tested.end_stream(f.now);
  CHECK_THAT(f.take_output(), Catch::EndsWith("close\r\n\r\na"));
}

TEST_CASE("http session: a client that leaves its stream has gone", "[app]") {
  fixture f;
  f.hear(get);
  REQUIRE(f.taken() == "/a ");
  f.tested.begin_stream("text/plain", f.now);
  f.tested.end_of_input();
  CHECK(f.tested.finished());
}

TEST_CASE("http session: at the end of the node all are told", "[app]") {
  fixture f;
  SECTION("idle") {
    f.tested.finish(f.now);
    CHECK(f.tested.finished());
  }
  SECTION("that do not read") {
    f.hear(get);
    REQUIRE(f.taken() == "/a ");
    f.answer("a");
    f.tested.finish(f.now);
    CHECK(f.tested.deadline() < f.now + 1s);
    f.tested.tick(f.tested.deadline());
    CHECK(f.tested.finished());
  }
  SECTION("that wait for an answer") {
    f.hear(get);
    REQUIRE(f.taken() == "/a ");
    f.tested.finish(f.now);
    f.answer("too late");
    CHECK_THAT(f.take_output(),
               StartsWith("HTTP/1.1 503 ") && !Contains("too late"));
    CHECK(f.tested.said_all());
    CHECK(f.tested.deadline() < f.now + 1s);
  }
}

TEST_CASE("http session: what is not answered in time ends the connection",
          "[app]") {
  fixture f;
  f.hear(get + get);
  REQUIRE(f.taken() == "/a ");
  CHECK(f.tested.deadline() == start + 630s);
  f.now += 630s;
  f.tested.tick(f.now);
  CHECK_THAT(f.take_output(),
             StartsWith("HTTP/1.1 503 ") && Contains("Connection: close"));
  f.answer("late");
  CHECK(f.take_output().empty());
  CHECK(f.taken() == "nothing");
  CHECK(f.tested.said_all());
}

} // namespace
} // namespace grapevine::app::http
