#include "gossip/parameters.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <limits>
#include <string>

using namespace grapevine::gossip;
using namespace std::chrono_literals;

namespace {

// What `validate` says after `change` to the defaults; empty if all is well.
std::string error_after(const std::function<void(parameters&)>& change) {
  parameters p;
  change(p);
  const auto result = validate(p);
  return result ? "" : result.error().text;
}

} // namespace

TEST_CASE("parameters: the defaults are valid and the specification's",
          "[parameters]") {
  const parameters p;
  CHECK(validate(p));
  CHECK(p.mesh.degree == 6);
  CHECK(p.mesh.degree_low == 4);
  CHECK(p.mesh.degree_high == 12);
  CHECK(p.mesh.degree_lazy == 6);
  CHECK(p.mesh.degree_score == 4);
  CHECK(p.mesh.degree_outbound == 2);
  CHECK(p.gossip.history_length == 5);
  CHECK(p.gossip.history_gossip == 3);
  CHECK(p.gossip.factor == 0.25);
  CHECK(p.gossip.gossip_to_all == 100);
  CHECK(p.timers.heartbeat_interval == 1s);
  CHECK(p.timers.fanout_ttl == 60s);
  CHECK(p.timers.seen_ttl == 120s);
  CHECK(p.timers.prune_backoff == 60s);
  CHECK(p.timers.unsubscribe_backoff == 10s);
  CHECK(p.flood_publish);
  // Enough of them for a mesh of whoever was pruned.
  CHECK(p.px_peers > p.mesh.degree_high);
  CHECK(p.opportunistic.ticks * p.timers.heartbeat_interval == 60s);
  CHECK(p.opportunistic.peers == 2);
}

TEST_CASE("parameters: Dlo <= D <= Dhi", "[parameters]") {
  CHECK(error_after([](auto& p) { p.mesh.degree_low = 7; })
        == "degree_low (Dlo) is 7 but must not exceed degree (D), which is 6");
  CHECK(error_after([](auto& p) { p.mesh.degree_high = 5; })
        == "degree (D) is 6 but must not exceed degree_high (Dhi), which is 5");
  CHECK(error_after([](auto& p) {
          p.mesh.degree_low = 6;
          p.mesh.degree_high = 6;
        }).empty());
}

TEST_CASE("parameters: Dscore <= Dhi", "[parameters]") {
  CHECK(error_after([](auto& p) {
          p.mesh.degree_score = 13;
        }).starts_with("degree_score (Dscore) is 13"));
}

TEST_CASE("parameters: Dout below Dlo and at most half of D", "[parameters]") {
  CHECK(error_after([](auto& p) { p.mesh.degree_outbound = 4; })
        == "degree_outbound (Dout) is 4 but must be less than degree_low "
           "(Dlo), which is 4");
  CHECK(error_after([](auto& p) {
          p.mesh.degree = 5;
          p.mesh.degree_outbound = 3;
        })
        == "degree_outbound (Dout) is 3 but must not exceed half of degree "
           "(D), which is 5");
  CHECK(error_after([](auto& p) { p.mesh.degree_outbound = 3; }).empty());
}

TEST_CASE("parameters: all-zero degrees are a bootstrap node", "[parameters]") {
  CHECK(error_after([](auto& p) { p.mesh = {0, 0, 0, 4, 0, 6}; }).empty());
  CHECK_FALSE(error_after([](auto& p) { p.mesh.degree = 0; }).empty());
}

TEST_CASE("parameters: history_gossip <= history_length, which is positive",
          "[parameters]") {
  CHECK(error_after([](auto& p) { p.gossip.history_gossip = 6; })
        == "history_gossip is 6 but must not exceed history_length, which is "
           "5");
  CHECK(error_after([](auto& p) {
          p.gossip.history_gossip = 0;
          p.gossip.history_length = 0;
        })
        == "history_length is 0 but must be greater than 0");
}

TEST_CASE("parameters: gossip factor between 0 and 1", "[parameters]") {
  CHECK_FALSE(error_after([](auto& p) { p.gossip.factor = -0.1; }).empty());
  CHECK_FALSE(error_after([](auto& p) { p.gossip.factor = 1.1; }).empty());
  CHECK_FALSE(error_after([](auto& p) {
                p.gossip.factor = std::numeric_limits<double>::quiet_NaN();
              }).empty());
  CHECK(error_after([](auto& p) { p.gossip.factor = 1; }).empty());
}

TEST_CASE("parameters: timers", "[parameters]") {
  CHECK(error_after([](auto& p) { p.timers.heartbeat_interval = 0ms; })
        == "heartbeat_interval is 0 s but must be greater than 0");
  CHECK(error_after([](auto& p) { p.timers.prune_backoff = -1s; })
        == "prune_backoff is -1 s but must not be negative");
  CHECK_FALSE(error_after([](auto& p) { p.timers.fanout_ttl = -1ms; }).empty());
  CHECK_FALSE(error_after([](auto& p) { p.timers.seen_ttl = 0ms; }).empty());
  CHECK_FALSE(
      error_after([](auto& p) { p.timers.unsubscribe_backoff = -1s; }).empty());
}

TEST_CASE("parameters: thresholds fall from gossip to graylist",
          "[parameters]") {
  CHECK(error_after([](auto& p) {
          p.thresholds.gossip = 1;
        }).starts_with("gossip_threshold is 1"));
  CHECK(error_after([](auto& p) {
          p.thresholds.publish = -1;
        }).starts_with("publish_threshold is -1"));
  CHECK(error_after([](auto& p) {
          p.thresholds.graylist = -1;
        }).starts_with("graylist_threshold is -1"));
  CHECK(error_after([](auto& p) {
          p.thresholds.accept_px = -1;
        }).starts_with("accept_px_threshold is -1"));
  CHECK(error_after([](auto& p) {
          p.thresholds.opportunistic_graft = -1;
        }).starts_with("opportunistic_graft_threshold is -1"));
}

TEST_CASE("parameters: an error is told with the options' names",
          "[parameters]") {
  parameters p;
  p.mesh.degree_low = 7;
  const auto low = validate(p);
  REQUIRE_FALSE(low);
  CHECK(low.error().text_with([](auto id) { return "--" + std::string{id}; })
        == "--mesh-dlo is 7 but must not exceed --mesh-d, which is 6");
  // What has no name of the reader's stays as it is.
  CHECK(low.error().text_with([](auto id) {
    return std::string{id == "mesh-d" ? "D" : ""};
  }) == "degree_low (Dlo) is 7 but must not exceed D, which is 6");
}

TEST_CASE("parameters: an option is called as its parameter is",
          "[parameters]") {
  parameters p;
  p.timers.seen_ttl = 0s;
  const auto none = validate(p);
  REQUIRE_FALSE(none);
  CHECK(none.error().text_with([](auto id) { return std::string{id}; })
        == "seen-ttl is 0 s but must be greater than 0");
}
