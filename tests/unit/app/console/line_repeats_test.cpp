#include "app/console/line_repeats.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

using namespace std::chrono_literals;
using lines = std::vector<std::string>;

// A log that counts, and what it has written.
class counting_log {
public:
  explicit counting_log(const line_repeats::options& o = {}) : repeats_{o} {}

  void log(const std::string& text, int level = 2) {
    if (repeats_.take(level, text, now_, say_))
      written.push_back(text);
  }

  void pass(std::chrono::nanoseconds time) { now_ += time; }
  void look() { repeats_.due(now_, say_); }
  void end() { repeats_.all(say_); }
  bool counting() const { return repeats_.counting(); }

  lines written;

private:
  say_repeated say_ = [this](const repeated_line& line) {
    written.push_back(line.text + " x" + std::to_string(line.count) + " in "
                      + std::to_string(line.within.count()));
  };
  line_repeats repeats_;
  time_point now_;
};

TEST_CASE("line repeats: a line is written, and what is like it counted",
          "[app]") {
  counting_log f;
  for (int i = 0; i < 38; ++i) {
    f.log("a");
    f.log("b");
    f.pass(100ms);
  }
  CHECK(f.written == lines{"a", "b"});
  CHECK(f.counting());
  f.pass(10s);
  f.look();
  CHECK(f.written == lines{"a", "b", "a x37 in 4", "b x37 in 4"});
  CHECK_FALSE(f.counting());
}

TEST_CASE("line repeats: a line of another level is another one", "[app]") {
  counting_log f;
  f.log("a", 2);
  f.log("a", 3);
  CHECK(f.written == lines{"a", "a"});
}

TEST_CASE("line repeats: a line that comes after the time is written",
          "[app]") {
  counting_log f;
  f.log("a");
  f.pass(10s);
  f.log("a");
  CHECK(f.written == lines{"a", "a"});
}

TEST_CASE("line repeats: one that goes on is a count every ten seconds",
          "[app]") {
  counting_log f;
  for (int i = 0; i < 61; ++i) {
    f.log("a");
    f.pass(500ms);
  }
  CHECK(f.written == lines{"a", "a x19 in 10", "a x20 in 10", "a x20 in 10"});
}

TEST_CASE("line repeats: another line says what is due", "[app]") {
  counting_log f;
  f.log("a");
  f.log("a");
  f.pass(10s);
  f.log("b");
  CHECK(f.written == lines{"a", "a x1 in 1", "b"});
}

TEST_CASE("line repeats: nothing that was counted is lost at the end",
          "[app]") {
  counting_log f;
  f.log("a");
  f.log("a");
  f.end();
  CHECK(f.written == lines{"a", "a x1 in 1"});
  f.end();
  f.log("a");
  CHECK(f.written == lines{"a", "a x1 in 1", "a"});
}

TEST_CASE("line repeats: many lines are all written, and their counts kept",
          "[app]") {
  counting_log f{{10s, 2}};
  f.log("a");
  f.log("a");
  f.pass(1ns);
  for (const auto* text : {"b", "c", "d"})
    f.log(text);
  CHECK(f.written == lines{"a", "b", "a x1 in 1", "c", "d"});
}

} // namespace
} // namespace grapevine::app
