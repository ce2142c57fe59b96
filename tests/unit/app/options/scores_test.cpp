#include "app/options/assignments.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using given_values = std::map<std::string, std::vector<std::string>>;

assignments given_by(const given_values& texts) {
  assignments result;
  for (const auto& [name, values] : texts)
    result[name] = {values, "--" + name};
  return result;
}

gossip::scoring scoring_of(const given_values& texts) {
  const auto made = make_settings(given_by(texts));
  INFO((made ? "" : made.error().text));
  REQUIRE(made);
  return {made->score, made->params.thresholds};
}

std::string refusal_of(const given_values& texts) {
  const auto made = make_settings(given_by(texts));
  const auto why = error_of(made);
  CHECK(why.code == usage_failure);
  return why.text;
}

// The options that stand in for a number of the profile.
std::vector<const option*> profile_options() {
  std::vector<const option*> found;
  for (const auto& known : all_options())
    if (known.fallback.starts_with("the profile's"))
      found.push_back(&known);
  return found;
}

TEST_CASE("scores: the standard profile is the default", "[app]") {
  const auto made = make_settings({});
  REQUIRE(made);
  CHECK(made->score_profile == gossip::score_profile::standard);
  CHECK(profile_options().size() == 15);
  // What the profile says is left to it.
  for (const auto* known : profile_options()) {
    INFO(known->name);
    CHECK(known->show(*made).empty());
  }
  CHECK(find_option("gossip-threshold")->fallback
        == "the profile's, standard: -10");
  CHECK(find_option("behaviour-decay")->fallback.ends_with("s"));
}

TEST_CASE("scores: each number changes what it is named after", "[app]") {
  for (const auto* known : profile_options()) {
    INFO(known->name);
    const bool time = known->kind == option_kind::duration
                      || known->kind == option_kind::decay;
    const std::string text = time ? "77s" : "77";
    settings s;
    REQUIRE(known->set(s, text));
    for (const auto* other : profile_options())
      CHECK((other->show(s) == std::vector{text}) == (other == known));
  }
}

TEST_CASE("scores: single numbers win over the profile", "[app]") {
  const auto made = scoring_of({{"behaviour-weight", {"-3"}},
                                {"behaviour-decay", {"1m"}},
                                {"gossip-threshold", {"-20"}},
                                {"colocation-threshold", {"5"}},
                                {"colocation-whitelist", {"192.0.2.0/24"}},
                                {"score-profile", {"standard"}}});
  const auto standard = gossip::scoring_of(gossip::score_profile::standard);
  CHECK(made.parameters.behaviour.weight == -3);
  CHECK(made.parameters.behaviour.decay == gossip::decay_for(1min));
  CHECK(made.parameters.behaviour.threshold
        == standard.parameters.behaviour.threshold);
  CHECK(made.thresholds.gossip == -20);
  CHECK(made.thresholds.graylist == standard.thresholds.graylist);
  CHECK(made.parameters.colocation.threshold == 5);
  CHECK(made.parameters.colocation.whitelist.size()
        == standard.parameters.colocation.whitelist.size() + 1);
}

TEST_CASE("scores: a topic differs from the others", "[app]") {
  const auto made = scoring_of(
      {{"score-topic", {"news: weight=0.5", "weather: time-in-mesh-cap=7"}},
       {"score-other-topics", {"invalid-messages-weight=-5"}}});
  const auto standard = *gossip::scoring_of(gossip::score_profile::standard)
                             .parameters.default_topic;
  const auto& p = made.parameters;
  CHECK(p.default_topic->invalid_messages.weight == -5);
  CHECK(p.default_topic->first_deliveries.cap == standard.first_deliveries.cap);
  CHECK(p.topics.at("news").weight == 0.5);
  CHECK(p.topics.at("news").invalid_messages.weight == -5);
  CHECK(p.topics.at("weather").weight == standard.weight);
  CHECK(p.topics.at("weather").time_in_mesh.cap == 7);
}

TEST_CASE("scores: without a profile, only what is named counts", "[app]") {
  const auto made = scoring_of({{"score-profile", {"off"}},
                                {"score-topic",
                                 {"news: invalid-messages-weight=-1 "
                                  "invalid-messages-decay=10m"}}});
  CHECK_FALSE(made.parameters.default_topic);
  const auto& news = made.parameters.topics.at("news");
  CHECK(news.invalid_messages.weight == -1);
  CHECK(news.first_deliveries.weight == 0);
}

TEST_CASE("scores: Ethereum's topics by their fork digest", "[app]") {
  const std::string block = "/eth2/6a95a1a9/beacon_block/ssz_snappy";
  const auto made = scoring_of({{"score-profile", {"ethereum"}},
                                {"ethereum-fork-digest", {"6a95a1a9"}},
                                {"ethereum-validators", {"500000"}},
                                {"score-topic", {block + ": weight=0.8"}}});
  const auto& own = made.parameters.topics.at(block);
  CHECK(own.weight == 0.8);
  // The rest is the profile's for that topic.
  CHECK(own.mesh_deliveries.weight < 0);
  CHECK_THAT(refusal_of({{"ethereum-fork-digest", {"6a95a1a9"}}}),
             Contains("--ethereum-fork-digest needs --score-profile ethereum"));
  CHECK_THAT(refusal_of({{"score-profile", {"ethereum"}},
                         {"ethereum-validators", {"0"}}}),
             Contains("--ethereum-validators: \"0\": must be at least 1"));
  // A node without a mesh has the scores of one with a mesh.
  scoring_of({{"score-profile", {"ethereum"}},
              {"mesh-d", {"0"}},
              {"mesh-dlo", {"0"}},
              {"mesh-dhi", {"0"}},
              {"mesh-dout", {"0"}}});
}

TEST_CASE("scores: broken rules name the options", "[app]") {
  CHECK(refusal_of({{"gossip-threshold", {"1"}}})
        == "--gossip-threshold is 1 but must not exceed a neutral score, which "
           "is 0");
  CHECK(refusal_of({{"graylist-threshold", {"-5"}}})
        == "--graylist-threshold is -5 but must not exceed "
           "--publish-threshold, which is -50");
  CHECK_THAT(refusal_of({{"behaviour-weight", {"1"}}}),
             Contains("--behaviour-weight is 1 but must"));
  CHECK_THAT(refusal_of({{"behaviour-decay", {"2"}}}),
             Contains("--behaviour-decay is 2 but must be greater than 0 and "
                      "less than 1"));
  CHECK_THAT(refusal_of({{"colocation-threshold", {"0"}}}),
             Contains("--colocation-threshold is 0 but must"));
}

TEST_CASE("scores: broken rules of a topic name it", "[app]") {
  CHECK(refusal_of({{"score-topic", {"a: weight=1", "news: weight=-1"}}})
        == "--score-topic: \"news: weight=-1\": weight is -1 but must be a "
           "finite number that is not negative");
  CHECK_THAT(refusal_of({{"score-topic",
                          {"news: mesh-deliveries-weight=-1 "
                           "mesh-deliveries-decay=1m mesh-deliveries-cap=5 "
                           "mesh-deliveries-threshold=6"}}}),
             Contains("mesh-deliveries-threshold is 6 but must not exceed "
                      "mesh-deliveries-cap, which is 5"));
  CHECK_THAT(refusal_of({{"score-other-topics", {"first-deliveries-decay=1"}}}),
             Contains("--score-other-topics: \"first-deliveries-decay=1\": "
                      "first-deliveries-decay is 1 but must"));
  // Only what is a number of a topic is called as such.
  CHECK_THAT(refusal_of({{"score-other-topics", {"mesh-failures-decay=7"}}}),
             Contains("mesh-failures-decay is 7 but must not exceed a whole, "
                      "which is 1"));
  CHECK(refusal_of({{"score-topic", {"news: weight=1", "news: weight=2"}}})
        == "--score-topic: \"news\" is there twice; say all of a topic at "
           "once");
}

} // namespace
} // namespace grapevine::app
