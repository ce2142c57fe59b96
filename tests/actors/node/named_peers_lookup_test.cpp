// When names are asked for again, and what is said of them.
#include "tests/support/names_fixture.hpp"

#include <catch2/catch.hpp>

#include <utility>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;
using Catch::Contains;

// -- when ---------------------------------------------------------------------

TEST_CASE(
    "named peers: a name is asked for as long as its records hold, within "
    "bounds and not in step") {
  struct {
    std::chrono::seconds ttl;
    std::chrono::milliseconds least;
    std::chrono::milliseconds most;
  } const each[] = {
      {0s, 5s, 6'250ms},
      {30s, 30s, 37'500ms},
      {3'600s, 60s, 75s},
      {std::chrono::seconds{0x7fffffff}, 60s, 75s},
  };
  for (const auto& one : each) {
    std::set<std::chrono::nanoseconds> pauses;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      names_fixture f{seed};
      f.answer(names_fixture::numbers(1, 3, one.ttl));
      const auto pause = f.names.next().value() - f.now;
      CHECK(pause >= one.least);
      CHECK(pause <= one.most);
      pauses.insert(pause);
    }
    CHECK(pauses.size() > 10);
  }
}

TEST_CASE("named peers: after failures the pauses double, and begin anew") {
  names_fixture f;
  for (auto full = 1'000ms; full < 60s; full *= 2) {
    f.answer(trouble("nobody answers", false));
    const auto pause = f.names.next().value() - f.now;
    CHECK(pause >= full / 2);
    CHECK(pause <= full);
  }
  f.answer(trouble("nobody answers", false));
  CHECK(f.names.next().value() - f.now >= 30s);
  f.answer_has(1, 3);
  f.answer(trouble("nobody answers", false));
  CHECK(f.names.next().value() - f.now <= 1s);
}

TEST_CASE("named peers: whoever is lost may be somewhere else already") {
  names_fixture f;
  f.answer(names_fixture::numbers(1, 3, 60s));
  f.connect(1);
  f.now += 2s;
  f.use(f.names.lost(numbered_address(1), f.now, f.gen));
  CHECK(f.names.next() == f.now + 3s);
  f.answer(names_fixture::numbers(1, 3, 60s));
  f.connect(1);
  f.now += 30s;
  f.use(f.names.lost(numbered_address(1), f.now, f.gen));
  CHECK(f.names.next() == f.now);
}

// -- what people see ----------------------------------------------------------

TEST_CASE("named peers: it is said when it is another thing with a name than "
          "before") {
  names_fixture f;
  auto got = f.answer_has(1, 3);
  CHECK(got.good);
  CHECK(got.news == "a name's peers are found: it has 3 addresses");
  CHECK_FALSE(f.answer_has(1, 4).news);
  got = f.answer(trouble("there is no such name", true));
  CHECK_FALSE(got.good);
  REQUIRE(got.news);
  CHECK_THAT(*got.news,
             Contains("a name's peers are not found: there is no such name; "
                      "check how it is written"));
  CHECK_FALSE(f.answer(trouble("there is no such name", true)).news);
  got = f.answer(trouble("no name server answers in time", false));
  REQUIRE(got.news);
  CHECK_THAT(*got.news, Contains("in time; check that the name server"));
  auto some = names_fixture::numbers(1, 3);
  some.problems = {"a record has no address"};
  got = f.answer(some);
  CHECK_FALSE(got.good);
  CHECK(got.news
        == "not all records of a name are of use: a record has no address");
  CHECK(f.who().size() == 3);
  got = f.answer_has(1, 3);
  CHECK(got.good);
  CHECK(got.news);
}

TEST_CASE(
    "named peers: a name shows whether anybody is connected, and why not") {
  names_fixture f;
  f.answer_has(1, 3);
  REQUIRE(f.names.list().size() == 1);
  CHECK(f.names.list()[0].address == peers_name);
  CHECK_FALSE(f.names.list()[0].connected);
  f.connect(2);
  CHECK(f.names.list()[0].connected);
  f.answer(trouble("nobody answers", false));
  f.answer(trouble("nobody answers", false));
  const auto shown = f.names.list()[0];
  CHECK(shown.failures == 2);
  CHECK_THAT(shown.trouble, Contains("nobody answers"));
}
