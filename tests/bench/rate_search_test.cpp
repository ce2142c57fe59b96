#include "tests/bench/rate_search.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace grapevine::bench;

namespace {

/// A relay that takes every rate up to its own.
struct fake_relay {
  double highest;
  std::vector<double> tried{};

  rate_probe_function probe() {
    return [this](double rate) {
      tried.push_back(rate);
      return rate_probe{rate <= highest, rate, rate / 1'000};
    };
  }
};

} // namespace

TEST_CASE("the highest rate is found near the guess in a few probes",
          "[rate_search]") {
  for (const double highest : {900.0, 960.0, 1'000.0, 1'100.0, 1'400.0}) {
    fake_relay relay{highest};
    const auto found = search_highest_rate(1'000, relay.probe());
    CAPTURE(highest, found.rate, found.probes);
    CHECK(found.rate <= highest);
    CHECK(found.rate > highest / 1.07);
    CHECK(found.probes <= 6);
  }
}

TEST_CASE("a guess that is much too high costs probes, not the result",
          "[rate_search]") {
  fake_relay relay{300};
  const auto found = search_highest_rate(1'000, relay.probe(), {0.06, 12});
  CHECK(found.rate <= 300);
  CHECK(found.rate > 280);
}

TEST_CASE("the search ends after the probes it has", "[rate_search]") {
  fake_relay relay{300};
  const auto found = search_highest_rate(1'000, relay.probe(), {0.001, 5});
  CHECK(found.probes == 5);
  CHECK(relay.tried.size() == 5);
}

TEST_CASE("a relay that fails at every rate has none", "[rate_search]") {
  fake_relay relay{0};
  const auto found = search_highest_rate(1'000, relay.probe());
  CHECK(found.rate == 0);
  CHECK(found.probes == 6);
}

TEST_CASE("the rate is what was relayed, not what was asked for",
          "[rate_search]") {
  const auto found = search_highest_rate(1'000, [](double rate) {
    return rate_probe{rate < 1'050, rate / 2, 0};
  });
  CHECK(found.rate == Approx(500).epsilon(0.05));
}

TEST_CASE("the load's share is the highest next to the limit",
          "[rate_search]") {
  fake_relay relay{1'000};
  const auto found = search_highest_rate(1'000, relay.probe());
  CHECK(found.load > 1);
  CHECK(found.load < 1.07);
}
