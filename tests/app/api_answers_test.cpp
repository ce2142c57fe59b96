// What the HTTP API answers, held against its own description.
#include "app/http/api.hpp"
#include "tests/app/described_answers.hpp"

#include <set>

namespace grapevine::app {
namespace {

using Catch::Contains;
using nlohmann::json;

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

TEST_CASE(
    "api answers: of a node with a list, peers are allowed and disallowed",
    "[app]") {
  const running_node other{{"--api", "off"}};
  const auto id = peer_id_in(other.address());
  const auto peer = json{{"peer", id}};
  const auto act = [&](const api_node& node, int status,
                       const std::string& what, const json& body) {
    return described(node, status, "POST", "/api/v1/" + what, body.dump());
  };
  const api_node node{
      {"--allow-peer", "12D3KooWKuSSSYsj75nHgPU5o9SXJS5CWA6L5zhmrquFcXE6H78q"}};
  const json address{{"address", other.address()}};
  act(node, 409, "connect", address);
  CHECK(act(node, 200, "allow", peer) == peer);
  CHECK(act(node, 200, "connect", address) == peer);
  CHECK(act(node, 200, "disallow", peer) == peer);
  act(node, 409, "connect", address);
  act(node, 400, "allow", {{"peer", 3}});

  const api_node open;
  for (const auto* what : {"allow", "disallow"})
    CHECK_THAT(act(open, 400, what, peer)["detail"].get<std::string>(),
               Contains("no list of allowed peers"));
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

} // namespace
} // namespace grapevine::app
