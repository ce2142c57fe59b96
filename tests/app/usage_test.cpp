#include "tests/app/program_fixture.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

using Catch::Contains;

void check_usage_error(const words& arguments, const std::string& says) {
  const auto ended = run_program(arguments);
  CHECK(ended.status == 2);
  CHECK(ended.out.empty());
  CHECK_THAT(ended.err,
             Contains("grapevine: ") && Contains(says) && Contains("--help"));
}

std::string joined(const words& lines) {
  std::string text;
  for (const auto& line : lines)
    text += line + '\n';
  return text;
}

TEST_CASE("program: tells its version and its commands", "[app]") {
  const auto version = run_program({"--version"});
  CHECK(version.status == 0);
  REQUIRE(version.out.size() == 1);
  CHECK_THAT(version.out[0], Catch::StartsWith("grapevine "));
  const auto help = run_program({"--help"});
  CHECK(help.status == 0);
  for (const auto* command :
       {"run", "sub", "pub", "status", "peers", "topics", "top", "connect",
        "disconnect", "block", "unblock", "allow", "disallow", "log-level",
        "keygen", "id", "swarm-key", "ping", "completion"}) {
    INFO(command);
    CHECK_THAT(joined(help.out), Contains(command));
    const auto own = run_program({command, "--help"});
    CHECK(own.status == 0);
    CHECK_THAT(joined(own.out), Contains(std::string{"grapevine "} + command)
                                    && Contains("Examples:"));
  }
}

TEST_CASE("program: says what it does not understand", "[app]") {
  check_usage_error({}, "a command is missing: run, sub");
  check_usage_error({"rum"}, "unknown command \"rum\"; the nearest known one "
                             "is run");
  check_usage_error({"run", "--lissten", "x"},
                    "unknown option --lissten; the nearest known one is "
                    "--listen");
  check_usage_error({"run", "--topic", "a", "b"},
                    "\"b\" is one argument too many");
  check_usage_error({"sub"}, "TOPIC");
  check_usage_error({"pub"}, "TOPIC");
  check_usage_error({"ping"}, "ADDR");
  check_usage_error({"run", "--topic"}, "--topic");
  check_usage_error({"connect"}, "ADDR");
  check_usage_error({"block"}, "PEER");
  check_usage_error({"peer"}, "the nearest known one is peers");
  check_usage_error({"completion", "tcsh"}, "must be bash, zsh or fish");
}

TEST_CASE("program: names a bad value and its option", "[app]") {
  check_usage_error({"run", "--listen", "/dns/localhost/tcp/0"},
                    "--listen: \"/dns/localhost/tcp/0\": only /ip4/…/tcp/… "
                    "and /ip6/…/tcp/… are possible");
  check_usage_error({"run", "--listen", "/ip4/1.2.3"},
                    "--listen: \"/ip4/1.2.3\": ");
  check_usage_error({"run", "--mesh-d", "-1"}, "--mesh-d: \"-1\": ");
  check_usage_error({"run", "--mesh-d", "6", "--mesh-d", "7"},
                    "--mesh-d is given 2 times");
  check_usage_error({"run", "--mesh-dlo", "9"},
                    "--mesh-dlo is 9 but must not exceed --mesh-d");
  check_usage_error({"run", "--graylist-threshold", "-5"},
                    "--graylist-threshold is -5 but must not exceed "
                    "--publish-threshold, which is -50");
  check_usage_error({"run", "--score-topic", "news: wieght=1"},
                    "the nearest is \"weight\"");
  check_usage_error({"run", "--block-peer", "me"}, "must be a peer id");
  check_usage_error(
      {"sub", "t", "--count", "0", "--peer", "/ip4/1.2.3.4/tcp/1"},
      "--count: \"0\"");
  check_usage_error({"sub", "t"}, "--peer");
  check_usage_error({"pub", "t", "--message", "m"}, "--peer");
  check_usage_error(
      {"pub", "", "--message", "m", "--peer", "/ip4/1.2.3.4/tcp/1"},
      "must have a name");
  check_usage_error({"pub", "t", "--message", "m", "--file", "f", "--peer",
                     "/ip4/1.2.3.4/tcp/1"},
                    "exclude each other");
  check_usage_error({"ping", "/ip4/1.2.3"}, "ADDR: \"/ip4/1.2.3\": ");
  check_usage_error({"keygen", "--type", "dsa"}, "--type: \"dsa\": ");
}

TEST_CASE("program: a flag may be repeated", "[app]") {
  CHECK(run_program({"run", "--print-config", "--print-config"}).status == 0);
}

TEST_CASE("program: names a bad line of its configuration", "[app]") {
  const temporary_folder folder;
  const auto file = folder.file("node.toml", "mesh-d = 8\nlisen = \"x\"\n");
  check_usage_error({"run", "--config", file},
                    file
                        + ":2: unknown key \"lisen\"; the nearest known one "
                          "is \"listen\"");
  check_usage_error({"run", "--config", "/does/not/exist"},
                    "--config: \"/does/not/exist\"");
}

TEST_CASE("program: prints a configuration that it reads again", "[app]") {
  const temporary_folder folder;
  const auto printed = run_program({"run", "--print-config", "--topic", "news",
                                    "--mesh-d", "7", "--flood-publish", "off"});
  REQUIRE(printed.status == 0);
  const auto file = folder.file("node.toml", joined(printed.out));
  const auto again = run_program({"run", "--print-config", "--config", file});
  CHECK(settings_of(again.out) == settings_of(printed.out));
  CHECK_THAT(joined(printed.out), Contains("mesh-d = 7")
                                      && Contains("topic = [\"news\"]")
                                      && Contains("flood-publish = false"));
}

TEST_CASE("program: prints the scoring that it reads again", "[app]") {
  const temporary_folder folder;
  const auto printed = run_program(
      {"run", "--print-config", "--score-topic",
       "news: weight=0.5 first-deliveries-decay=10m", "--gossip-threshold",
       "-20", "--colocation-whitelist", "192.0.2.0/24"});
  REQUIRE(printed.status == 0);
  const auto text = joined(printed.out);
  CHECK_THAT(text, Contains("score-profile = \"standard\"")
                       && Contains("gossip-threshold = -20")
                       && Contains("score-topic = [\"news: weight=0.5 "
                                   "first-deliveries-decay=600s\"]"));
  // What the profile says is left to it.
  CHECK_THAT(text, Contains("\n# graylist-threshold = -"));
  const auto file = folder.file("node.toml", text);
  CHECK(
      settings_of(run_program({"run", "--print-config", "--config", file}).out)
      == settings_of(printed.out));
}

TEST_CASE("program: standard output that takes nothing", "[app]") {
  const auto full = run_shell(
      "\"$GRAPEVINE\" keygen --out \"$XDG_STATE_HOME/key\" > /dev/full");
  CHECK(full.status == 1);
  CHECK_THAT(full.err, Contains("cannot write to standard output"));
}

} // namespace
} // namespace grapevine::app
