// Clients of the HTTP API that mean ill, or are merely slow: what they take is
// bounded, and others are served meanwhile.
#include "app/http/server.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/node_network.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/websocket_frames.hpp"

#include <openssl/ssl.h>

#include <random>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace http = grapevine::app::http;

namespace {

http::server_limits hurried() {
  http::server_limits limits;
  limits.connections = {40, 30};
  limits.each.head_time = 200ms;
  limits.each.body_time = 300ms;
  limits.each.idle_time = 400ms;
  limits.each.write_time = 300ms;
  limits.each.linger_time = 100ms;
  return limits;
}

/// A node with its API, whose clients have little time.
struct http_attack {
  explicit http_attack(const http::server_limits& limits = hurried(),
                       const http::tls_context& tls = {}) {
    node_parts parts;
    parts.reactor = [this](caf::actor_system& sys) {
      return reactor = spawn_reactor(sys);
    };
    node = net.start(node_network::config(1), parts);
    app::api_address where;
    where.what = app::api_address::kind::tcp;
    where.ip = *libp2p::ip_address::from_text("127.0.0.1");
    auto socket = http::listen_at(where);
    REQUIRE(socket);
    port = socket->where.port;
    server = http::spawn_server(
        net.system(), reactor, std::move(*socket),
        std::make_shared<http::api>(http::api_options{node.actor}),
        node_network::config(1).log, limits, tls);
  }

  ~http_attack() { tell_from_outside(server, close_transport{}); }

  http_client connect() const { return http_client{port}; }

  void check_served() const {
    auto honest = connect();
    CHECK(honest.ask("GET", "/healthz").status == 200);
  }

  std::vector<http_client> many(int count,
                                const std::string& words = {}) const {
    std::vector<http_client> all;
    for (int i = 0; i < count; ++i) {
      all.push_back(connect());
      (void)all.back().say(words);
    }
    return all;
  }

  node_network net;
  std::shared_ptr<reactor_link> reactor;
  node_network::running_node node;
  std::uint16_t port = 0;
  http::server_actor server;
};

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

namespace {

/// A client that reads a topic over a WebSocket.
http_client websocket_of(const http_attack& f) {
  auto client = f.connect();
  REQUIRE(
      client.ask("GET", "/api/v1/subscribe?topic=t", "", websocket_wish).status
      == 101);
  return client;
}

} // namespace

TEST_CASE("http attack: what breaks WebSocket's rules closes it", "[attack]") {
  const http_attack f;
  const std::string huge{"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff"
                         "abcd",
                         14};
  const std::vector<std::pair<std::string, int>> attacks{
      {huge + std::string(std::size_t{1024} * 1024, 'x'), 1009},
      {client_frame(0x1, std::string(60'000, 'x')), 1009},
      {client_frame(0x1, "text"), 1003},
      {std::string{"\x89\x00", 2}, 1002},
      {client_frame(0x5, ""), 1002},
  };
  for (const auto& [words, code] : attacks) {
    INFO(code);
    auto client = websocket_of(f);
    (void)client.say(words);
    CHECK(goodbye_in(next_frame(client)) == code);
    CHECK(client.is_closed());
  }
  f.check_served();
}

TEST_CASE("http attack: a piece of a message that never ends holds little",
          "[attack]") {
  const http_attack f;
  auto client = websocket_of(f);
  for (int i = 0; i < 1'000; ++i)
    if (!client.say(
            client_frame(i == 0 ? 0x1 : 0x0, std::string(100, 'x'), false)))
      break;
  CHECK(goodbye_in(next_frame(client)) == 1009);
  f.check_served();
}

TEST_CASE("http attack: who pings and does not read is read from no more, and "
          "goes",
          "[attack]") {
  const http_attack f;
  auto deaf = websocket_of(f);
  std::string pings;
  for (int i = 0; i < 1'000; ++i)
    pings += client_frame(0x9, std::string(125, 'p'));
  const auto until = std::chrono::steady_clock::now() + 20s;
  std::size_t taken = 0;
  while (deaf.say(pings) && std::chrono::steady_clock::now() < until)
    taken += pings.size();
  CHECK(std::chrono::steady_clock::now() < until);
  CHECK(taken < std::size_t{64} * 1024 * 1024);
  f.check_served();
}

TEST_CASE("http attack: who pings and reads is answered, and slows nobody",
          "[attack]") {
  const http_attack f;
  auto client = websocket_of(f);
  std::string pings;
  for (int i = 0; i < 100; ++i)
    pings += client_frame(0x9, "p");
  for (int round = 0; round < 20; ++round) {
    REQUIRE(client.say(pings));
    f.check_served();
    for (int i = 0; i < 100; ++i) {
      const auto pong = next_frame(client);
      REQUIRE(pong);
      REQUIRE(pong->opcode == 0xa);
    }
  }
}

TEST_CASE("http attack: who reads a WebSocket slowly knows what it missed",
          "[attack]") {
  auto limits = hurried();
  limits.each.write_time = 60s;
  const http_attack f{limits};
  auto slow = websocket_of(f);
  constexpr int count = 20;
  auto publisher = f.connect();
  for (int i = 0; i < count; ++i)
    REQUIRE(publisher
                .ask("POST", "/api/v1/publish?topic=t",
                     std::to_string(i) + std::string(64'000, 'm'))
                .status
            == 200);
  int seen = 0;
  bool told = false;
  while (seen < count) {
    const auto frame = next_frame(slow);
    REQUIRE(frame);
    const std::string missed = "{\"missed\":";
    const bool is_missed = frame->payload.starts_with(missed);
    seen += is_missed ? std::stoi(frame->payload.substr(missed.size())) : 1;
    told = told || is_missed;
  }
  CHECK(seen == count);
  CHECK(told);
}

// -- TLS ----------------------------------------------------------------------

namespace {

/// A node's certificate, and what its server makes of it.
struct tls_fixture {
  tls_fixture() {
    SSL_CTX_use_certificate(context.get(), own.handle());
    SSL_CTX_use_PrivateKey(context.get(), own.key());
  }

  void check_served(const http_attack& f) const {
    http_client honest{f.port, client_trust{&root}};
    CHECK(honest.ask("GET", "/healthz").status == 200);
  }

  certificate root = certificate::root("root");
  certificate own = root.sign("node");
  http::tls_context context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
};

} // namespace

TEST_CASE("http attack: who does not finish TLS's handshake goes", "[attack]") {
  const tls_fixture tls;
  const http_attack f{hurried(), tls.context};
  // The beginning of a record, of a handshake.
  const std::string begun{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11};
  auto slow = f.many(12, begun);
  auto silent = f.many(12);
  tls.check_served(f);
  for (auto* all : {&slow, &silent})
    for (auto& one : *all)
      CHECK(one.is_closed());
}

TEST_CASE("http attack: noise instead of TLS is closed", "[attack]") {
  const tls_fixture tls;
  const http_attack f{hurried(), tls.context};
  std::mt19937 random{8};
  for (int i = 0; i < 200; ++i) {
    std::string noise(1 + random() % 600, '\0');
    for (auto& c : noise)
      c = static_cast<char>(random());
    if (i % 2 == 0)
      noise = "\x16\x03\x01" + noise;
    auto client = f.connect();
    (void)client.say(noise);
    CHECK(client.is_closed());
  }
  tls.check_served(f);
}
