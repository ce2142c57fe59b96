#include "gossip/score/score_parameters.hpp"
#include "gossip/score/score_profiles.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

using namespace grapevine::gossip;
using namespace std::chrono_literals;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

// Parameters of which every part counts.
score_parameters all_parts() {
  topic_score_parameters topic;
  topic.time_in_mesh = {.weight = 0.1, .quantum = 1s, .cap = 10};
  topic.first_deliveries = {.weight = 1, .decay = 0.9, .cap = 20};
  topic.mesh_deliveries = {.weight = -1,
                           .decay = 0.9,
                           .cap = 10,
                           .threshold = 5,
                           .window = 5ms,
                           .activation = 10s};
  topic.mesh_failures = {.weight = -1, .decay = 0.9};
  topic.invalid_messages = {.weight = -1, .decay = 0.9};
  score_parameters p;
  p.topics.emplace("t", topic);
  p.colocation = {.weight = -1, .threshold = 3, .whitelist = {}};
  p.behaviour = {.weight = -1, .threshold = 0, .decay = 0.9};
  p.slow_peers = {.weight = -1, .threshold = 0, .decay = 0.9};
  return p;
}

// What `validate` says after `change`; empty if all is well.
std::string error_after(const std::function<void(score_parameters&)>& change) {
  auto p = all_parts();
  change(p);
  const auto result = validate(p);
  return result ? "" : result.error().text;
}

std::string
topic_error_after(const std::function<void(topic_score_parameters&)>& change) {
  return error_after([&](auto& p) { change(p.topics.at("t")); });
}

} // namespace

TEST_CASE("score parameters: all parts, none, and the profiles are valid",
          "[score]") {
  CHECK(error_after([](auto&) {}).empty());
  CHECK(validate(score_parameters{}));
  for (const auto profile :
       {score_profile::off, score_profile::standard, score_profile::ethereum}) {
    const auto ready = scoring_of(profile);
    CHECK(validate(ready.parameters));
    parameters router;
    router.thresholds = ready.thresholds;
    CHECK(validate(router));
  }
}

TEST_CASE("score parameters: P1, P2 and P5 reward, the others penalise",
          "[score]") {
  for (const double bad : {-0.1, no_number}) {
    CHECK_FALSE(topic_error_after([&](auto& t) {
                  t.time_in_mesh.weight = bad;
                }).empty());
    CHECK_FALSE(topic_error_after([&](auto& t) {
                  t.first_deliveries.weight = bad;
                }).empty());
    CHECK_FALSE(
        error_after([&](auto& p) { p.application_weight = bad; }).empty());
  }
  for (const double bad : {0.1, no_number}) {
    CHECK_FALSE(topic_error_after([&](auto& t) {
                  t.mesh_deliveries.weight = bad;
                }).empty());
    CHECK_FALSE(topic_error_after([&](auto& t) {
                  t.mesh_failures.weight = bad;
                }).empty());
    CHECK_FALSE(topic_error_after([&](auto& t) {
                  t.invalid_messages.weight = bad;
                }).empty());
    CHECK_FALSE(
        error_after([&](auto& p) { p.colocation.weight = bad; }).empty());
    CHECK_FALSE(
        error_after([&](auto& p) { p.behaviour.weight = bad; }).empty());
  }
  CHECK(topic_error_after([](auto& t) {
          t.invalid_messages.weight = 2;
        }).starts_with("topic 't': invalid_messages_weight (P4) is 2"));
}

TEST_CASE("score parameters: a weight of 0 switches a part off", "[score]") {
  CHECK(topic_error_after([](auto& t) {
          t.mesh_deliveries = {};
          t.mesh_failures = {};
          t.time_in_mesh = {};
        }).empty());
  CHECK(error_after([](auto& p) { p.colocation = {}; }).empty());
}

TEST_CASE("score parameters: one address may have a peer", "[score]") {
  CHECK(error_after([](auto& p) {
          p.colocation.threshold = 0;
        }).starts_with("colocation_threshold (P6) is 0"));
  CHECK(error_after([](auto& p) { p.colocation.threshold = 1; }).empty());
}

TEST_CASE("score parameters: decays are between 0 and 1", "[score]") {
  for (const double bad : {0.0, 1.0, -0.5, 1.5, no_number}) {
    CHECK_FALSE(topic_error_after([&](auto& t) {
                  t.first_deliveries.decay = bad;
                }).empty());
    CHECK_FALSE(topic_error_after([&](auto& t) {
                  t.mesh_deliveries.decay = bad;
                }).empty());
    CHECK_FALSE(topic_error_after([&](auto& t) {
                  t.mesh_failures.decay = bad;
                }).empty());
    CHECK_FALSE(topic_error_after([&](auto& t) {
                  t.invalid_messages.decay = bad;
                }).empty());
    CHECK_FALSE(error_after([&](auto& p) { p.behaviour.decay = bad; }).empty());
    CHECK_FALSE(error_after([&](auto& p) { p.decay_to_zero = bad; }).empty());
  }
  CHECK_FALSE(error_after([](auto& p) { p.decay_interval = 999ms; }).empty());
}

TEST_CASE("score parameters: P3 can reach its threshold", "[score]") {
  CHECK(topic_error_after([](auto& t) {
          t.mesh_deliveries.cap = 4.9;
        }).starts_with("topic 't': mesh_deliveries_threshold (P3) is 5"));
  CHECK(topic_error_after([](auto& t) { t.mesh_deliveries.cap = 5; }).empty());
  CHECK_FALSE(topic_error_after([](auto& t) {
                t.mesh_deliveries.threshold = -1;
              }).empty());
}

TEST_CASE("score parameters: default parameters are checked, too", "[score]") {
  CHECK(error_after([](auto& p) {
          p.default_topic.emplace().weight = -1;
        }).starts_with("default topic: topic_weight is -1"));
}

TEST_CASE("score parameters: a decay from the time in which 1 fades",
          "[score]") {
  const double decay = decay_for(10s);
  double counter = 1;
  for (int i = 0; i < 10; ++i)
    counter *= decay;
  CHECK(counter == Approx(0.01));
  CHECK(decay_for(0s) == 0);
}

TEST_CASE("score parameters: what counts has an amount, and all are finite",
          "[score]") {
  for (const double bad : {0.0, -1.0, infinite, no_number}) {
    CHECK_FALSE(
        topic_error_after([&](auto& t) { t.time_in_mesh.cap = bad; }).empty());
    CHECK_FALSE(topic_error_after([&](auto& t) {
                  t.first_deliveries.cap = bad;
                }).empty());
    CHECK_FALSE(topic_error_after([&](auto& t) {
                  t.mesh_deliveries.threshold = bad;
                }).empty());
  }
  for (const double bad : {-1.0, infinite, no_number}) {
    CHECK_FALSE(topic_error_after([&](auto& t) { t.weight = bad; }).empty());
    CHECK_FALSE(error_after([&](auto& p) { p.topic_cap = bad; }).empty());
    CHECK_FALSE(
        error_after([&](auto& p) { p.behaviour.threshold = bad; }).empty());
    CHECK_FALSE(
        error_after([&](auto& p) { p.slow_peers.threshold = bad; }).empty());
  }
}

TEST_CASE("score parameters: what does not count cannot grow either",
          "[score]") {
  CHECK_FALSE(topic_error_after([](auto& t) {
                t.first_deliveries = {.weight = 0, .decay = 1.5, .cap = 0};
              }).empty());
  CHECK_FALSE(topic_error_after([](auto& t) {
                t.first_deliveries = {.weight = 0, .decay = 0, .cap = -1};
              }).empty());
}

TEST_CASE("score parameters: times", "[score]") {
  CHECK(topic_error_after([](auto& t) { t.time_in_mesh.quantum = 0s; })
        == "topic 't': time_in_mesh_quantum (P1) is 0 s but must be greater "
           "than 0");
  CHECK_FALSE(topic_error_after([](auto& t) {
                t.mesh_deliveries.window = -1ns;
              }).empty());
  CHECK(topic_error_after([](auto& t) { t.mesh_deliveries.activation = 999ms; })
        == "topic 't': mesh_deliveries_activation (P3) is 0.999 s but must be "
           "at least 1 s");
  CHECK_FALSE(error_after([](auto& p) { p.retention = -1ns; }).empty());
  CHECK(error_after([](auto& p) { p.retention = 0s; }).empty());
}

TEST_CASE("score parameters: slow peers", "[score]") {
  CHECK_FALSE(error_after([](auto& p) { p.slow_peers.weight = 1; }).empty());
  CHECK_FALSE(error_after([](auto& p) { p.slow_peers.decay = 0; }).empty());
  CHECK(error_after([](auto& p) { p.slow_peers = {}; }).empty());
}

TEST_CASE("score parameters: decay_for takes any interval", "[score]") {
  CHECK(decay_for(2s, 1s, 0.01) == Approx(0.1));
  CHECK(decay_for(1s, 1s, 0.25) == 0.25);
  CHECK(std::pow(decay_for(384s, 12s), 32) == Approx(0.01));
}

TEST_CASE("score parameters: an error of a topic knows what it names",
          "[score]") {
  auto p = all_parts();
  p.topics.at("t").mesh_deliveries.threshold = 11;
  const auto result = validate(p);
  REQUIRE_FALSE(result);
  CHECK(result.error().text_with([](auto id) { return std::string{id}; })
        == "topic 't': mesh-deliveries-threshold is 11 but must not exceed "
           "mesh-deliveries-cap, which is 10");
}
