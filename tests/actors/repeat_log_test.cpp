#include "actors/repeat_log.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace grapevine;
using namespace std::chrono_literals;

namespace {

struct logging {
  bool first(const std::string& what) { return log.first(what, now); }

  // What is said after some time.
  std::vector<std::pair<std::string, std::size_t>>
  due(std::chrono::nanoseconds after) {
    std::vector<std::pair<std::string, std::size_t>> said;
    now += after;
    log.due(
        now,
        [&](const std::string& what, std::size_t count) {
          said.emplace_back(what, count);
        },
        [&](std::size_t count) { said.emplace_back("others", count); });
    return said;
  }

  repeat_log<std::string> log{{60s, 2}};
  time_point now{1h};
};

using lines = std::vector<std::pair<std::string, std::size_t>>;

} // namespace

TEST_CASE("repeat log: each thing is said once, and then how often it happened "
          "since") {
  logging f;
  CHECK(f.first("a"));
  for (int i = 0; i < 37; ++i)
    CHECK_FALSE(f.first("a"));
  CHECK(f.first("b"));
  CHECK(f.due(59s).empty());
  CHECK(f.due(1s) == lines{{"a", 37}});
  CHECK(f.due(59s).empty());
  CHECK_FALSE(f.first("a"));
  CHECK(f.due(1s) == lines{{"a", 1}});
}

TEST_CASE("repeat log: it knows whether something is left to be said") {
  repeat_log<std::string> log{{.pause = 60s, .most = 1}};
  const auto say = [&] {
    log.due(
        time_point{} + 60s, [](const auto&, std::size_t) {},
        [](std::size_t) {});
  };
  log.first("a", {});
  CHECK_FALSE(log.has_unsaid());
  log.first("a", {});
  CHECK(log.has_unsaid());
  say();
  CHECK_FALSE(log.has_unsaid());
  log.first("b", {});
  CHECK(log.has_unsaid());
  say();
  CHECK_FALSE(log.has_unsaid());
}

TEST_CASE("repeat log: what has not happened for a pause is new again") {
  logging f;
  CHECK(f.first("a"));
  CHECK(f.due(60s).empty());
  CHECK(f.first("a"));
}

TEST_CASE("repeat log: of too many things the others are only counted") {
  logging f;
  CHECK(f.first("a"));
  CHECK(f.first("b"));
  for (const auto* what : {"c", "d", "c"})
    CHECK_FALSE(f.first(what));
  CHECK(f.due(1s) == lines{{"others", 3}});
  CHECK_FALSE(f.first("c"));
  CHECK(f.due(1s).empty());
  CHECK(f.due(59s) == lines{{"others", 1}});
  CHECK(f.first("c"));
}
