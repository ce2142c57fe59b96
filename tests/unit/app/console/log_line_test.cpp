#include "app/console/log_line.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace grapevine::app {
namespace {

using nlohmann::json;

constexpr auto time_text = "2026-01-31T12:00:00.000+00:00";

std::string line_of(std::string_view text) {
  return json_log_line(time_text, spdlog::level::warn, text);
}

json read(std::string_view text) {
  return json::parse(line_of(text));
}

TEST_CASE("log line: what it names is a field of its own", "[app]") {
  CHECK(line_of("message rejected: bad peer=12D3KooW topic=\"news of a=b\"")
        == "{\"time\":\"2026-01-31T12:00:00.000+00:00\",\"level\":\"warn\","
           "\"event\":\"message rejected: bad\",\"peer\":\"12D3KooW\","
           "\"topic\":\"news of a=b\"}");
  const auto late = read("heartbeat late_ms=300: the machine is overloaded");
  CHECK(late["event"] == "heartbeat: the machine is overloaded");
  CHECK(late["late_ms"] == 300);
  CHECK(read("lost: on addr=/ip4/1.2.3.4/tcp/1; trying again")["addr"]
        == "/ip4/1.2.3.4/tcp/1");
  CHECK(read("score=-1.50 graylisted=true")
        == json{{"time", time_text},
                {"level", "warn"},
                {"event", ""},
                {"score", -1.5},
                {"graylisted", true}});
}

TEST_CASE("log line: what is quoted is a text", "[app]") {
  CHECK(read("t topic=\"17\"")["topic"] == "17");
  CHECK(read("t topic=\"true\"")["topic"] == "true");
}

TEST_CASE("log line: what only looks like a number is a text", "[app]") {
  for (const std::string text :
       {"007", "1.2.3", "12345678901234567890", "0x10", "1e5", "inf", "-"})
    CHECK(read("t a=" + text)["a"] == text);
  CHECK(read("t a=0 b=0.25 c=-3")["b"] == 0.25);
}

TEST_CASE("log line: nothing within quotes is a field", "[app]") {
  const auto line = read("identified peer=1a agent=\"x peer=2b addr=3c\"");
  CHECK(line["peer"] == "1a");
  CHECK(line["agent"] == "x peer=2b addr=3c");
  CHECK_FALSE(line.contains("addr"));
  CHECK(read("unknown key \"a b=c\" d=e")["event"] == "unknown key \"a b=c\"");
  CHECK(read("an open \"quotation a=b")["event"] == "an open \"quotation a=b");
}

TEST_CASE("log line: no field takes the place of another", "[app]") {
  const auto line = read("a addr=1 addr=2 level=3 event=4 more=5");
  CHECK(line["addr"] == 1);
  CHECK(line["level"] == "warn");
  CHECK(line["event"] == "a addr=2 level=3 event=4 more=5");
  CHECK_FALSE(line.contains("more"));
}

TEST_CASE("log line: it is JSON on one line whatever its bytes are", "[app]") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte)
    all += static_cast<char>(byte);
  const std::vector<std::string> texts{all,
                                       "topic=\"" + all + '"',
                                       "a\xff=\"\xc2\x9b\n\"",
                                       "peer=" + all,
                                       "",
                                       "=\"",
                                       "a=\"",
                                       "a="};
  for (const auto& text : texts) {
    const auto line = line_of(text);
    CHECK(json::accept(line));
    CHECK(line.find_first_of("\n\r\x1b") == std::string::npos);
    CHECK(line.find("\xc2\x9b") == std::string::npos);
  }
}

TEST_CASE("log line: repeats are numbers", "[app]") {
  const auto line = json::parse(json_log_line(
      time_text, spdlog::level::err, "a b=1", {37, std::chrono::seconds{10}}));
  CHECK(line["event"] == "a");
  CHECK(line["level"] == "error");
  CHECK(line["more"] == 37);
  CHECK(line["seconds"] == 10);
}

TEST_CASE("log line: for people it is one line that a terminal can show",
          "[app]") {
  CHECK(plain_log_text("a\nb\x1b[31m peer=ä") == "a\\x0ab\\x1b[31m peer=ä");
  CHECK(plain_log_text("a b=1", {37, std::chrono::seconds{10}})
        == "a b=1 ... 37 more in 10 s");
}

} // namespace
} // namespace grapevine::app
