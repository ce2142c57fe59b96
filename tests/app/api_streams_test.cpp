// What the HTTP API streams, held against its own description.
#include "tests/app/described_answers.hpp"
#include "tests/support/websocket_frames.hpp"

#include <csignal>
#include <set>

namespace grapevine::app {
namespace {

using Catch::Contains;
using nlohmann::json;

TEST_CASE("api answers: a topic's messages are lines, or events", "[app]") {
  api_node node;
  const auto document = description(node);
  auto lines = node.connect();
  CHECK(lines
            .ask("GET", "/api/v1/subscribe?topic=news", "",
                 "Accept: application/x-ndjson\r\n")
            .header("Content-Type")
        == "application/x-ndjson");
  auto events = node.connect();
  CHECK(events.ask("GET", "/api/v1/subscribe?topic=news").header("Content-Type")
        == "text/event-stream");
  CHECK(node.ask("HEAD", "/api/v1/subscribe?topic=news").status == 200);
  const auto id = json::parse(
      node.ask("POST", "/api/v1/publish?topic=news", "hello").body)["id"];
  const auto line = json::parse(*lines.line());
  CHECK(schema_check{document}.problem(
            line, {{"$ref", "#/components/schemas/Message"}})
        == "");
  CHECK(line["text"] == "hello");
  CHECK(line["id"] == id);
  CHECK(events.line() == "id: " + id.get<std::string>());
  CHECK_THAT(*events.line(), Catch::StartsWith("data: {\"topic\":\"news\""));
  CHECK(events.line() == "");
  node.process().signal(SIGTERM);
  CHECK(node.process().status() == 0);
  CHECK(lines.line() == std::nullopt);
}

// More than sockets hold for a client that does not read yet: 4.8 MB as JSON.
void publish_burst(const api_node& node) {
  const std::string data(10'000, 'x');
  auto publisher = node.connect();
  for (int i = 0; i < 200; ++i)
    REQUIRE(publisher.ask("POST", "/api/v1/publish?topic=news", data).status
            == 200);
}

// Who hears a line of JSON for each message of the burst's topic.
test::http_client subscriber_of(const api_node& node) {
  auto lines = node.connect();
  REQUIRE(lines
              .ask("GET", "/api/v1/subscribe?topic=news", "",
                   "Accept: application/x-ndjson\r\n")
              .status
          == 200);
  return lines;
}

TEST_CASE(
    "api answers: of a burst a client misses nothing that may wait for it",
    "[app]") {
  const api_node node;
  auto lines = subscriber_of(node);
  publish_burst(node);
  for (int i = 0; i < 200; ++i)
    REQUIRE(json::parse(*lines.line()).contains("topic"));
}

TEST_CASE("api answers: a client for which less may wait is told what it has "
          "missed",
          "[app]") {
  const api_node node{{"--api-stream-buffer", "64KiB"}};
  auto lines = subscriber_of(node);
  publish_burst(node);
  std::uint64_t missed = 0;
  std::uint64_t told = 0;
  while (told + missed < 200) {
    const auto line = json::parse(*lines.line());
    told += line.contains("topic") ? 1 : 0;
    missed += line.value("missed", std::uint64_t{0});
  }
  CHECK(told + missed == 200);
  CHECK(missed > 0);
}

TEST_CASE("api answers: what happens to peers is told as it happens", "[app]") {
  const api_node node{{"--topic", "news"}};
  const auto document = description(node);
  auto lines = node.connect();
  CHECK(
      lines.ask("GET", "/api/v1/events", "", "Accept: application/x-ndjson\r\n")
          .header("Content-Type")
      == "application/x-ndjson");
  auto events = node.connect();
  CHECK(events.ask("GET", "/api/v1/events").header("Content-Type")
        == "text/event-stream");
  described(node, 406, "GET", "/api/v1/events", "", "Accept: image/png\r\n");
  std::set<std::string> told;
  const auto next = [&](const std::string& id) {
    const auto line = json::parse(*lines.line());
    CHECK(schema_check{document}.problem(
              line, {{"$ref", "#/components/schemas/Event"}})
          == "");
    CHECK(line["peer"] == id);
    CHECK(line.contains("topic")
          == (line["event"] != "connected" && line["event"] != "disconnected"));
    told.insert(line["event"]);
  };
  std::string id;
  {
    const running_node other{
        {"--api", "off", "--topic", "news", "--peer", node.address()}};
    id = peer_id_in(other.address());
    while (!told.contains("grafted"))
      next(id);
    CHECK(told == std::set<std::string>{"connected", "subscribed", "grafted"});
  }
  while (!told.contains("disconnected"))
    next(id);
  CHECK_THAT(
      *events.line(),
      Catch::StartsWith("data: {\"event\":\"connected\",\"peer\":\"" + id));
}

TEST_CASE("api answers: streams are there as WebSockets, too", "[app]") {
  api_node node;
  const auto document = description(node);
  auto messages = node.connect();
  const auto begun = messages.ask("GET", "/api/v1/subscribe?topic=news", "",
                                  test::websocket_wish);
  CHECK(begun.status == 101);
  CHECK(document["paths"]["/api/v1/subscribe"]["get"]["responses"].contains(
      "101"));
  auto events = node.connect();
  CHECK(events.ask("GET", "/api/v1/events", "", test::websocket_wish).status
        == 101);
  REQUIRE(node.ask("POST", "/api/v1/publish?topic=news", "hello").status
          == 200);
  const auto frame = test::next_frame(messages);
  REQUIRE(frame);
  CHECK(frame->opcode == 1);
  const auto message = json::parse(frame->payload);
  CHECK(message["text"] == "hello");
  CHECK(schema_check{document}.problem(
            message, {{"$ref", "#/components/schemas/Message"}})
        == "");
  const auto id = [&] {
    const running_node other{{"--api", "off", "--peer", node.address()}};
    const auto told = test::next_frame(events);
    REQUIRE(told);
    CHECK(json::parse(told->payload)["event"] == "connected");
    return peer_id_in(other.address());
  }();
  CHECK(json::parse(test::next_frame(events).value().payload)["peer"] == id);
  node.process().signal(SIGTERM);
  CHECK(test::goodbye_in(test::next_frame(messages)) == 1001);
  CHECK(messages.is_closed());
  CHECK(node.process().status() == 0);
}

TEST_CASE("api answers: who wants a WebSocket wrongly is told", "[app]") {
  const api_node node;
  const std::string upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const auto wrong = [&](int status, const std::string& headers) {
    return described(node, status, "GET", "/api/v1/events", "",
                     upgrade + headers);
  };
  wrong(400, "");
  wrong(400, "Sec-WebSocket-Version: 12\r\n");
  wrong(400, "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: abc\r\n");
  CHECK(node.ask("GET", "/api/v1/events", "",
                 upgrade + "Sec-WebSocket-Version: 8\r\n")
            .header("Sec-WebSocket-Version")
        == "13");
  // A page of another origin could read what comes.
  described(node, 403, "GET", "/api/v1/events", "",
            test::websocket_wish + "Origin: http://evil.example\r\n");
  CHECK(node.connect()
            .ask("GET", "/api/v1/events", "",
                 test::websocket_wish + "Origin: http://localhost\r\n")
            .status
        == 101);
  // Elsewhere there is none.
  CHECK(described(node, 200, "GET", "/healthz", "",
                  test::websocket_wish)["status"]
        == "ok");
}

TEST_CASE("api answers: a topic that is not allowed is not subscribed to",
          "[app]") {
  const api_node node{{"--allow-topic", "news"}};
  CHECK_THAT(described(node, 400, "GET", "/api/v1/subscribe?topic=t")["detail"]
                 .get<std::string>(),
             Contains("--allow-topic"));
}

TEST_CASE("api answers: who leaves a stream leaves its topic", "[app]") {
  const api_node node;
  const auto subscribed = [&] {
    return json::parse(node.get("/api/v1/node").body)["topics"] == 1;
  };
  {
    auto stream = node.connect();
    REQUIRE(stream.ask("GET", "/api/v1/subscribe?topic=news").status == 200);
    while (!subscribed())
      ;
  }
  while (subscribed())
    ;
}

} // namespace
} // namespace grapevine::app
