#include "app/http/guard.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app::http {
namespace {

request asked(const std::string& method, const std::string& host) {
  request head;
  head.method = method;
  head.host = host;
  return head;
}

int status_of(const guard& tested, const request& head) {
  const auto found = tested.objection(head);
  return found ? found->status : 200;
}

TEST_CASE("http guard: on loopback only names of this machine are answered",
          "[app]") {
  const guard tested{{}};
  for (const auto* host :
       {"localhost", "LocalHost:4080", "127.0.0.1:4080", "127.0.0.1",
        "127.1.2.3", "[::1]:4080", "[::1]", "localhost:1"}) {
    INFO(host);
    CHECK(status_of(tested, asked("GET", host)) == 200);
  }
  for (const auto* host :
       {"evil.example", "evil.example:4080", "localhost.evil.example",
        "127.0.0.1.evil.example", "10.0.0.1", "", ":4080", "[", "[::2]",
        "evil.example@localhost"}) {
    INFO(host);
    CHECK(status_of(tested, asked("GET", host)) == 403);
  }
  CHECK(status_of(guard{{false, {}}}, asked("GET", "node.example")) == 200);
}

TEST_CASE("http guard: pages of other origins may not do anything", "[app]") {
  const guard tested{{}};
  auto head = asked("POST", "localhost:4080");
  CHECK(status_of(tested, head) == 200);
  head.origin = "http://localhost:4080";
  CHECK(status_of(tested, head) == 200);
  for (const auto* origin :
       {"http://evil.example", "null", "", "https://localhost:4080",
        "http://localhost:8080", "http://localhost:4080.evil.example"}) {
    INFO(origin);
    head.origin = origin;
    for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
      head.method = method;
      CHECK(status_of(tested, head) == 403);
    }
    // It is not let at the answer.
    head.method = "GET";
    CHECK(status_of(tested, head) == 200);
  }
}

TEST_CASE("http guard: where there is a token, it is asked for", "[app]") {
  const guard tested{{true, "0123456789abcdef"}};
  auto head = asked("GET", "localhost");
  const auto found = tested.objection(head);
  REQUIRE(found);
  CHECK(found->status == 401);
  CHECK(found->headers
        == std::vector<std::pair<std::string, std::string>>{
            {"WWW-Authenticate", "Bearer"}});
  CHECK_FALSE(tested.objection_to_probe(head));
  for (const auto* wrong :
       {"Bearer 0123456789abcdeF", "Bearer 0123456789abcde", "Bearer ",
        "Bearer 0123456789abcdef0", "0123456789abcdef", "Basic 0123"}) {
    INFO(wrong);
    head.authorization = wrong;
    CHECK(status_of(tested, head) == 401);
  }
  head.authorization = "bearer 0123456789abcdef";
  CHECK(status_of(tested, head) == 200);
}

} // namespace
} // namespace grapevine::app::http
