#include "gossip/cache/peer_gater.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/score_fixture.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

const libp2p::peer_id a = numbered_peer(1);
const libp2p::peer_id b = numbered_peer(2);

std::optional<libp2p::ip_address> ip(std::string_view text) {
  return libp2p::ip_address::from_text(text).value();
}

gater_parameters halving() {
  gater_parameters p;
  p.threshold = 0.5;
  p.global_decay = 0.5;
  p.source_decay = 0.5;
  return p;
}

struct gater_fixture {
  explicit gater_fixture(const gater_parameters& p = halving()) : gater{p} {
    gater.decay(now);
    gater.add_peer(a, ip("1.2.3.4"));
    gater.add_peer(b, ip("1.2.3.5"));
  }

  /// More is throttled than the threshold allows.
  void overload(int count = 1) {
    for (int i = 0; i < count; ++i)
      gater.throttled(now);
  }

  void pass(std::chrono::nanoseconds elapsed) {
    now += elapsed;
    gater.decay(now);
  }

  double chance(const libp2p::peer_id& peer) { return gater.chance(peer, now); }

  time_point now{1h};
  peer_gater gater;
};

std::string error_after(const std::function<void(gater_parameters&)>& change) {
  gater_parameters p;
  change(p);
  const auto result = validate(p);
  return result ? "" : result.error().text;
}

} // namespace

TEST_CASE("gater: rests until something is throttled", "[peer_gater]") {
  gater_fixture f;
  for (int i = 0; i < 100; ++i)
    f.gater.rejected(a);
  CHECK(f.chance(a) == 1);
  f.overload();
  CHECK(f.chance(a) == 1.0 / 1'601);
}

TEST_CASE("gater: rests below the threshold of throttled to validated",
          "[peer_gater]") {
  gater_fixture f;
  f.gater.rejected(a);
  f.overload(2);
  for (int i = 0; i < 4; ++i)
    f.gater.validated();
  CHECK(f.chance(a) < 1);
  f.gater.validated();
  CHECK(f.chance(a) == 1);
}

TEST_CASE("gater: rests again after the quiet time", "[peer_gater]") {
  gater_fixture f;
  f.gater.rejected(a);
  f.overload(1'000);
  f.now += 60s;
  CHECK(f.chance(a) < 1);
  f.now += 1ns;
  CHECK(f.chance(a) == 1);
}

TEST_CASE("gater: rests when the count of throttled messages has decayed",
          "[peer_gater]") {
  gater_fixture f;
  f.gater.rejected(a);
  f.overload();
  f.pass(6s);
  CHECK(f.chance(a) < 1);
  f.pass(1s);
  CHECK(f.chance(a) == 1);
}

TEST_CASE("gater: counts of all messages decay by their own factor",
          "[peer_gater]") {
  auto p = halving();
  p.source_decay = 0.999;
  gater_fixture f{p};
  f.gater.rejected(a);
  SECTION("throttled ones") {
    // 1 is below 0.01 after seven seconds.
    f.overload();
    f.pass(6s);
    CHECK(f.chance(a) < 1);
    f.pass(1s);
    CHECK(f.chance(a) == 1);
  }
  SECTION("validated ones") {
    // Eight against two throttled ones: enough, but forgotten in time.
    for (int i = 0; i < 8; ++i)
      f.gater.validated();
    f.overload(2);
    CHECK(f.chance(a) == 1);
    f.pass(9s);
    f.overload(2);
    CHECK(f.chance(a) < 1);
  }
}

TEST_CASE("gater: the chance is the share of what was worth it",
          "[peer_gater]") {
  gater_fixture f;
  f.overload();
  CHECK(f.chance(a) == 1);
  for (int i = 0; i < 3; ++i)
    f.gater.delivered(a, "t");
  CHECK(f.chance(a) == 1);
  for (int i = 0; i < 8; ++i)
    f.gater.duplicate(a);
  CHECK(f.chance(a) == 4.0 / 5);
  f.gater.ignored(a);
  CHECK(f.chance(a) == 4.0 / 6);
  f.gater.rejected(a);
  CHECK(f.chance(a) == 4.0 / 22);
  CHECK(f.chance(b) == 1);
}

TEST_CASE("gater: topics may weigh more", "[peer_gater]") {
  auto p = halving();
  p.delivery_weights["blocks"] = 7;
  gater_fixture f{p};
  f.overload();
  f.gater.rejected(a);
  f.gater.delivered(a, "blocks");
  CHECK(f.chance(a) == 8.0 / 24);
  f.gater.delivered(a, "other");
  CHECK(f.chance(a) == 9.0 / 25);
}

TEST_CASE("gater: draws as likely as the chance is, from the seed",
          "[peer_gater]") {
  gater_fixture f;
  f.overload();
  f.gater.ignored(a);
  REQUIRE(f.chance(a) == 0.5);
  const auto accepted = [&](std::uint64_t seed) {
    rng gen{seed};
    int count = 0;
    for (int i = 0; i < 10'000; ++i)
      count += f.gater.accepts(a, f.now, gen) ? 1 : 0;
    return count;
  };
  CHECK(accepted(1) > 4'800);
  CHECK(accepted(1) < 5'200);
  CHECK(accepted(1) == accepted(1));
}

TEST_CASE("gater: draws nothing while everyone is accepted", "[peer_gater]") {
  gater_fixture f;
  f.gater.rejected(a);
  rng gen{7};
  CHECK(f.gater.accepts(a, f.now, gen));
  CHECK(gen == rng{7});
  f.overload();
  CHECK(f.gater.accepts(numbered_peer(9), f.now, gen));
  CHECK(gen == rng{7});
}

TEST_CASE("gater: peers of one address share their counts", "[peer_gater]") {
  gater_fixture f;
  f.overload();
  f.gater.rejected(a);
  const auto other = numbered_peer(3);
  f.gater.add_peer(other, ip("1.2.3.4"));
  CHECK(f.chance(other) == f.chance(a));
  CHECK(f.chance(other) < 1);
}

TEST_CASE("gater: so do those of one /64, and those without an address",
          "[peer_gater]") {
  gater_fixture f;
  f.overload();
  f.gater.add_peer(numbered_peer(3), ip("2001:db8::1"));
  f.gater.add_peer(numbered_peer(4), ip("2001:db8::2"));
  f.gater.add_peer(numbered_peer(5), ip("2001:db8:0:1::2"));
  f.gater.rejected(numbered_peer(3));
  CHECK(f.chance(numbered_peer(4)) < 1);
  CHECK(f.chance(numbered_peer(5)) == 1);
  f.gater.add_peer(numbered_peer(6), std::nullopt);
  f.gater.add_peer(numbered_peer(7), std::nullopt);
  f.gater.rejected(numbered_peer(6));
  CHECK(f.chance(numbered_peer(7)) < 1);
}

TEST_CASE("gater: counts decay once for each interval", "[peer_gater]") {
  auto p = halving();
  p.global_decay = 0.99;
  gater_fixture f{p};
  f.overload(100);
  f.gater.delivered(a, "t");
  f.gater.ignored(a);
  f.gater.rejected(a);
  REQUIRE(f.chance(a) == 2.0 / 19);
  f.pass(999ms);
  CHECK(f.chance(a) == 2.0 / 19);
  f.pass(1ms);
  CHECK(f.chance(a) == 1.5 / 10);
  f.pass(2s);
  CHECK(f.chance(a) == 1.125 / 3.25);
  f.pass(20s);
  CHECK(f.chance(a) == 1);
}

TEST_CASE("gater: counts outlive the peers, undiminished, for their time",
          "[peer_gater]") {
  auto p = halving();
  p.retention = 10s;
  gater_fixture f{p};
  f.gater.rejected(a);
  f.gater.remove_peer(a, f.now);
  f.pass(10s);
  CHECK(f.gater.address_count() == 2);
  f.gater.add_peer(a, ip("1.2.3.4"));
  f.overload();
  CHECK(f.chance(a) == 1.0 / 17);
  f.gater.remove_peer(a, f.now);
  f.pass(10s + 1ns);
  CHECK(f.gater.address_count() == 1);
  f.gater.add_peer(a, ip("1.2.3.4"));
  f.overload();
  CHECK(f.chance(a) == 1);
}

TEST_CASE("gater: an address stays while any peer is there", "[peer_gater]") {
  gater_fixture f;
  f.gater.add_peer(numbered_peer(3), ip("1.2.3.4"));
  f.gater.rejected(a);
  f.gater.remove_peer(a, f.now);
  f.gater.remove_peer(a, f.now);
  f.overload();
  CHECK(f.chance(numbered_peer(3)) < 1);
  CHECK(f.chance(a) == 1);
}

TEST_CASE("gater: nothing is kept of an address without counts, and not more "
          "than allowed",
          "[peer_gater]") {
  auto p = halving();
  p.max_retained = 1;
  gater_fixture f{p};
  f.gater.remove_peer(a, f.now);
  CHECK(f.gater.address_count() == 1);
  f.gater.rejected(b);
  f.gater.remove_peer(b, f.now);
  f.gater.add_peer(a, ip("1.2.3.4"));
  f.gater.rejected(a);
  f.gater.remove_peer(a, f.now);
  CHECK(f.gater.address_count() == 1);
  f.gater.add_peer(b, ip("1.2.3.5"));
  f.overload();
  CHECK(f.chance(b) == 1);
}

TEST_CASE("gater: parameters are checked", "[peer_gater]") {
  CHECK(validate(gater_parameters{}));
  CHECK(error_after([](auto& p) { p.threshold = 0; })
        == "gater_threshold is 0 but must be greater than 0");
  CHECK_FALSE(error_after([](auto& p) { p.global_decay = 1; }).empty());
  CHECK_FALSE(error_after([](auto& p) { p.source_decay = 0; }).empty());
  CHECK(error_after([](auto& p) { p.decay_interval = 999ms; })
        == "gater_decay_interval is 0.999 s but must be at least 1 s");
  CHECK_FALSE(error_after([](auto& p) { p.decay_to_zero = 1; }).empty());
  CHECK_FALSE(error_after([](auto& p) { p.retention = -1s; }).empty());
  CHECK(error_after([](auto& p) { p.retention = 0s; }).empty());
  CHECK_FALSE(error_after([](auto& p) { p.quiet = 999ms; }).empty());
  CHECK_FALSE(error_after([](auto& p) { p.duplicate_weight = 0; }).empty());
  CHECK(error_after([](auto& p) { p.ignore_weight = 0.5; })
        == "gater_ignore_weight is 0.5 but must be a finite number of at least "
           "1");
  CHECK_FALSE(error_after([](auto& p) { p.reject_weight = 0.5; }).empty());
  CHECK_FALSE(
      error_after([](auto& p) { p.delivery_weights["t"] = 0; }).empty());
}
