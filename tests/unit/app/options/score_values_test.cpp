#include "app/options/score_numbers.hpp"
#include "app/options/score_values.hpp"
#include "tests/unit/app/options/value_checks.hpp"

namespace grapevine::app {
namespace {

using namespace std::chrono_literals;

TEST_CASE("score values: profiles", "[app]") {
  for (const auto& name : value_text<gossip::score_profile>::choices())
    check_kept<gossip::score_profile>(name);
  check_error<gossip::score_profile>("mild",
                                     "must be off, standard or ethereum");
}

TEST_CASE("score values: a fork digest is eight hexadecimal digits", "[app]") {
  check_kept<fork_digest>("6a95a1a9");
  for (const auto* bad : {"", "6a95a1a", "6A95A1A9", "0x6a95a1", "6a95a1a99"})
    check_error<fork_digest>(bad, "must be 8 digits");
}

TEST_CASE("score values: a counter fades in a time or by a factor", "[app]") {
  check_kept<fading>("600s");
  check_kept<fading>("0.95");
  const gossip::score_parameters p;
  CHECK(value_of<fading>("10m").factor(p) == gossip::decay_for(10min));
  CHECK(value_of<fading>("0.95").factor(p) == 0.95);
  for (const auto* bad : {"", "x", "-1s", "10 m"})
    check_error<fading>(bad, "must be the time in which it fades, such as 10m");
}

TEST_CASE("score values: a factor is told as the time that it stands for",
          "[app]") {
  gossip::score_parameters p;
  p.decay_interval = 12s;
  const auto factor = gossip::decay_for(10min, 12s);
  CHECK(value_text<fading>::format(fading::of(factor, p)) == "600s");
  CHECK(value_text<fading>::format(fading::of(0, p)) == "0");
}

TEST_CASE("score values: what is different in a topic", "[app]") {
  const auto read =
      value_of<topic_score_changes>(" weight=0.50  first-deliveries-decay=10m");
  CHECK(value_text<topic_score_changes>::format(read)
        == "weight=0.5 first-deliveries-decay=600s");
  check_error<topic_score_changes>("", "such as weight=0.5");
  check_error<topic_score_changes>(
      "wieght=1", "there is no \"wieght\" in a topic's score; the nearest is "
                  "\"weight\"");
  check_error<topic_score_changes>("weight", "write it as weight=VALUE");
  check_error<topic_score_changes>("weight=", "weight=\"\": must be a number");
  check_error<topic_score_changes>("time-in-mesh-quantum=soon",
                                   "must be a time such as 700ms");
  check_error<topic_score_changes>("weight=1 weight=2",
                                   "weight is given twice");
}

TEST_CASE("score values: every number of a topic can be named", "[app]") {
  for (const auto& number : topic_score_numbers()) {
    INFO(number.name);
    const auto text =
        number.name + (number.placeholder == "TIME" ? "=2s" : "=1");
    check_kept<topic_score_changes>(text);
  }
}

TEST_CASE("score values: a topic may have any name", "[app]") {
  for (const auto* good : {"news: weight=0.5", "a b: weight=1",
                           "weight=1: weight=1", "a: b: weight=1"})
    check_kept<named_topic_score>(good);
  CHECK(value_of<named_topic_score>("a: b: weight=1").topic.text == "a: b");
  for (const auto* bad : {"", "news", "news weight=1", "news:weight=1"})
    check_error<named_topic_score>(bad, "such as news: weight=0.5");
  check_error<named_topic_score>(": weight=1", "must have a name");
  check_error<named_topic_score>("news: ", "such as weight=0.5");
}

} // namespace
} // namespace grapevine::app
