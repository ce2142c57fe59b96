// How connections are encrypted, as it is chosen on the command line.
#include "tests/app/program_fixture.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

using Catch::Contains;

words publish(const running_node& to, const words& security) {
  words arguments{"pub",    "news", "--message", "hello",
                  "--wait", "3s",   "--peer",    to.address()};
  for (const auto& one : security) {
    arguments.emplace_back("--security");
    arguments.push_back(one);
  }
  return arguments;
}

TEST_CASE("security: whatever both sides have in common is enough",
          "[app][tls]") {
  running_node any{{"--topic", "news"}};
  for (const words& chosen :
       {words{}, words{"tls"}, words{"noise"}, words{"noise", "tls"}})
    CHECK(run_program(publish(any, chosen)).status == 0);
}

TEST_CASE("security: without anything in common it is said who speaks what",
          "[app][tls]") {
  running_node only_tls{
      {"--topic", "news", "--security", "tls", "--log-level", "info"}};
  const auto ended = run_program(publish(only_tls, {"noise"}));
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err, Contains("it speaks none of /noise"));
  only_tls.process().wait_for_error(
      "it asked for /noise, this node speaks /tls/1.0.0");
  CHECK(run_program(publish(only_tls, {})).status == 0);
}

} // namespace
} // namespace grapevine::app
