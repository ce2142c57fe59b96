// What the node counts, and whom it lets ask.
#include "tests/support/recorder.hpp"
#include "tests/support/small_node.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

node_totals totals(node_fixture& f) {
  recorder<node_counts> sink{f.system.sys()};
  f.say(tell_counts{sink.as<counts_sink>(), {7, f.now()}});
  REQUIRE(sink.all<node_counts>().size() == 1);
  CHECK(sink.all<node_counts>()[0].answer.round == 7);
  return sink.all<node_counts>()[0].totals;
}

} // namespace

TEST_CASE("node metrics: handshakes and failures are counted by direction and "
          "cause") {
  node_fixture f;
  f.arrive(1);
  f.say(keep_connected{node_fixture::address(4002)});
  f.reach(2);
  f.say(keep_connected{node_fixture::address(4003)});
  f.say(dial_failed{f.dials.back().attempt, node_fixture::address(4003),
                    "refused", handshake_failure::unreachable});
  const auto all = totals(f);
  CHECK(all.handshakes_in == 1);
  CHECK(all.handshakes_out == 1);
  CHECK(all.inbound_peers == 1);
  CHECK(all.outbound_peers == 1);
  CHECK(all.failed[handshake_failure::unreachable] == 1);
  CHECK(all.max_queued_bytes > 0);
  CHECK(all.max_unfinished_bytes > 0);
}

TEST_CASE("node metrics: refused connections are counted by cause") {
  node_fixture f{[](node_config& config) {
    config.max_peers = 1;
    config.outbound_reserve = 0;
    config.blocked_peers.push_back(numbered_peer(9));
  }};
  f.arrive(9);
  f.arrive(1);
  f.arrive(2);
  f.arrive(3);
  const auto all = totals(f);
  CHECK(all.refused[refusal_cause::blocked] == 1);
  CHECK(all.refused[refusal_cause::full] == 2);
}

TEST_CASE("node metrics: all of its actors are asked, and late ones are not "
          "waited for") {
  node_fixture f;
  f.arrive(1);
  const auto got = f.ask_node<metrics_snapshot>(inspect_metrics{});
  CHECK(got->pending());
  f.advance(1s);
  INFO(got->error);
  REQUIRE(got->value);
  // Only the node itself tells: the others are stand-ins.
  CHECK(got->value->late == 5);
  CHECK(got->value->node.inbound_peers == 1);
}

TEST_CASE("node metrics: a listener's counters outlive it") {
  node_fixture f;
  host_counts told;
  ++told.refused[refusal_cause::network];
  f.say(told);
  const auto got = f.ask_node<metrics_snapshot>(inspect_metrics{});
  f.advance(1s);
  INFO(got->error);
  REQUIRE(got->value);
  CHECK(got->value->host.refused[refusal_cause::network] == 1);
}

TEST_CASE("node metrics: a node that does not run has none") {
  node_fixture f{[](node_config&) {}, false};
  const auto got = f.ask_node<metrics_snapshot>(inspect_metrics{});
  CHECK(got->code == node_errc::not_running);
}
