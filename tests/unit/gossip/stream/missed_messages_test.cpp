#include "gossip/stream/missed_messages.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

using grapevine::time_point;
using namespace grapevine::gossip;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {
constexpr time_point start{1h};
} // namespace

TEST_CASE("missed messages: are told by topic, each once", "[gossip][missed]") {
  missed_messages missed;
  missed.add(*message_named("1", "a"), start);
  missed.add(*message_named("2", "b"), start);
  missed.add(*message_named("3", "a"), start);
  const auto told = missed.take(start + 1s, 4s);
  REQUIRE(told.size() == 2);
  CHECK(told[0].topic == "a");
  CHECK(told[0].ids == std::vector<std::string>{"1", "3"});
  CHECK(told[1].ids == std::vector<std::string>{"2"});
  CHECK(missed.empty());
  CHECK(missed.take(start + 1s, 4s).empty());
}

TEST_CASE("missed messages: what nobody can ask for any longer is not told",
          "[gossip][missed]") {
  missed_messages missed;
  missed.add(*message_named("old", "a"), start);
  missed.add(*message_named("new", "a"), start + 3s);
  const auto told = missed.take(start + 5s, 4s);
  REQUIRE(told.size() == 1);
  CHECK(told[0].ids == std::vector<std::string>{"new"});
}

TEST_CASE("missed messages: of too many the newest are kept",
          "[gossip][missed]") {
  missed_messages missed{2};
  for (const auto* name : {"1", "2", "3"})
    missed.add(*message_named(name, "a"), start);
  CHECK(missed.size() == 2);
  CHECK(missed.take(start, 1s).at(0).ids == std::vector<std::string>{"2", "3"});
}
