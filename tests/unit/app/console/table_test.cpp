#include "app/console/table.hpp"
#include "app/console/text_width.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

using lines = std::vector<std::string>;

text_table small_table() {
  text_table table{
      {{"PEER"}, {"SCORE", true}, {"AGENT", false, 6}, {"ADDRESS", false, 8}}};
  table.add({"12D3a", "1.50", "grapevine/0.1.0", "/ip4/192.0.2.1"});
  table.add({"12D3b", "-20", "", "/ip4/192.0.2.123"});
  return table;
}

TEST_CASE("table: columns are as wide as what they hold", "[app]") {
  const auto table = small_table();
  CHECK(table.rows() == 2);
  CHECK(table.lines()
        == lines{"PEER   SCORE  AGENT            ADDRESS",
                 "12D3a   1.50  grapevine/0.1.0  /ip4/192.0.2.1",
                 "12D3b    -20  -                /ip4/192.0.2.123"});
}

TEST_CASE("table: where it is narrow, long cells are cut", "[app]") {
  CHECK(small_table().lines(40)
        == lines{"PEER   SCORE  AGENT         ADDRESS",
                 "12D3a   1.50  grapevine/0…  /ip4/192.0.…",
                 "12D3b    -20  -             /ip4/192.0.…"});
}

TEST_CASE("table: where it is narrower, the last columns are missing, and that "
          "is said",
          "[app]") {
  CHECK(small_table().lines(25)
        == lines{"PEER   SCORE  AGENT", "12D3a   1.50  grapevine/…",
                 "12D3b    -20  -", "(too narrow for: ADDRESS)"});
  // The first one always stays.
  CHECK(small_table().lines(3) == lines{"PEER", "12D3a", "12D3b", "(too…"});
}

TEST_CASE("table: it is no wider than it is told", "[app]") {
  for (std::size_t width = 5; width < 60; ++width)
    for (const auto& line : small_table().lines(width)) {
      INFO(width << ": " << line);
      CHECK(text_width(line) <= width);
    }
}

TEST_CASE("table: strangers' texts are one line and move nothing", "[app]") {
  text_table table{{{"TOPIC"}, {"PEERS", true}}};
  table.add({"a\nb\tc\x1b[2J", "3"});
  CHECK(table.lines()
        == lines{"TOPIC               PEERS", "a\\x0ab\\x09c\\x1b[2J      3"});
}

} // namespace
} // namespace grapevine::app
