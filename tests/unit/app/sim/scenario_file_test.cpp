#include "app/sim/scenario_examples.hpp"
#include "app/sim/scenario_file.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;

std::string scenario_refusal(std::string_view text) {
  const auto read = parse_scenario(text, "plan.toml");
  const auto why = error_of(read);
  CHECK(why.code == usage_failure);
  return why.text;
}

TEST_CASE("scenario file: everything is where it belongs", "[app]") {
  const auto read = parse_scenario(R"(
name = "plan"
seed = 9
duration = "2m"
[[group]]
name = "core"
nodes = 5
mesh-d = 5
mesh-dlo = 3
redial-max = "5s"
upload = "1MiB"
[[group]]
name = "bad"
behaviour = "squatter"
[topology]
kind = "star"
hubs = 2
[network]
latency = "40ms+-10ms"
jitter = "250us"
packet-loss = 0.01
[topics]
count = 3
per-node = 2
[[messages]]
rate = 2.5
size = "2KiB"
group = "core"
start = "20s"
[[event]]
at = "30s"
do = "restart"
how = "kill"
which = [0, 3]
for = "3s"
every = "1s"
[churn]
per-minute = 0.1
)",
                                   "plan.toml");
  REQUIRE(read);
  CHECK(read->name == "plan");
  CHECK(read->seed == 9);
  CHECK(read->duration == 2min);
  REQUIRE(read->groups.size() == 2);
  const auto& core = read->groups.front();
  CHECK(core.nodes == 5);
  CHECK(core.options.params.mesh.degree == 5);
  CHECK(core.options.params.mesh.degree_low == 3);
  CHECK(core.redial_max == 5s);
  CHECK(core.upload == 1'048'576);
  CHECK(core.options.honest);
  CHECK_FALSE(read->groups.back().options.honest);
  CHECK_FALSE(read->groups.back().options.conduct.relays);
  CHECK(read->topology.kind == sim::graph::star);
  CHECK(read->network.latency.min == 40ms);
  CHECK(read->network.latency.deviation == 10ms);
  CHECK(read->network.jitter == 250us);
  CHECK(read->topics.per_node == 2);
  CHECK(read->messages.front().size == 2'048);
  CHECK(read->messages.front().start == 20s);
  REQUIRE(read->incidents.size() == 1);
  CHECK(read->incidents.front().which == std::vector<std::size_t>{0, 3});
  CHECK(read->incidents.front().how == sim::departure::kill);
  CHECK(read->incidents.front().lasting == 3s);
  CHECK(read->churn.per_minute == 0.1);
}

TEST_CASE("scenario file: what is wrong is said with its line", "[app]") {
  CHECK(scenario_refusal("[[group]]\nnodes = 3\nmesh-dd = 4\n")
        == "plan.toml:3: unknown key \"mesh-dd\"; the nearest known one is "
           "\"mesh-d\"");
  CHECK(scenario_refusal("\n[topology]\nkinds = \"ring\"\n")
        == "plan.toml:3: unknown key \"topology.kinds\"; the nearest known one "
           "is \"kind\"");
  CHECK(scenario_refusal("[topologie]\n")
        == "plan.toml:1: unknown key \"topologie\"; the nearest known one is "
           "\"topology\"");
  CHECK_THAT(scenario_refusal("[topology]\nkind = \"cube\"\n"),
             Contains("plan.toml:2: kind: \"cube\": must be random, ring"));
  CHECK_THAT(scenario_refusal("[network]\nlatency = \"80ms..5ms\"\n"),
             Contains("plan.toml:2: latency: \"80ms..5ms\": must be a time"));
  CHECK_THAT(scenario_refusal("[network]\npacket-loss = 5\n"),
             Contains("from 0 to 1"));
  CHECK_THAT(scenario_refusal("[[group]]\nmesh-d = 20\n"),
             Contains("plan.toml:2: mesh-d"));
  CHECK_THAT(scenario_refusal("[[group]]\nlisten = \"x\"\n"),
             Contains("unknown key \"listen\""));
  CHECK_THAT(scenario_refusal("[[event]]\nat = \"5s\"\n"), Contains("\"do\""));
  CHECK_THAT(
      scenario_refusal(
          "[[event]]\nat = \"5s\"\ndo = \"stop\"\nnodes = 1\npart = 0.1"),
      Contains("exclude each other"));
  CHECK_THAT(scenario_refusal("group = 3"),
             Contains("must be a table: [[group]]"));
  CHECK_THAT(scenario_refusal("network = 3"),
             Contains("must be a table: [network]"));
  CHECK_THAT(scenario_refusal("[network]\nlatency-matrix = [1]"),
             Contains("a row for each region"));
  CHECK_THAT(scenario_refusal("duration = \"5s\"\n"), Contains("settle"));
  CHECK_THAT(scenario_refusal("a = \n"), Contains("plan.toml:1: "));
}

TEST_CASE("scenario file: the examples are good", "[app]") {
  CHECK(scenario_examples().size() >= 5);
  for (const auto& one : scenario_examples()) {
    INFO(one.name);
    const auto read = parse_scenario(one.text, std::string{one.name});
    INFO((read ? "" : error_of(read).text));
    CHECK(read.has_value());
  }
}

} // namespace
} // namespace grapevine::app
