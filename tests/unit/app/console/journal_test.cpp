#include "app/console/journal.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

TEST_CASE("journal: only the file that the variable names is it", "[app]") {
  struct stat file {};
  file.st_dev = 8;
  file.st_ino = 12345;
  CHECK(is_journal("8:12345", file));
  for (const auto* other : {"", "8:1234", "8:123456", "9:12345", "8",
                            "8:12345 ", "08:12345", ":", "-1:-1"})
    CHECK_FALSE(is_journal(other, file));
}

TEST_CASE("journal: what is more serious has a lower number", "[app]") {
  using namespace spdlog::level;
  CHECK(journal_prefix(critical) == "<2>");
  CHECK(journal_prefix(err) == "<3>");
  CHECK(journal_prefix(warn) == "<4>");
  CHECK(journal_prefix(info) == "<6>");
  CHECK(journal_prefix(debug) == "<7>");
  CHECK(journal_prefix(spdlog::level::trace) == "<7>");
}

} // namespace
} // namespace grapevine::app
