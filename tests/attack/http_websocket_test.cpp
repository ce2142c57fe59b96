// Clients of the HTTP API that misuse a WebSocket, or are slow on it.
#include "tests/attack/http_attack.hpp"
#include "tests/support/websocket_frames.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

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
