#include "app/options/topic_scores.hpp"
#include "tests/unit/app/options/value_checks.hpp"

namespace grapevine::app {
namespace {

using namespace std::chrono_literals;

TEST_CASE("topic scores: what is different in a topic", "[app]") {
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

TEST_CASE("topic scores: every number of a topic can be named", "[app]") {
  for (const auto& row : topic_score_rows()) {
    INFO(row.name);
    const bool time = row.kind == option_kind::duration;
    check_kept<topic_score_changes>(row.name + (time ? "=2s" : "=1"));
  }
}

TEST_CASE("topic scores: each number changes what it is named after", "[app]") {
  const gossip::score_parameters all;
  for (const auto& row : topic_score_rows()) {
    INFO(row.name);
    const bool time =
        row.kind == option_kind::duration || row.kind == option_kind::decay;
    const std::string text = time ? "77s" : "77";
    const scored_topic topic{changed({{}, &all}, {{{row.name, text}}}), &all};
    for (const auto& other : topic_score_rows())
      CHECK((other.show(topic) == std::vector{text})
            == (other.name == row.name));
  }
}

TEST_CASE("topic scores: counters fade as often as all scores have it",
          "[app]") {
  gossip::score_parameters all;
  all.decay_interval = 12s;
  const auto topic = changed({{}, &all}, {{{"mesh-failures-decay", "600s"}}});
  CHECK(topic.mesh_failures.decay == gossip::decay_for(10min, 12s));
}

TEST_CASE("topic scores: a topic may have any name", "[app]") {
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
