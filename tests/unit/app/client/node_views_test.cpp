#include "app/client/answer_fields.hpp"
#include "app/client/top_view.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace grapevine::app::client {
namespace {

using Catch::StartsWith;
using nlohmann::json;

json node_answer() {
  return json::parse(R"({
    "id": "12D3KooWa", "version": "0.1.0", "agent": "grapevine/0.1.0",
    "started": "2026-11-29T10:00:00.000Z", "uptime_seconds": 93784.5,
    "addresses": ["/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWa"],
    "peers": 2, "topics": 1,
    "kept": [{"address": "/ip4/192.0.2.1/tcp/1", "connected": true,
              "failures": 0, "trouble": ""},
             {"address": "/ip4/192.0.2.2/tcp/1", "connected": false,
              "failures": 3, "trouble": "Connection refused"}],
    "messages": {"delivered": 100, "duplicates": 40, "rejected": 3,
                 "ignored": 2, "throttled": 1, "gated": 0,
                 "broken_promises": 0, "validating": 5, "seen": 100},
    "queues": {"queued_bytes": 1536, "unfinished_bytes": 0, "dropped": 7}})");
}

json peers_answer() {
  return json::parse(R"({"peers": [
    {"id": "12D3KooWb", "address": "/ip4/192.0.2.1/tcp/1",
     "direction": "inbound", "topics": ["news", "weather"], "mesh": ["news"],
     "score": {"total": -1.5}, "agent": "go\u001b[2J", "protocol":
     "/meshsub/1.2.0", "round_trip_ms": 0.25,
     "queue": {"messages": 2, "bytes": 2048}, "dropped": 4},
    {"id": "12D3KooWc", "address": "/ip4/192.0.2.2/tcp/1",
     "direction": "outbound", "topics": [], "mesh": [], "score": null,
     "agent": null, "protocol": null, "round_trip_ms": null,
     "queue": {"messages": 0, "bytes": 0}, "dropped": 0}]})");
}

json topics_answer() {
  return json::parse(R"({"topics": [
    {"topic": "weather", "subscribed": false, "healthy": true, "outbound": 0,
     "mesh": [], "fanout": ["12D3KooWb"], "peers": ["12D3KooWb"]},
    {"topic": "news", "subscribed": true, "healthy": false, "outbound": 1,
     "mesh": ["12D3KooWb"], "fanout": [], "peers": ["12D3KooWb", "12D3KooWc"]}
    ]})");
}

TEST_CASE("node views: status tells how the node is", "[app]") {
  CHECK(status_lines(node_answer(), std::nullopt)
        == text_lines{
            "node       12D3KooWa", "version    0.1.0 (grapevine/0.1.0)",
            "up         1d 2h, since 2026-11-29T10:00:00.000Z",
            "ready      yes",
            "addresses  /ip4/127.0.0.1/tcp/4001/p2p/12D3KooWa", "peers      2",
            "kept       /ip4/192.0.2.1/tcp/1 connected",
            "           /ip4/192.0.2.2/tcp/1 failed 3 times: Connection "
            "refused",
            "topics     1",
            "messages   100 delivered, 40 duplicates, 3 rejected, 2 ignored, "
            "1 throttled, 0 gated",
            "waiting    1.5 KiB to be sent, 0 B begun to arrive, 5 under "
            "validation; 7 dropped"});
  CHECK(status_lines(node_answer(), "the node listens nowhere")[3]
        == "ready      no: the node listens nowhere");
}

TEST_CASE("node views: peers are a table, the worst one last", "[app]") {
  auto answer = peers_answer();
  std::ranges::reverse(answer["peers"]);
  for (const auto& seen : {answer, peers_answer()})
    CHECK(peers_table(seen).lines()
          == text_lines{"PEER       DIR  SCORE  RTT MS        QUEUE  DROPPED  "
                        "TOPICS         AGENT      PROTOCOL        "
                        "ADDRESS",
                        "12D3KooWc  out      -       -      0 (0 B)        0  "
                        "-              -          -               "
                        "/ip4/192.0.2.2/tcp/1",
                        "12D3KooWb  in   -1.50    0.25  2 (2.0 KiB)        4  "
                        "news* weather  go\\x1b[2J  /meshsub/1.2.0  "
                        "/ip4/192.0.2.1/tcp/1"});
}

TEST_CASE("node views: what a node does not tell is left open", "[app]") {
  const auto old = json::parse(R"({"peers": [{"id": "12D3KooWb",
    "address": "/ip4/192.0.2.1/tcp/1", "direction": "inbound",
    "topics": ["news"], "mesh": []}]})");
  CHECK(peers_table(old).lines()[1]
        == "12D3KooWb  in       -       -      -        -  news   "
           " -      -         /ip4/192.0.2.1/tcp/1");
  CHECK(peers_table(json::object()).rows() == 0);
  CHECK(topics_table(json::object()).rows() == 0);
  CHECK(status_lines(json::object(), std::nullopt).size() == 8);
  const json nothing = json::object();
  CHECK_FALSE(top_lines({nothing, nothing, nothing, {}, std::nullopt}).empty());
}

TEST_CASE("node views: topics are a table by their names", "[app]") {
  CHECK(topics_table(topics_answer()).lines()
        == text_lines{
            "TOPIC    SUBSCRIBED  MESH  PEERS  FANOUT  OUTBOUND  HEALTHY",
            "news     yes            1      2       0         1  no",
            "weather  no             0      1       1         0  yes"});
}

TEST_CASE("node views: top tells how many messages come in a second", "[app]") {
  const auto node = node_answer();
  const auto peers = peers_answer();
  const auto topics = topics_answer();
  const std::chrono::steady_clock::time_point now{std::chrono::seconds{10}};
  auto before = counts_of(node, now - std::chrono::seconds{2});
  before.delivered -= 25;
  // It has restarted.
  before.duplicates += 1;
  const node_sample seen{node, peers, topics, counts_of(node, now), before};
  const auto lines = top_lines(seen);
  CHECK(lines[0] == "12D3KooWa  up 1d 2h  peers 2  topics 1");
  CHECK(lines[1]
        == "messages/s: 12.5 delivered, 0.0 duplicates, 0.0 rejected   "
           "waiting: 1.5 KiB   dropped: 7");
  CHECK(lines.size() == 10);
  const auto first = top_lines({node, peers, topics, seen.now, std::nullopt});
  CHECK_THAT(first[1], StartsWith("messages/s: - delivered"));
}

TEST_CASE("node views: top fits a screen, and says what does not", "[app]") {
  auto peers = json{{"peers", json::array()}};
  auto topics = json{{"topics", json::array()}};
  for (int i = 0; i < 50; ++i) {
    peers["peers"].push_back({{"id", "peer" + std::to_string(i)}});
    topics["topics"].push_back({{"topic", "topic" + std::to_string(i)}});
  }
  const auto node = node_answer();
  const node_sample seen{node, peers, topics, {}, std::nullopt};
  const auto all = top_lines(seen, 60).size();
  for (std::size_t rows = 12; rows < 120; ++rows) {
    const auto lines = top_lines(seen, 60, rows);
    INFO(rows);
    CHECK(lines.size() <= rows);
    // All of it where there is room, else as much as there is.
    CHECK((lines.size() == all || lines.size() >= rows - 1));
    std::size_t shown = 0;
    std::size_t left_out = 0;
    for (const auto& line : lines) {
      shown += line.starts_with("peer") || line.starts_with("topic") ? 1 : 0;
      if (line.ends_with(" more)"))
        left_out += std::stoul(line.substr(1));
    }
    CHECK(shown + left_out == 100);
  }
}

TEST_CASE("node views: bytes and times are in units of a handy size", "[app]") {
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(1023) == "1023 B");
  CHECK(bytes_text(1536) == "1.5 KiB");
  CHECK(bytes_text(3.0 * 1024 * 1024 * 1024) == "3.0 GiB");
  CHECK(time_text(0.5) == "0s");
  CHECK(time_text(59) == "59s");
  CHECK(time_text(61) == "1m 1s");
  CHECK(time_text(3 * 3600 + 125) == "3h 2m");
  CHECK(time_text(2 * 86400) == "2d 0h");
}

} // namespace
} // namespace grapevine::app::client
