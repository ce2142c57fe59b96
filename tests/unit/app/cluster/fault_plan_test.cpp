#include "app/cluster/fault_plan.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace grapevine::app::cluster {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using namespace std::chrono_literals;

const fault_context loopback{5, false, 1};
const fault_context networks{5, true, 1};

std::vector<fault_step> steps_of(std::string_view text,
                                 const fault_context& where = loopback) {
  auto read = parse_faults(text, "faults.toml", where);
  REQUIRE(read);
  return *std::move(read);
}

std::string refusal_of(std::string_view text,
                       const fault_context& where = loopback) {
  const auto why = error_of(parse_faults(text, "faults.toml", where));
  CHECK(why.code == usage_failure);
  return why.text;
}

TEST_CASE("faults: steps stand in the order of their times", "[app]") {
  const auto steps = steps_of("[[fault]]\n"
                              "at = \"10s\"\n"
                              "do = \"kill\"\n"
                              "nodes = [3, 5]\n"
                              "for = \"5s\"\n"
                              "[[fault]]\n"
                              "at = \"1500ms\"\n"
                              "do = \"pause\"\n"
                              "nodes = [1]\n");
  REQUIRE(steps.size() == 5);
  CHECK(steps[0].at == 1500ms);
  CHECK(steps[0].what == fault_action::pause);
  CHECK(steps[0].node == 0);
  CHECK(steps[1].at == 10s);
  CHECK(steps[1].what == fault_action::kill);
  CHECK(steps[1].node == 2);
  CHECK(steps[2].node == 4);
  CHECK(steps[3].at == 15s);
  CHECK(steps[3].what == fault_action::start);
  CHECK(steps[3].node == 2);
  CHECK(steps[4].node == 4);
}

TEST_CASE("faults: what undoes each is known", "[app]") {
  const auto undone_by = [](const std::string& what, const char* more = "") {
    const auto steps = steps_of("[[fault]]\nat = \"1s\"\nfor = \"1s\"\nnodes = "
                                "[1]\ndo = \""
                                    + what + "\"\n" + more,
                                networks);
    REQUIRE(steps.size() == 2);
    return steps[1].what;
  };
  CHECK(undone_by("kill") == fault_action::start);
  CHECK(undone_by("stop") == fault_action::start);
  CHECK(undone_by("pause") == fault_action::resume);
  CHECK(undone_by("cut") == fault_action::join);
  CHECK(undone_by("impair", "loss = 5\n") == fault_action::repair);
}

TEST_CASE("faults: some nodes by chance are as many, and the same by the seed",
          "[app]") {
  const std::string text = "[[fault]]\nat = \"1s\"\ndo = \"kill\"\ncount = 4\n";
  const auto hit = [&](std::uint64_t seed) {
    std::vector<std::size_t> nodes;
    for (const auto& step : steps_of(text, {50, false, seed}))
      nodes.push_back(step.node);
    return nodes;
  };
  const auto some = hit(7);
  CHECK(some.size() == 4);
  CHECK(std::set(some.begin(), some.end()).size() == 4);
  CHECK(hit(7) == some);
  CHECK(hit(8) != some);
}

TEST_CASE("faults: a bad network has its numbers", "[app]") {
  const auto steps = steps_of("[[fault]]\nat = \"1s\"\ndo = \"impair\"\nnodes "
                              "= [1]\ndelay = \"100ms\"\njitter = "
                              "\"20ms\"\nloss = 0.5\nrate = 1000\n",
                              networks);
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].quality.delay == 100ms);
  CHECK(steps[0].quality.jitter == 20ms);
  CHECK(steps[0].quality.loss == 0.5);
  CHECK(steps[0].quality.rate == 1000);
}

TEST_CASE("faults: what is wrong is said with its line", "[app]") {
  CHECK_THAT(refusal_of("[[fault]]\nat = \"1s\"\ndo = \"kil\"\nnodes = [1]\n"),
             Contains("faults.toml:3: do: \"kil\": must be kill, stop, pause, "
                      "cut or impair"));
  CHECK_THAT(refusal_of("[[fault]]\nat = \"1s\"\ndo = \"kill\"\nnode = [1]\n"),
             Contains("faults.toml:4: unknown key \"node\"; the nearest known "
                      "one is \"nodes\""));
  CHECK_THAT(refusal_of("[[fault]]\nat = \"1s\"\ndo = \"kill\"\nnodes = [6]\n"),
             Contains("faults.toml:4: nodes: must be numbers from 1 to 5"));
  CHECK_THAT(refusal_of("[[fault]]\nat = \"1s\"\ndo = \"kill\"\nnodes = []\n"),
             Contains("nodes: must be a list"));
  CHECK_THAT(refusal_of("[[fault]]\nat = \"1s\"\ndo = \"kill\"\ncount = 6\n"),
             Contains("count: must be a number from 1 to 5"));
  CHECK_THAT(refusal_of("[[fault]]\nat = \"1s\"\ndo = \"kill\"\n"),
             Contains("either \"nodes\" or \"count\""));
  CHECK_THAT(refusal_of("[[fault]]\nat = 10\ndo = \"kill\"\nnodes = [1]\n"),
             Contains("faults.toml:2: at: must be a time, as \"10s\""));
  CHECK_THAT(refusal_of("[[fault]]\ndo = \"kill\"\nnodes = [1]\n"),
             Contains("a fault needs \"at\""));
  CHECK_THAT(refusal_of("[[fault]]\nat = \"1s\"\nnodes = [1]\n"),
             Contains("a fault needs \"do\""));
  CHECK_THAT(refusal_of("[[fault]\n"), StartsWith("faults.toml:1: "));
  CHECK_THAT(refusal_of("[fault]\nat = \"1s\"\n"), Contains("[[fault]]s"));
  CHECK_THAT(refusal_of(""), Contains("[[fault]]s"));
}

TEST_CASE("faults: networks are only cut where there are some", "[app]") {
  const std::string cut = "[[fault]]\nat = \"1s\"\ndo = \"cut\"\nnodes = [1]\n";
  CHECK_THAT(refusal_of(cut), Contains("--namespaces"));
  CHECK(steps_of(cut, networks).size() == 1);
}

TEST_CASE("faults: numbers of a network belong to impair", "[app]") {
  const std::string begin = "[[fault]]\nat = \"1s\"\nnodes = [1]\n";
  CHECK_THAT(refusal_of(begin + "do = \"kill\"\nloss = 5\n"),
             Contains("\"impair\""));
  CHECK_THAT(refusal_of(begin + "do = \"impair\"\n", networks),
             Contains("\"impair\""));
  CHECK_THAT(refusal_of(begin + "do = \"impair\"\nloss = 101\n", networks),
             Contains("loss: must be a number from 0 to 100"));
}

} // namespace
} // namespace grapevine::app::cluster
