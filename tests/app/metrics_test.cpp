// The metrics of nodes that run.
#include "app/metrics/metrics_text.hpp"
#include "tests/app/program_fixture.hpp"
#include "tests/support/node_network.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace grapevine;
using namespace grapevine::app;
using namespace grapevine::test;
using Catch::Contains;

namespace {

// A number of the text.
double value_of(const std::string& text, const std::string& series) {
  const auto at = text.find('\n' + series + ' ');
  INFO(series);
  REQUIRE(at != std::string::npos);
  return std::stod(text.substr(at + series.size() + 2));
}

// Two nodes with a topic, and a message that has gone from one to the other.
struct pair {
  pair() {
    net.subscribe(here, "news");
    net.subscribe(there, "news");
    net.connect(here, there);
    net.await(here, "news", 1);
    net.publish(here, "news", "hello");
    net.next_message();
    net.next_message();
  }

  std::string text(const node_network::running_node& node) {
    return metrics_text(
        net.get<metrics_snapshot>(node.actor, inspect_metrics{}));
  }

  node_network net;
  node_network::running_node here = net.start(1);
  node_network::running_node there = net.start(2);
};

} // namespace

TEST_CASE("metrics: what a node has done is told") {
  pair f;
  const auto sender = f.text(f.here);
  CHECK(value_of(sender, "libp2p_peers") == 1);
  CHECK(value_of(sender, "grapevine_peers{direction=\"outbound\"}") == 1);
  CHECK(value_of(sender, "grapevine_messages_published_total") == 1);
  CHECK(value_of(sender, "gossipsub_message_published_total{topic=\"news\"}")
        == 1);
  CHECK(value_of(sender, "gossipsub_rpc_sent_total{message_type=\"publish\"}")
        == 1);
  CHECK(value_of(sender, "grapevine_handshakes_total{direction=\"outbound\"}")
        == 1);
  CHECK(value_of(sender, "grapevine_late_actors") == 0);
  CHECK(value_of(sender, "grapevine_mailbox_lag_seconds_count{actor=\"peer\"}")
        == 1);
  const auto receiver = f.text(f.there);
  CHECK(value_of(receiver, "grapevine_messages_accepted_total") == 1);
  CHECK(value_of(receiver, "gossipsub_message_delivered_total{topic=\"news\"}")
        == 1);
  CHECK(value_of(receiver,
                 "libp2p_gossipsub_peers_per_topic_gossipsub{topic=\"news\"}")
        == 1);
  CHECK(value_of(receiver, "grapevine_validation_duration_seconds_count") == 1);
  CHECK(value_of(receiver, "grapevine_received_bytes_total") > 100);
}

TEST_CASE("metrics: counters stay when the peer has gone") {
  pair f;
  const auto before = value_of(f.text(f.here), "grapevine_sent_bytes_total");
  CHECK(before > 100);
  f.net.get<node_stopped>(f.there.actor, stop_node{});
  // The peer's actor has told what it counted before it is gone.
  for (;;) {
    const auto text = f.text(f.here);
    CHECK(value_of(text, "grapevine_sent_bytes_total") >= before);
    CHECK(value_of(text, "gossipsub_rpc_sent_total{message_type=\"publish\"}")
          == 1);
    if (value_of(text, "libp2p_peers") == 0)
      break;
  }
}

TEST_CASE("metrics: promtool finds nothing to say of them") {
  pair f;
  const temporary_folder folder;
  const auto file = folder.file("metrics.txt", f.text(f.here));
  const auto said = run_shell(
      "exec " GRAPEVINE_SOURCES "/scripts/promtool.sh check metrics <" + file);
  if (said.status == 77) {
    WARN("not checked, as promtool is missing");
    return;
  }
  INFO(said.err);
  CHECK(said.status == 0);
  CHECK(said.err.empty());
  CHECK(said.out.empty());
}
