// Clients of the HTTP API that mean ill, or are merely slow: what they take is
// bounded, and others are served meanwhile.
#include "tests/attack/http_attack.hpp"
#include "tests/support/sanitized.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

const std::string head = "POST /api/v1/publish?topic=t HTTP/1.1\r\n"
                         "Host: localhost\r\n";

} // namespace

TEST_CASE("http attack: who is slow to ask is told, and goes", "[attack]") {
  const http_attack f;
  std::string words;
  SECTION("says nothing more than a beginning") {
    words = "GET /heal";
  }
  SECTION("withholds its body") {
    words = head + "Content-Length: 1000\r\n\r\nabc";
  }
  SECTION("sends a chunk without an end") {
    words = head + "Transfer-Encoding: chunked\r\n\r\nff\r\na";
  }
  auto slow = f.many(25, words);
  f.check_served();
  for (auto& one : slow) {
    const auto told = one.answer();
    REQUIRE(told);
    CHECK(told->status == 408);
    CHECK(one.is_closed());
  }
}

TEST_CASE("http attack: who says nothing goes", "[attack]") {
  const http_attack f;
  auto silent = f.many(25);
  f.check_served();
  for (auto& one : silent)
    CHECK(one.is_closed());
}

TEST_CASE("http attack: more connections than there may be are turned away",
          "[attack]") {
  auto limits = hurried();
  limits.each.idle_time = 60s;
  const http_attack f{limits};
  {
    auto first = f.many(30);
    // So that all of them are in.
    for (auto& one : first)
      CHECK(one.ask("GET", "/healthz").status == 200);
    for (auto& one : f.many(50)) {
      const auto told = one.answer();
      CHECK((!told || told->status == 503));
      CHECK(one.is_closed());
    }
    CHECK(first.front().ask("GET", "/healthz").status == 200);
  }
  // They have gone; that is known soon.
  for (;;) {
    auto next = f.connect();
    (void)next.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    if (const auto told = next.answer(); told && told->status == 200)
      break;
  }
}

TEST_CASE("http attack: who does not read is read from no more, and goes",
          "[attack]") {
  const http_attack f;
  auto deaf = f.connect();
  std::string requests;
  for (int i = 0; i < 100; ++i)
    requests += "GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n";
  // Its requests fill what the sockets hold; the answers it does not take.
  const auto until = std::chrono::steady_clock::now() + 20s;
  std::size_t taken = 0;
  while (deaf.say(requests) && std::chrono::steady_clock::now() < until)
    taken += requests.size();
  CHECK(std::chrono::steady_clock::now() < until);
  CHECK(taken < std::size_t{64} * 1024 * 1024);
  f.check_served();
}

TEST_CASE("http attack: bodies are bounded, all together", "[attack]") {
  auto limits = hurried();
  limits.body_bytes = std::size_t{3} * 1024 * 1024;
  limits.each.body_time = 60s;
  limits.each.linger_time = 20s;
  const http_attack f{limits};
  const auto publish = [&] {
    auto client = f.connect();
    return client
        .ask("POST", "/api/v1/publish?topic=t",
             std::string(std::size_t{500} * 1024, 'x'))
        .status;
  };
  {
    auto waiting = f.many(3, head
                                 + "Content-Length: 1000000\r\n"
                                   "Expect: 100-continue\r\n\r\n");
    for (auto& one : waiting)
      REQUIRE(one.answer()->status == 100);
    CHECK(publish() == 503);
    f.check_served();
  }
  // As soon as the server has noticed that they are gone.
  auto told = publish();
  while (told == 503)
    told = publish();
  CHECK(told == 200);
}

TEST_CASE("http attack: what is too large is told so, and goes", "[attack]") {
  auto limits = hurried();
  limits.each.linger_time = 20s;
  const http_attack f{limits};
  const std::string long_text(std::size_t{1024} * 1024, 'x');
  const std::vector<std::pair<std::string, int>> attacks{
      {"GET /" + long_text, 431},
      {"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + long_text, 431},
      {"GET / HTTP/1.1\r\nHost: localhost\r\n" + long_text, 431},
      {head + "Content-Length: 9999999999\r\n\r\n" + long_text, 413},
      {head + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
      {head + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n" + long_text
           + long_text,
       413},
      {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"
       "0123456789",
       413},
  };
  for (const auto& [words, status] : attacks) {
    INFO(words.substr(0, 120));
    auto client = f.connect();
    (void)client.say(words);
    const auto told = client.answer();
    REQUIRE(told);
    CHECK(told->status == status);
    CHECK(client.is_closed());
  }
  f.check_served();
}

TEST_CASE("http attack: noise is told that it is none of HTTP, and goes",
          "[attack]") {
  const http_attack f;
  std::mt19937 random{7};
  for (int i = 0; i < 200; ++i) {
    std::string noise(1 + random() % 300, '\0');
    for (auto& c : noise)
      c = static_cast<char>(random());
    auto client = f.connect();
    (void)client.say(noise + "\r\n\r\n");
    if (const auto told = client.answer())
      CHECK(told->status >= 400);
    CHECK(client.is_closed());
  }
  f.check_served();
}

TEST_CASE("http attack: two hundred slow readers of a topic slow nobody, and "
          "know what they missed",
          "[attack]") {
  auto limits = hurried();
  limits.connections = {300, 300};
  limits.each.write_time = 60s;
  const http_attack f{limits};
  const std::string subscribe = "GET /api/v1/subscribe?topic=t HTTP/1.1\r\n"
                                "Host: localhost\r\n"
                                "Accept: application/x-ndjson\r\n\r\n";
  // Each gets its own JSON: minutes where a build looks for faults.
  auto slow = f.many(sanitized ? 40 : 200, subscribe);
  for (auto& one : slow)
    REQUIRE(one.answer()->status == 200);
  constexpr int count = 20;
  auto publisher = f.connect();
  const std::string large(std::size_t{64} * 1024, 'm');
  for (int i = 0; i < count; ++i)
    REQUIRE(
        publisher
            .ask("POST", "/api/v1/publish?topic=t", std::to_string(i) + large)
            .status
        == 200);
  f.check_served();
  // Each message was sent, or is told to be missing. The first to read may be
  // so early that it misses nothing.
  std::size_t told = 0;
  for (std::size_t i = 0; i < 3 || (told == 0 && i < slow.size()); ++i) {
    int seen = 0;
    while (seen < count) {
      const auto line = slow[i].line();
      REQUIRE(line);
      const std::string missed = "{\"missed\":";
      if (line->starts_with(missed)) {
        seen += std::stoi(line->substr(missed.size()));
        ++told;
      } else {
        ++seen;
      }
    }
    CHECK(seen == count);
  }
  CHECK(told > 0);
}
