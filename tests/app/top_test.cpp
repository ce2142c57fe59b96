// A running node, watched in a terminal.
#include "tests/app/api_fixture.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

using Catch::Contains;
using Catch::StartsWith;

TEST_CASE("top: what is no terminal gets it once", "[app]") {
  const api_node node{{"--topic", "news"}};
  const auto ended = run_program({"top", "--api", node.place()});
  CHECK(ended.status == 0);
  const auto& lines = ended.out;
  REQUIRE(lines.size() == 7);
  CHECK_THAT(lines[0],
             StartsWith(node.address().substr(node.address().rfind('/') + 1)
                        + "  up "));
  CHECK_THAT(lines[1], StartsWith("messages/s: - delivered"));
  CHECK_THAT(lines[3], StartsWith("TOPIC "));
  CHECK_THAT(lines[6], StartsWith("PEER "));
}

// `top` on a terminal of its own; `keys` prints what is typed, and may look at
// the file `screen`. The last line tells whether the terminal is as it was.
result top_on_terminal(const api_node& node, const std::string& keys) {
  return run_shell(
      "cd \"$(mktemp -d)\"; touch screen; export TERM=xterm; shown() { until "
      "grep -aq \"$1\" screen; do :; done; }; { "
      + keys
      + "; } | script -qefc 'stty cols 100 rows 20; before=$(stty -g); "
        "\"$GRAPEVINE\" top --interval 20ms --api "
      + node.place()
      + "; status=$?; test \"$before\" = \"$(stty -g)\" && echo as before; "
        "exit $status' screen > /dev/null; status=$?; "
        "tr -d '\\r' < screen; rm -r \"$PWD\"; exit $status");
}

TEST_CASE("top: a terminal is drawn again and again, until q", "[app]") {
  const api_node node{{"--topic", "news"}};
  const auto ended =
      top_on_terminal(node, "shown 'messages/s: [0-9.]* delivered'; printf q");
  CHECK(ended.status == 0);
  std::string all;
  for (const auto& line : ended.out)
    all += line + '\n';
  // On a screen of its own, of which nothing is left.
  CHECK_THAT(all, Contains("\x1b[?1049h") && Contains("\x1b[?1049l")
                      && Contains("news ") && Contains("as before"));
}

TEST_CASE("top: Ctrl-C ends it, too", "[app]") {
  const api_node node;
  const auto ended = top_on_terminal(node, "shown TOPIC; printf '\\003'");
  CHECK(ended.status == 0);
}

TEST_CASE("top: a node that goes is waited for", "[app]") {
  api_node node;
  const auto ended = top_on_terminal(
      node, "shown TOPIC; kill " + std::to_string(node.process().id())
                + "; shown 'trying again: nothing answers at 127'; printf q");
  CHECK(ended.status == 0);
}

} // namespace
} // namespace grapevine::app
