#include "app/console/terminal_text.hpp"

#include <catch2/catch.hpp>

#include <string>

using grapevine::app::for_terminal;
using namespace std::string_literals;

TEST_CASE("terminal text: what is harmless stays as it is", "[app]") {
  for (const auto* text :
       {"", "plain", "{\"a\": [1, \"\\u001b\"]}", "tab\there", "äöü ß €",
        "日本語", "🍇", "back\\slash"})
    CHECK(for_terminal(text) == text);
}

TEST_CASE("terminal text: control characters do nothing", "[app]") {
  CHECK(for_terminal("\x1b[31mred\x1b]0;title\x07")
        == "\\x1b[31mred\\x1b]0;title\\x07");
  CHECK(for_terminal("two\nlines\r") == "two\\x0alines\\x0d");
  CHECK(for_terminal("nul\0"s) == "nul\\x00");
  CHECK(for_terminal("\x7f") == "\\u007f");
  // CSI as one character, which some terminals accept.
  CHECK(for_terminal("\xc2\x9b"
                     "31m")
        == "\\u009b31m");
}

TEST_CASE("terminal text: nothing turns the line around or breaks it",
          "[app]") {
  CHECK(for_terminal("a\u202eb") == "a\\u202eb");
  CHECK(for_terminal("\u2066\u200f\u061c") == "\\u2066\\u200f\\u061c");
  CHECK(for_terminal("\u2028") == "\\u2028");
}

TEST_CASE("terminal text: bytes that are no UTF-8 are shown as such", "[app]") {
  CHECK(for_terminal("\xff") == "\\xff");
  CHECK(for_terminal("\x9b"
                     "31m")
        == "\\x9b31m");
  CHECK(for_terminal("cut \xe2\x82") == "cut \\xe2\\x82");
  CHECK(for_terminal("\xc0\x9b") == "\\xc0\\x9b");          // too long
  CHECK(for_terminal("\xe0\x82\x9b") == "\\xe0\\x82\\x9b"); // likewise
  CHECK(for_terminal("\xed\xa0\x80") == "\\xed\\xa0\\x80"); // a surrogate
  CHECK(for_terminal("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
}
