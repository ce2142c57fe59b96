// What the HTTP API answers, held against its own description.
#include "app/http/api.hpp"
#include "tests/app/api_fixture.hpp"
#include "tests/support/websocket_frames.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <set>

namespace grapevine::app {
namespace {

using Catch::Contains;
using nlohmann::json;

/// The part of JSON Schema that the description uses.
class schema_check {
public:
  explicit schema_check(const json& document) : document_{document} {}

  /// What is wrong with a value; empty: nothing.
  std::string problem(const json& value, const json& schema,
                      const std::string& where = "$") const {
    if (schema.contains("$ref"))
      return problem(value, resolved(schema["$ref"]), where);
    if (schema.contains("oneOf")) {
      for (const auto& one : schema["oneOf"])
        if (problem(value, one, where).empty())
          return {};
      return where + " is none of what is possible";
    }
    if (schema.contains("type") && !is_one_of(value, schema["type"]))
      return where + " is no " + schema["type"].dump();
    if (schema.contains("enum")
        && std::ranges::find(schema["enum"], value) == schema["enum"].end())
      return where + " is none of " + schema["enum"].dump();
    if (schema.contains("minimum") && value < schema["minimum"])
      return where + " is too small";
    if (value.is_array())
      for (const auto& one : value)
        if (auto found = problem(one, schema.at("items"), where + "[]");
            !found.empty())
          return found;
    return value.is_object() && schema.contains("properties")
               ? problem_of_object(value, schema, where)
               : std::string{};
  }

private:
  std::string problem_of_object(const json& value, const json& schema,
                                const std::string& where) const {
    for (const auto& name : schema.at("required"))
      if (!value.contains(name.get<std::string>()))
        return where + " lacks " + name.dump();
    for (const auto& [name, one] : value.items()) {
      if (!schema["properties"].contains(name))
        return where + '.' + name + " is not described";
      if (auto found =
              problem(one, schema["properties"][name], where + '.' + name);
          !found.empty())
        return found;
    }
    return {};
  }

  static bool is_a(const json& value, const std::string& type) {
    return type == "null"      ? value.is_null()
           : type == "string"  ? value.is_string()
           : type == "integer" ? value.is_number_integer()
           : type == "number"  ? value.is_number()
           : type == "boolean" ? value.is_boolean()
           : type == "array"   ? value.is_array()
                               : value.is_object();
  }

  static bool is_one_of(const json& value, const json& types) {
    if (types.is_string())
      return is_a(value, types);
    return std::ranges::any_of(
        types, [&](const json& one) { return is_a(value, one); });
  }

  const json& resolved(const std::string& reference) const {
    return document_.at(json::json_pointer{reference.substr(1)});
  }

  const json& document_;
};

json description(const api_node& node) {
  return json::parse(node.get("/api/v1/openapi.json").body);
}

std::string lower(std::string text) {
  for (auto& c : text)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Asks, and holds the answer against the description.
json described(const api_node& node, int status, const std::string& method,
               const std::string& target, const std::string& body = {},
               const std::string& headers = {}) {
  const auto document = description(node);
  const auto answer = node.ask(method, target, body, headers);
  const auto path = target.substr(0, target.find('?'));
  INFO(method << ' ' << target << ": " << answer.body);
  CHECK(answer.status == status);
  const auto& responses =
      document.at("paths").at(path).at(lower(method)).at("responses");
  REQUIRE(responses.contains(std::to_string(answer.status)));
  const auto& content = responses[std::to_string(answer.status)].at("content");
  REQUIRE(content.contains(answer.header("Content-Type")));
  const auto value = json::parse(answer.body);
  CHECK(schema_check{document}.problem(
            value, content[answer.header("Content-Type")].at("schema"))
        == "");
  return value;
}

std::string peer_id_in(const std::string& address) {
  return address.substr(address.rfind('/') + 1);
}

TEST_CASE("api answers: the description has every path, and no other",
          "[app]") {
  const api_node node;
  const auto document = description(node);
  CHECK(document["openapi"] == "3.1.0");
  std::set<std::string> described_ones;
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, operation] : methods.items())
      described_ones.insert(method + ' ' + path);
  std::set<std::string> there;
  for (const auto& one : http::api::routes()) {
    const auto space = one.find(' ');
    there.insert(lower(one.substr(0, space)) + one.substr(space));
  }
  CHECK(described_ones == there);
}

TEST_CASE("api answers: node, peers and topics are as described", "[app]") {
  const api_node node{{"--topic", "news"}};
  CHECK(described(node, 200, "GET", "/healthz")["status"] == "ok");
  CHECK(described(node, 200, "GET", "/readyz")["status"] == "ready");
  const auto itself = described(node, 200, "GET", "/api/v1/node");
  CHECK(itself["id"] == peer_id_in(node.address()));
  CHECK(itself["addresses"] == json{node.address()});
  CHECK_THAT(itself["agent"].get<std::string>(),
             Catch::StartsWith("grapevine/"));
  CHECK(itself["topics"] == 1);
  CHECK(described(node, 200, "GET", "/api/v1/peers")["peers"].empty());

  const running_node other{
      {"--api", "off", "--topic", "news", "--peer", node.address()}};
  json peers;
  // Until they are in each other's mesh.
  do
    peers = described(node, 200, "GET", "/api/v1/peers")["peers"];
  while (peers.empty() || peers[0]["mesh"].empty());
  CHECK(peers[0]["id"] == peer_id_in(other.address()));
  CHECK(peers[0]["direction"] == "inbound");
  CHECK(peers[0]["topics"] == json{"news"});
  CHECK(peers[0]["score"]["total"].is_number());
  CHECK(peers[0]["agent"] == itself["agent"]);
  CHECK_THAT(peers[0]["protocol"].get<std::string>(),
             Catch::StartsWith("/meshsub/1."));
  // Of loopback, and in milliseconds.
  CHECK(peers[0]["round_trip_ms"] > 0);
  CHECK(peers[0]["round_trip_ms"] < 1'000);
  CHECK(peers[0]["dropped"] == 0);
  const auto topics = described(node, 200, "GET", "/api/v1/topics")["topics"];
  REQUIRE(topics.size() == 1);
  CHECK(topics[0]["topic"] == "news");
  CHECK(topics[0]["mesh"] == json{peer_id_in(other.address())});
}

TEST_CASE("api answers: a topic that is no UTF-8 is valid JSON", "[app]") {
  const api_node node;
  const auto sent =
      described(node, 200, "POST", "/api/v1/publish?topic=%ff%22", "hello");
  CHECK(sent["peers"] == 0);
  const auto topics = described(node, 200, "GET", "/api/v1/topics")["topics"];
  for (const auto& one : topics)
    CHECK(one["topic_base64"] == "/yI=");
}

TEST_CASE("api answers: a message goes to those who are there", "[app]") {
  const api_node node;
  program reader{{"sub", "news", "--peer", node.address(), "--count", "1"}};
  json sent;
  do
    sent = described(node, 200, "POST", "/api/v1/publish?topic=news",
                     "a\nmessage");
  while (sent["peers"] == 0);
  CHECK(sent["duplicate"] == false);
  CHECK_THAT(reader.line(), Contains("a"));
  CHECK(reader.status() == 0);
  described(node, 400, "POST", "/api/v1/publish", "x");
  described(node, 400, "POST", "/api/v1/publish?topic=", "x");
  const auto waiting = [&](int status, const std::string& wait) {
    return described(node, status, "POST",
                     "/api/v1/publish?topic=news&wait=" + wait, "x");
  };
  CHECK_THAT(waiting(409, "50ms")["detail"].get<std::string>(),
             Contains("no peer of the node"));
  CHECK(waiting(200, "0")["peers"] == 0);
  CHECK_THAT(waiting(400, "soon")["detail"].get<std::string>(),
             Contains("wait: "));
  CHECK_THAT(waiting(400, "1h")["detail"].get<std::string>(),
             Contains("at most 600s"));
  described(node, 413, "POST", "/api/v1/publish?topic=t",
            std::string(std::size_t{1025} * 1024, 'x'));
  described(node, 413, "POST",
            "/api/v1/publish?topic=" + std::string(2000, 't'), "x");
}

TEST_CASE("api answers: peers are connected, disconnected and blocked",
          "[app]") {
  const api_node node;
  const running_node other{{"--api", "off"}};
  const auto id = peer_id_in(other.address());
  const auto peer = json{{"peer", id}};
  const auto act = [&](int status, const std::string& what, const json& body) {
    return described(node, status, "POST", "/api/v1/" + what, body.dump());
  };
  const auto connect = [&](int status) {
    return act(status, "connect", {{"address", other.address()}});
  };
  CHECK(connect(200) == peer);
  CHECK(act(200, "disconnect", peer) == peer);
  CHECK_THAT(act(404, "disconnect", peer)["detail"].get<std::string>(),
             Contains("was not connected"));
  CHECK(act(200, "block", peer) == peer);
  connect(409);
  CHECK(act(200, "unblock", peer) == peer);
  CHECK(connect(200) == peer);

  act(400, "connect", {{"address", "/ip4/1.2.3"}});
  act(400, "connect", {{"addres", "/ip4/1.2.3.4/tcp/1"}});
  act(400, "block", {{"peer", 3}});
  act(400, "block", {{"peer", id}, {"for", "1h"}});
  act(400, "disconnect", "peer");
  described(node, 400, "POST", "/api/v1/block", "{");
  described(node, 413, "POST", "/api/v1/block", std::string(20'000, ' '));
}

TEST_CASE("api answers: the log's level is told and changed", "[app]") {
  api_node node{{"--log-level", "info"}};
  const std::string path = "/api/v1/log-level";
  const auto set = [&](int status, const json& body) {
    return described(node, status, "PUT", path, body.dump());
  };
  CHECK(described(node, 200, "GET", path) == json{{"level", "info"}});
  CHECK(set(200, {{"level", "error"}}) == json{{"level", "error"}});
  CHECK(described(node, 200, "GET", path) == json{{"level", "error"}});
  node.process().wait_for_error(" info log level changed: error instead of "
                                "info");
  CHECK(set(200, {{"level", "debug"}}) == json{{"level", "debug"}});
  node.process().wait_for_error("log level changed: debug instead of error");
  CHECK_THAT(set(400, {{"level", "loud"}})["detail"].get<std::string>(),
             Contains("level: must be trace, debug"));
  set(400, {{"level", 3}});
  set(400, "debug");
  described(node, 413, "PUT", path, std::string(20'000, ' '));
  CHECK(described(node, 200, "GET", path) == json{{"level", "debug"}});
  described(node, 403, "PUT", path, "{\"level\":\"off\"}",
            "Origin: http://evil.example\r\n");
}

TEST_CASE("api answers: errors are as described", "[app]") {
  const api_node node;
  described(node, 403, "POST", "/api/v1/publish?topic=t", "x",
            "Origin: http://evil.example\r\n");
  described(node, 406, "GET", "/api/v1/subscribe?topic=t", "",
            "Accept: image/png\r\n");
  described(node, 400, "GET", "/api/v1/subscribe");
  const api_node lonely{{"--ready-peers", "2"}};
  described(lonely, 503, "GET", "/readyz");
}

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
