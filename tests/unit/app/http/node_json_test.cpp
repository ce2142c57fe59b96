#include "app/http/node_json.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace grapevine::app::http {
namespace {

using nlohmann::json;

// Bytes that are no UTF-8, and what JSON and terminals have a meaning for.
const std::string strange = "a\xff\xc3\"\\\n\x01";

node_snapshot snapshot() {
  node_snapshot seen;
  seen.self = test::sender(1);
  seen.addresses = {*libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/4001")};
  seen.peers = {{test::sender(2), seen.addresses[0], true},
                {test::sender(3), seen.addresses[0], false}};
  topic_state_snapshot topic;
  topic.topic = "news";
  topic.subscribed = true;
  topic.mesh = {test::sender(2)};
  topic.peers = {test::sender(2), test::sender(3)};
  seen.mesh.topics = {topic, topic};
  seen.mesh.topics[1].topic = strange;
  seen.mesh.topics[1].subscribed = false;
  return seen;
}

TEST_CASE("http json: a node tells of itself", "[app]") {
  const auto when = std::chrono::system_clock::time_point{};
  const auto told = json::parse(node_json(
      snapshot(), {"1.2", "agent\xff", when, when + std::chrono::seconds{3}}));
  CHECK(told["id"] == to_string(test::sender(1)));
  CHECK(told["agent"] == "agent\xef\xbf\xbd");
  CHECK(told["uptime_seconds"] == 3.0);
  CHECK(told["peers"] == 2);
  CHECK(told["topics"] == 1);
  CHECK(told["addresses"] == json{"/ip4/127.0.0.1/tcp/4001"});
  CHECK(told["kept"] == json::array());
}

TEST_CASE("http json: a peer is told of with its topics and its score",
          "[app]") {
  scores_snapshot scores;
  scores.peers.push_back({test::sender(2), {}});
  scores.peers[0].score.score = -1.5;
  scores.peers[0].score.topics.push_back({strange, true, {}, 1, 2, 3, 4, 5});
  const auto seen = snapshot();
  peers_snapshot peers{{{seen.peers[0], {}}, {seen.peers[1], {}}}};
  peers.peers[0].details = {
      strange, "/meshsub/1.2.0", std::chrono::microseconds{1'500}, 3, 4, 5};
  const auto told = json::parse(peers_json(peers, seen.mesh, scores))["peers"];
  REQUIRE(told.size() == 2);
  CHECK(told[0]["id"] == to_string(test::sender(2)));
  CHECK(told[0]["direction"] == "outbound");
  CHECK(told[0]["topics"].size() == 2);
  CHECK(told[0]["mesh"].size() == 2);
  CHECK(told[0]["score"]["total"] == -1.5);
  CHECK(told[0]["score"]["by_topic"][0]["score"] == 5.0);
  CHECK(told[1]["direction"] == "inbound");
  CHECK(told[1]["mesh"] == json::array());
  CHECK(told[1]["score"].is_null());
  CHECK(told[0]["agent"] == "a\xef\xbf\xbd\xef\xbf\xbd\"\\\n\x01");
  CHECK(told[0]["protocol"] == "/meshsub/1.2.0");
  CHECK(told[0]["round_trip_ms"] == 1.5);
  CHECK(told[0]["queue"] == json{{"messages", 3}, {"bytes", 4}});
  CHECK(told[0]["dropped"] == 5);
  CHECK(told[1]["agent"].is_null());
  CHECK(told[1]["protocol"].is_null());
  CHECK(told[1]["round_trip_ms"].is_null());
  CHECK(told[1]["dropped"] == 0);
}

TEST_CASE("http json: a topic's name is valid whatever its bytes are",
          "[app]") {
  const auto told = json::parse(topics_json(snapshot()))["topics"];
  REQUIRE(told.size() == 2);
  CHECK(told[0]["topic"] == "news");
  CHECK(told[0]["healthy"] == true);
  CHECK(told[0]["peers"].size() == 2);
  CHECK_FALSE(told[0].contains("topic_base64"));
  CHECK(told[1]["topic"] == "a\xef\xbf\xbd\xef\xbf\xbd\"\\\n\x01");
  CHECK(told[1]["topic_base64"] == "Yf/DIlwKAQ==");
}

} // namespace
} // namespace grapevine::app::http
