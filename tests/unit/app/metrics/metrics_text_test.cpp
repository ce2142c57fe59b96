#include "app/metrics/metrics_table.hpp"
#include "app/metrics/metrics_text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace grapevine;
using namespace grapevine::app;
using Catch::Contains;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);)
    result.push_back(line);
  return result;
}

topic_metrics topic(const std::string& name, std::uint64_t received) {
  topic_metrics result{name, {true, true, 2, 0, 4}, {}};
  result.counts.received = received;
  return result;
}

std::string text_of(const metrics_snapshot& node) {
  return metrics_text(node, {});
}

} // namespace

TEST_CASE("metrics text: each metric of the table is there once, with its "
          "samples behind it") {
  metrics_snapshot node;
  node.topics.push_back(topic("news", 1));
  const auto lines = lines_of(text_of(node));
  std::size_t at = 0;
  for (const auto& row : metrics_table()) {
    INFO(row.name);
    REQUIRE(at + 2 < lines.size());
    CHECK(lines[at++].starts_with("# HELP " + std::string{row.name} + ' '));
    CHECK(lines[at++]
          == "# TYPE " + std::string{row.name} + ' '
                 + std::string{to_string(row.type)});
    std::set<std::string> series;
    for (; at < lines.size() && lines[at][0] != '#'; ++at) {
      CHECK(lines[at].starts_with(row.name));
      // Twice the same is an error to who reads it.
      CHECK(series.insert(lines[at].substr(0, lines[at].rfind(' '))).second);
    }
    CHECK_FALSE(series.empty());
  }
  CHECK(at == lines.size());
}

TEST_CASE("metrics text: names tell types and units") {
  std::set<std::string_view> names;
  for (const auto& row : metrics_table()) {
    INFO(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(row.name.ends_with("_total") == (row.type == metric_type::counter));
    if (row.type == metric_type::histogram)
      CHECK(row.name.ends_with("_seconds"));
    CHECK_FALSE(row.help.empty());
  }
}

TEST_CASE("metrics text: topics above the bound are called other, and one that "
          "is called so is among them") {
  metrics_snapshot node;
  node.topics.push_back(topic("news", 1));
  node.topics.push_back(topic("other", 10));
  node.other = topic("", 100);
  const auto text = text_of(node);
  CHECK_THAT(text,
             Contains("gossipsub_topic_msg_recv_counts_unfiltered_total{topic="
                      "\"news\"} 1\n"
                      "gossipsub_topic_msg_recv_counts_unfiltered_total{topic="
                      "\"other\"} 110\n"));
  CHECK_THAT(text, Contains("libp2p_gossipsub_peers_per_topic_gossipsub{topic="
                            "\"other\"} 8\n"));
}

TEST_CASE("metrics text: without topics above the bound there is no other") {
  metrics_snapshot node;
  node.topics.push_back(topic("news", 1));
  CHECK_THAT(text_of(node), !Contains("topic=\"other\""));
}

TEST_CASE("metrics text: a topic is UTF-8 there, whatever it is") {
  metrics_snapshot node;
  node.topics.push_back(topic("\xff\n\"", 1));
  node.topics.push_back(topic("Grüße", 1));
  const auto text = text_of(node);
  CHECK_THAT(text, Contains("{topic=\"\\\\xff\\\\x0a\\\"\"} "));
  CHECK_THAT(text, Contains("{topic=\"Grüße\"} "));
  CHECK_THAT(text, !Contains("\xff"));
}

TEST_CASE("metrics text: numbers are where they belong") {
  metrics_snapshot node;
  node.node.inbound_peers = 3;
  node.node.outbound_peers = 4;
  ++node.node.refused[refusal_cause::full];
  ++node.host.refused[refusal_cause::full];
  ++node.host.failed[handshake_failure::silent];
  ++node.node.failed[handshake_failure::wrong_peer];
  node.cache.rejected[gossip::reject_reason::bad_signature] = 5;
  node.peers.dropped[gossip::lane::answer] = 6;
  node.queued[static_cast<std::size_t>(gossip::lane::payload)] = {7, 700};
  process_numbers process;
  process.cpu_seconds = 1.25;
  const auto text = metrics_text(node, process);
  for (const auto* line :
       {"libp2p_peers 7\n", "grapevine_peers{direction=\"outbound\"} 4\n",
        "grapevine_connections_refused_total{cause=\"full\"} 2\n",
        "grapevine_handshake_failures_total{direction=\"inbound\",cause="
        "\"silent\"} 1\n",
        "grapevine_handshake_failures_total{direction=\"outbound\",cause="
        "\"wrong_peer\"} 1\n",
        "grapevine_messages_rejected_total{reason=\"bad_signature\"} 5\n",
        "grapevine_queue_dropped_total{lane=\"answer\"} 6\n",
        "grapevine_queue_items{lane=\"payload\"} 7\n",
        "grapevine_queue_bytes{lane=\"payload\"} 700\n",
        "process_cpu_seconds_total 1.25\n"})
    CHECK_THAT(text, Contains(line));
}

TEST_CASE("metrics text: the documents name each metric with its type and "
          "labels") {
  std::ifstream file{GRAPEVINE_SOURCES "/docs/metrics.md"};
  const std::string document{std::istreambuf_iterator<char>{file}, {}};
  for (const auto& row : metrics_table()) {
    const auto labels =
        row.labels.empty() ? std::string{"none"} : std::string{row.labels};
    CHECK_THAT(document,
               Contains("| `" + std::string{row.name} + "` | "
                        + std::string{to_string(row.type)} + " | " + labels
                        + " | " + std::string{row.help} + " |"));
  }
}
