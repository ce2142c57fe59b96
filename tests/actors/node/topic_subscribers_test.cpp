#include "actors/node/topic_subscribers.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

namespace {

struct subscribers_fixture {
  using outcome = topic_subscribers::outcome;

  virtual_system sys;
  recorder<message_delivered> one{sys.sys()};
  recorder<message_delivered> other{sys.sys()};
  topic_subscribers topics;
};

} // namespace

TEST_CASE("topic subscribers: the first joins the topic, the last leaves it, "
          "which is then forgotten") {
  subscribers_fixture f;
  using enum topic_subscribers::outcome;
  CHECK(f.topics.add("t", {f.one.actor(), false}) == added);
  CHECK(f.topics.add("t", {f.other.actor(), true}) == added);
  const auto both = f.topics.settle("t");
  CHECK(both.joined);
  REQUIRE(both.subscribers.size() == 2);
  CHECK_FALSE(both.subscribers[0].batches);
  CHECK(both.subscribers[1].batches);
  CHECK(f.topics.remove("t", f.one.actor()));
  CHECK(f.topics.settle("t").joined);
  CHECK(f.topics.remove("t", f.other.actor()));
  const auto none = f.topics.settle("t");
  CHECK_FALSE(none.joined);
  CHECK(none.topic == "t");
  CHECK(none.subscribers.empty());
  CHECK(f.topics.size() == 0);
}

TEST_CASE("topic subscribers: asking again changes the form, or nothing") {
  subscribers_fixture f;
  using enum topic_subscribers::outcome;
  CHECK(f.topics.add("t", {f.one.actor(), false}) == added);
  CHECK(f.topics.add("t", {f.one.actor(), false}) == unchanged);
  CHECK(f.topics.add("t", {f.one.actor(), true}) == changed);
  const auto known = f.topics.settle("t");
  REQUIRE(known.subscribers.size() == 1);
  CHECK(known.subscribers[0].batches);
}

TEST_CASE("topic subscribers: a pinned topic needs none") {
  subscribers_fixture f;
  f.topics.pin("t", true);
  CHECK(f.topics.settle("t").joined);
  f.topics.add("t", {f.one.actor(), false});
  f.topics.remove("t", f.one.actor());
  CHECK(f.topics.settle("t").joined);
  f.topics.pin("t", false);
  CHECK_FALSE(f.topics.settle("t").joined);
  CHECK(f.topics.size() == 0);
}

TEST_CASE("topic subscribers: whoever has ended is one of no topic, and of "
          "which it was is told") {
  subscribers_fixture f;
  f.topics.add("t", {f.one.actor(), false});
  f.topics.add("u", {f.one.actor(), false});
  f.topics.add("u", {f.other.actor(), false});
  f.topics.add("v", {f.other.actor(), false});
  CHECK(f.topics.remove(f.one.actor().address())
        == std::vector<std::string>{"t", "u"});
  CHECK_FALSE(f.topics.settle("t").joined);
  CHECK(f.topics.settle("u").subscribers.size() == 1);
  CHECK(f.topics.settle("v").joined);
}

TEST_CASE("topic subscribers: whoever is none cannot leave") {
  subscribers_fixture f;
  CHECK_FALSE(f.topics.remove("t", f.one.actor()));
  f.topics.add("t", {f.one.actor(), false});
  CHECK_FALSE(f.topics.remove("t", f.other.actor()));
  CHECK_FALSE(f.topics.settle("another").joined);
}
