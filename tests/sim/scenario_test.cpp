// What a scenario says happens, and what that does to messages.
#include "sim/scenario_run.hpp"

#include <catch2/catch.hpp>

#include <iostream>

using namespace grapevine::sim;
using namespace std::chrono_literals;

namespace {

// A cluster whose messages all arrive if nothing happens.
scenario cluster(std::size_t nodes = 12) {
  scenario s;
  s.groups.front().nodes = nodes;
  s.topology.kind = graph::chart;
  s.network.latency = {200us, 2ms, {}};
  s.messages.front().rate = 20;
  return s;
}

scenario_result run(const scenario& s, std::string_view name) {
  REQUIRE(problem_of(s).value_or("") == "");
  auto result = run_scenario(s);
  print(std::cout, name, result.figures);
  CHECK(result.figures.unexpected == 0);
  return result;
}

// Deliveries by those that were expected, of what was published in this time.
double delivered_between(const scenario_result& r, double from, double to) {
  std::size_t expected = 0;
  std::size_t delivered = 0;
  for (const auto& slice : r.slices)
    if (slice.begin_seconds >= from && slice.begin_seconds < to) {
      expected += slice.messages.expected;
      delivered += slice.messages.delivered;
    }
  REQUIRE(expected > 0);
  return static_cast<double>(delivered) / static_cast<double>(expected);
}

} // namespace

TEST_CASE("scenario: every way to know each other delivers everything",
          "[sim]") {
  for (const auto kind : {graph::random, graph::ring, graph::line, graph::star,
                          graph::tree, graph::full, graph::chart}) {
    auto s = cluster();
    s.topology.kind = kind;
    const auto result = run(s, "cluster, by graph");
    CHECK(result.figures.delivery_rate == 1);
    REQUIRE(result.groups.size() == 1);
    CHECK(result.groups.front().sent.p50 > 0);
    CHECK(result.groups.front().cpu.max >= result.groups.front().cpu.p50);
  }
}

TEST_CASE("scenario: nodes that are restarted in order miss nothing, and are "
          "back at once",
          "[sim]") {
  for (const auto how : {departure::graceful, departure::kill}) {
    auto s = cluster();
    s.stable_after = 1s;
    s.duration = 80s;
    s.incidents = {{.at = 20s, .how = how, .lasting = 3s, .every = 4s}};
    const auto result = run(s, "rolling restart");
    CHECK(result.departures == 12);
    CHECK(result.figures.delivery_rate == 1);
    CHECK(result.slices.back().nodes_up == 12);
  }
}

TEST_CASE("scenario: who knows two hubs alone hears nobody without them",
          "[sim]") {
  auto s = cluster(30);
  s.topology = {.kind = graph::star, .hubs = 2};
  s.incidents = {{.at = 30s,
                  .what = incident::kind::stop,
                  .how = departure::kill,
                  .which = {0, 1}}};
  const auto star = run(s, "star of two hubs");
  CHECK(delivered_between(star, 11, 27) == 1);
  CHECK(delivered_between(star, 32, 50) == 0);
  // The chart's nodes know more.
  s.topology.kind = graph::chart;
  CHECK(delivered_between(run(s, "two of 30 gone"), 32, 50) == 1);
}

TEST_CASE("scenario: the halves of a divided network are one again when it is "
          "healed",
          "[sim]") {
  for (const auto lasting : {20s, 60s}) {
    auto s = cluster();
    s.duration = 150s;
    s.incidents = {{.at = 20s,
                    .what = incident::kind::partition,
                    .part = 0.5,
                    .lasting = lasting}};
    const auto result = run(s, "divided");
    const auto healed = static_cast<double>((20s + lasting).count());
    CHECK(delivered_between(result, 11, 19) == 1);
    CHECK(delivered_between(result, 21, healed - 9) < 0.6);
    CHECK(delivered_between(result, healed + 30, 140) == 1);
  }
}

TEST_CASE("scenario: a machine that vanishes is given up later", "[sim]") {
  auto s = cluster();
  s.duration = 90s;
  s.incidents = {{.at = 20s,
                  .what = incident::kind::stop,
                  .how = departure::vanish,
                  .which = {5}}};
  const auto result = run(s, "vanished");
  CHECK(result.figures.delivery_rate == 1);
  CHECK(result.departures == 1);
}

TEST_CASE("scenario: lost packets cost time, and nothing else", "[sim]") {
  auto s = cluster();
  const auto before = run(s, "no loss");
  s.network.packet_loss = 0.05;
  const auto result = run(s, "5 % of packets lost");
  CHECK(result.figures.delivery_rate == 1);
  CHECK(result.figures.lost > 0);
  CHECK(result.figures.latency.p99 > before.figures.latency.p99);
}

TEST_CASE("scenario: an uplink and a core take their time", "[sim]") {
  auto s = cluster();
  s.messages.front() = {.rate = 5, .size = 16 * 1'024};
  const auto free = run(s, "wide uplinks");
  auto thin = s;
  thin.groups.front().upload = 256 * 1'024;
  const auto limited = run(thin, "256 KiB/s");
  CHECK(limited.figures.latency.p50 > 2 * free.figures.latency.p50);
  CHECK(limited.groups.front().sent.max < 256 * 1'024 * 1.05);
  auto busy = s;
  busy.network.shared_cores = 1;
  const auto shared = run(busy, "one core for all");
  CHECK(shared.figures.latency.p50 > free.figures.latency.p50);
  double cpu = 0;
  for (const auto& slice : shared.slices)
    cpu = std::max(cpu, slice.cpu);
  CHECK(cpu * 12 <= 1.01);
}

TEST_CASE("scenario: regions are as far apart as the matrix says", "[sim]") {
  auto s = cluster();
  s.groups.front().nodes = 6;
  s.groups.front().name = "here";
  s.groups.front().region = "a";
  s.groups.push_back(s.groups.front());
  s.groups.back().name = "there";
  s.groups.back().region = "b";
  s.network.regions = {"a", "b"};
  s.network.matrix = {{1ms, 100ms}, {100ms, 1ms}};
  const auto result = run(s, "two regions");
  CHECK(result.figures.delivery_rate == 1);
  CHECK(result.latencies.part_within(50'000) < 0.7);
  CHECK(result.figures.latency.max > 100);
  CHECK(result.figures.latency.max < 400);
}

TEST_CASE("scenario: attackers that take places do not keep messages from "
          "others",
          "[sim]") {
  auto s = cluster(30);
  s.topology = {.kind = graph::random, .dials = 6};
  s.groups.push_back({.name = "attackers", .nodes = 10});
  auto& attack = s.groups.back().options;
  attack.honest = false;
  attack.conduct.relays = false;
  attack.conduct.gossips = false;
  attack.conduct.answers = false;
  const auto result = run(s, "ten of forty are silent");
  CHECK(result.figures.delivery_rate == 1);
  CHECK(result.groups.back().nodes == 10);
}

TEST_CASE("scenario: says what does not go together", "[sim]") {
  using Catch::Contains;
  const auto refused = [](auto change) {
    auto s = cluster();
    change(s);
    return problem_of(s).value_or("");
  };
  CHECK(refused([](auto&) {}).empty());
  CHECK_THAT(refused([](auto& s) { s.duration = 15s; }), Contains("settle"));
  CHECK_THAT(refused([](auto& s) { s.groups.front().nodes = 1; }),
             Contains("2 nodes"));
  CHECK_THAT(refused([](auto& s) { s.groups.front().region = "x"; }),
             Contains("\"x\""));
  CHECK_THAT(refused([](auto& s) { s.network.regions = {"a"}; }),
             Contains("latency-matrix"));
  CHECK_THAT(refused([](auto& s) { s.messages.front().group = "y"; }),
             Contains("no group \"y\""));
  CHECK_THAT(refused([](auto& s) { s.messages.front().topic = 1; }),
             Contains("topic 1"));
  CHECK_THAT(refused([](auto& s) { s.incidents = {{.which = {12}}}; }),
             Contains("no node 12"));
  CHECK_THAT(refused([](auto& s) { s.topology.hubs = 12; }), Contains("hubs"));
}
