// What a node's actors have counted, put together.
#include "actors/node/metrics_book.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace std::chrono_literals;

namespace {

topic_metrics metrics_of(const std::string& name, std::uint64_t received = 0) {
  topic_metrics result{name, {true, true, 3, 0, 5}, {}};
  result.counts.received = received;
  return result;
}

mesh_counts mesh_of(std::vector<topic_metrics> topics) {
  mesh_counts told;
  told.topics = std::move(topics);
  return told;
}

cache_counts cache_of(std::vector<topic_metrics> topics) {
  cache_counts told;
  told.topics = std::move(topics);
  return told;
}

std::uint64_t received(const metrics_snapshot& all, const std::string& name) {
  for (const auto& one : all.topics)
    if (one.topic == name)
      return one.counts.received;
  return 0;
}

std::uint64_t received_in_all(const metrics_snapshot& all) {
  auto sum = all.other.counts.received;
  for (const auto& one : all.topics)
    sum += one.counts.received;
  return sum;
}

} // namespace

TEST_CASE("metrics book: what is told late counts, what it was then does not") {
  metrics_book book;
  book.begin(1);
  peer_counts told;
  told.answer = {1, 2ms};
  told.since.bytes_in = 10;
  told.queued[2] = {4, 400};
  book.add(told);
  const auto first = book.end(0);
  CHECK(first.peers.bytes_in == 10);
  CHECK(first.queued[2].items == 4);
  CHECK(first.queued[2].bytes == 400);
  book.begin(2);
  // Of the first round.
  book.add(told);
  const auto second = book.end(1);
  CHECK(second.peers.bytes_in == 20);
  CHECK(second.queued[2].items == 0);
  CHECK(second.late == 1);
}

TEST_CASE("metrics book: what an actor tells at its end counts, without a "
          "lag") {
  metrics_book book;
  book.begin(1);
  peer_counts told;
  told.since.rpc_in[rpc_part::publish] = 7;
  book.add(told);
  const auto all = book.end(0);
  CHECK(all.peers.rpc_in[rpc_part::publish] == 7);
  const auto& lag = all.mailbox_lag[static_cast<std::size_t>(actor_kind::peer)];
  CHECK(lag.counts() == duration_histogram{}.counts());
}

TEST_CASE("metrics book: a topic's numbers come from two actors, in any "
          "order") {
  metrics_book book;
  book.begin(1);
  book.add(cache_of({metrics_of("a", 5)}));
  book.add(mesh_of({metrics_of("a")}));
  const auto all = book.end(0);
  REQUIRE(all.topics.size() == 1);
  CHECK(all.topics[0].topic == "a");
  CHECK(all.topics[0].counts.received == 5);
  CHECK(all.topics[0].peers.mesh == 3);
  CHECK(all.topics[0].peers.peers == 5);
  CHECK(all.other.counts == topic_counts{});
}

TEST_CASE("metrics book: topics above the bound are one") {
  metrics_book book;
  std::vector<topic_metrics> topics;
  for (std::size_t i = 0; i < metrics_book::max_topics + 3; ++i)
    topics.push_back(metrics_of("t" + std::to_string(i), i));
  book.begin(1);
  book.add(cache_of(topics));
  book.add(mesh_of(topics));
  const auto all = book.end(0);
  CHECK(all.topics.size() == metrics_book::max_topics);
  // Those that were joined first are told apart.
  CHECK(received(all, "t99") == 99 + 99);
  CHECK(all.other.counts.received == 2 * (100 + 101 + 102));
  CHECK(all.other.peers.peers == 15);
}

TEST_CASE("metrics book: a topic's counters go to the others' once the node "
          "has left it, and begin anew when it comes back") {
  metrics_book book;
  book.begin(1);
  book.add(mesh_of({metrics_of("a", 1), metrics_of("b", 10)}));
  book.end(0);
  book.begin(2);
  book.add(mesh_of({metrics_of("b", 10)}));
  const auto left = book.end(0);
  CHECK(left.topics.size() == 1);
  CHECK(left.other.counts.received == 1);
  CHECK(received(left, "b") == 20);
  book.begin(3);
  book.add(mesh_of({metrics_of("a", 2), metrics_of("b", 10)}));
  const auto back = book.end(0);
  CHECK(received(back, "a") == 2);
  CHECK(back.other.counts.received == 1);
  CHECK(received_in_all(back) == 33);
}

TEST_CASE("metrics book: a topic that is told apart stays so, whoever comes "
          "later") {
  metrics_book book;
  std::vector<topic_metrics> topics;
  for (std::size_t i = 0; i < metrics_book::max_topics; ++i)
    topics.push_back(metrics_of("t" + std::to_string(i), 1));
  book.begin(1);
  book.add(mesh_of(topics));
  book.end(0);
  topics.insert(topics.begin(), metrics_of("late", 1));
  book.begin(2);
  book.add(mesh_of(topics));
  const auto all = book.end(0);
  CHECK(received(all, "t0") == 2);
  CHECK(received(all, "t99") == 2);
  CHECK(received(all, "late") == 0);
  CHECK(all.other.counts.received == 1);
}

TEST_CASE("metrics book: without the mesh manager's word topics stay") {
  metrics_book book;
  book.begin(1);
  book.add(mesh_of({metrics_of("a", 1)}));
  book.end(0);
  book.begin(2);
  book.add(cache_of({metrics_of("a", 4), metrics_of("b", 8)}));
  const auto all = book.end(1);
  CHECK(received(all, "a") == 5);
  CHECK(all.topics[0].peers.mesh == 3);
  CHECK(all.other.counts.received == 8);
}

TEST_CASE("metrics book: what listeners and heartbeats count is added up") {
  metrics_book book;
  book.begin(1);
  host_counts host;
  host.answer = {1, 1ms};
  ++host.refused[refusal_cause::network];
  ++host.failed[handshake_failure::silent];
  book.add(host);
  book.add(host);
  heartbeat_counts heart;
  heart.answer = {1, 1ms};
  heart.late.add(1ms);
  book.add(heart);
  const auto all = book.end(0);
  CHECK(all.host.refused[refusal_cause::network] == 2);
  CHECK(all.host.failed[handshake_failure::silent] == 2);
  CHECK(all.heartbeat_late.sum() == Approx(0.001));
  const auto& lag =
      all.mailbox_lag[static_cast<std::size_t>(actor_kind::listener)];
  CHECK(lag.sum() == Approx(0.002));
}
