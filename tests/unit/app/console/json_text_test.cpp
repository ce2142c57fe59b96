#include "app/console/json_text.hpp"
#include "app/console/utf8.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <random>

namespace grapevine::app {
namespace {

using nlohmann::json;

std::string json_of(std::string_view text) {
  std::string out = "before ";
  append_json_string(out, text);
  return out.substr(7);
}

std::string of_library(std::string_view text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

bool is_utf8_to_library(std::string_view text) {
  try {
    return !json(text).dump().empty();
  } catch (const json::type_error&) {
    return false;
  }
}

TEST_CASE("json text: a string is as the library writes it", "[app]") {
  CHECK(json_of("") == "\"\"");
  CHECK(json_of("a\"b\\c\n") == R"("a\"b\\c\n")");
  std::string every;
  for (int c = 0; c < 128; ++c)
    every += static_cast<char>(c);
  CHECK(json_of(every) == of_library(every));
  // Wherever it stands among those that are looked at together.
  for (std::size_t at = 0; at < 20; ++at)
    for (const char c :
         {'\0', '\x1f', ' ', '!', '"', '#', '[', '\\', ']', '\x7f'}) {
      std::string text(20, 'a');
      text[at] = c;
      CHECK(json_of(text) == of_library(text));
    }
}

TEST_CASE("json text: UTF-8 stays, what is none is replaced", "[app]") {
  CHECK(json_of("h\xc3\xa9llo") == "\"h\xc3\xa9llo\"");
  CHECK(json_of("\xff") == "\"\xef\xbf\xbd\"");
}

TEST_CASE("json text: whatever the bytes are, the library agrees", "[app]") {
  std::mt19937 random{11};
  const std::vector<std::string> pieces{"a",
                                        "plain text ",
                                        "\"",
                                        "\n",
                                        "\x01",
                                        "\xc3\xa9",
                                        "\xe2\x82\xac",
                                        "\xf0\x9f\x98\x80",
                                        "\xc0\x80",
                                        "\xed\xa0\x80",
                                        "\xf4\x90\x80\x80",
                                        "\xe2\x82",
                                        "\x80",
                                        "\xf5\x80\x80\x80",
                                        "\xe0\x80\x80",
                                        "\xf4\x8f\xbf\xbf",
                                        "\xef\xbf\xbf"};
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (auto left = random() % 12; left > 0; --left) {
      // Few of them, so that many texts have nothing bad.
      const auto good = random() % 8 != 0;
      text += pieces[random() % (good ? 8 : pieces.size())];
    }
    CAPTURE(text);
    REQUIRE(is_utf8(text) == is_utf8_to_library(text));
    REQUIRE(json_of(text) == of_library(text));
  }
}

} // namespace
} // namespace grapevine::app
