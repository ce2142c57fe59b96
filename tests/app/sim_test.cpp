#include "tests/app/program_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace grapevine::app {
namespace {

using Catch::Contains;

// A small scenario in a file.
std::string plan_in(const temporary_folder& folder) {
  const auto path = (folder / "plan.toml").string();
  std::ofstream{path} << "name = \"<small>\"\nduration = \"30s\"\n"
                         "[[group]]\nname = \"all\"\nnodes = 6\n"
                         "[[messages]]\nrate = 5\n";
  return path;
}

TEST_CASE("sim: figures, the same for the same seed", "[app]") {
  const temporary_folder folder;
  const auto plan = plan_in(folder);
  const auto ended = run_program({"sim", plan, "--json"});
  CHECK(ended.status == 0);
  CHECK(ended.err.empty());
  REQUIRE(ended.out.size() == 1);
  const auto figures = nlohmann::json::parse(ended.out[0]);
  CHECK(figures.at("nodes") == 6);
  CHECK(figures.at("missing") == 0);
  CHECK(figures.at("published") > 20);
  CHECK(figures.at("slices").size() == 60);
  CHECK(figures.at("groups").at(0).at("name") == "all");
  CHECK(run_program({"sim", plan, "--json"}).out == ended.out);
  CHECK(run_program({"sim", plan, "--json", "--seed", "2"}).out != ended.out);
  const auto larger = run_program({"sim", plan, "--json", "--nodes", "9"});
  REQUIRE(larger.out.size() == 1);
  CHECK(nlohmann::json::parse(larger.out[0]).at("nodes") == 9);
}

TEST_CASE("sim: a page that needs nothing else", "[app]") {
  const temporary_folder folder;
  const auto page = folder / "report.html";
  const auto ended = run_program(
      {"sim", plan_in(folder), "--html", page.string(), "--at-least", "1"});
  CHECK(ended.status == 0);
  CHECK_THAT(ended.out.front(), Contains("6 nodes"));
  std::ostringstream text;
  text << std::ifstream{page}.rdbuf();
  CHECK_THAT(text.str(), Contains("<svg") && Contains("&lt;small&gt;")
                             && Contains("rate = 5") && Contains("</html>"));
  CHECK_THAT(text.str(), !Contains("<small>") && !Contains("http"));
}

TEST_CASE("sim: examples can be run", "[app]") {
  const auto ended =
      run_shell("\"$GRAPEVINE\" sim --example mesh-12 > plan-$$.toml && "
                "\"$GRAPEVINE\" sim plan-$$.toml --duration 20s; status=$?; "
                "rm plan-$$.toml; exit $status");
  CHECK(ended.status == 0);
  REQUIRE_FALSE(ended.out.empty());
  CHECK_THAT(ended.out.front(), Contains("mesh of 12"));
}

TEST_CASE("sim: says what is wrong", "[app]") {
  const temporary_folder folder;
  const auto plan = plan_in(folder);
  const auto refused = [](const words& arguments, int status) {
    const auto ended = run_program(arguments);
    CHECK(ended.status == status);
    CHECK(ended.out.empty());
    return ended.err;
  };
  CHECK_THAT(refused({"sim"}, 2), Contains("--example"));
  CHECK_THAT(refused({"sim", "--example", "no"}, 2), Contains("mesh-12"));
  CHECK_THAT(refused({"sim", (folder / "none").string()}, 2),
             Contains("No such file"));
  CHECK_THAT(refused({"sim", plan, "--nodes", "1"}, 2),
             Contains("2 nodes or more"));
  const auto unwritable = (folder / "none/page.html").string();
  CHECK_THAT(refused({"sim", plan, "--html", unwritable}, 1),
             Contains("cannot be written: No such file"));
  std::ofstream{plan, std::ios::app} << "[network]\nmessage-loss = 1\n";
  const auto lost = run_program({"sim", plan, "--at-least", "0.5"});
  CHECK(lost.status == 1);
  CHECK_THAT(lost.err, Contains("less than 0.5"));
}

} // namespace
} // namespace grapevine::app
