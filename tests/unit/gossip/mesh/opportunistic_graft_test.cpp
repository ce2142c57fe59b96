#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

parameters every_tick() {
  parameters p;
  p.opportunistic.ticks = 1;
  p.thresholds.opportunistic_graft = 2;
  // Others must not be grafted for another reason.
  p.mesh.degree_outbound = 0;
  return p;
}

// A mesh of eight peers with this score, and four others with `others`.
struct squatted {
  explicit squatted(const parameters& p, double members, double others) : f{p} {
    f.join("t");
    for (const auto peer : f.add(8, inbound_peer, {"t"})) {
      f.graft(peer, "t");
      f.set_score(peer, members);
    }
    for (const auto peer : f.add(4, inbound_peer, {"t"}))
      f.set_score(peer, others);
  }

  mesh_fixture f;
};

} // namespace

TEST_CASE(
    "opportunistic graft: a mesh with a low median gets two better peers") {
  squatted s{every_tick(), 1, 3};
  s.f.beat();
  CHECK(s.f.grafted("t").size() == 2);
  CHECK(s.f.count(mesh_event_kind::grafted_as_better) == 2);
}

TEST_CASE("opportunistic graft: as many peers as configured") {
  auto p = every_tick();
  p.opportunistic.peers = 3;
  squatted s{p, 1, 3};
  s.f.beat();
  CHECK(s.f.grafted("t").size() == 3);
}

TEST_CASE("opportunistic graft: the threshold itself is good enough") {
  squatted s{every_tick(), 2, 3};
  s.f.beat();
  CHECK(s.f.grafted("t").empty());
}

TEST_CASE("opportunistic graft: only peers above the median") {
  squatted s{every_tick(), 1, 1};
  s.f.beat();
  CHECK(s.f.grafted("t").empty());
}

TEST_CASE("opportunistic graft: every so many ticks, or never") {
  auto p = every_tick();
  SECTION("every third") {
    p.opportunistic.ticks = 3;
    squatted s{p, 1, 3};
    s.f.beat();
    s.f.beat();
    CHECK(s.f.grafted("t").empty());
    s.f.beat();
    CHECK(s.f.grafted("t").size() == 2);
  }
  SECTION("never") {
    p.opportunistic.ticks = 0;
    squatted s{p, 1, 3};
    s.f.beat();
    CHECK(s.f.grafted("t").empty());
  }
}

TEST_CASE("opportunistic graft: peers in backoff are left alone") {
  squatted s{every_tick(), 1, 0};
  const auto better = s.f.add(inbound_peer, {"t"});
  s.f.set_score(better, 5);
  s.f.prune(better, "t", std::chrono::seconds{60});
  s.f.beat();
  CHECK(s.f.grafted("t").empty());
}

TEST_CASE("opportunistic graft: the median of an even number is the upper one "
          "of the middle two") {
  squatted s{every_tick(), 1, 5};
  const auto members = s.f.router.mesh_of("t");
  REQUIRE(members.size() == 8);
  const std::vector<peer_handle> all{members.begin(), members.end()};
  for (std::size_t i = 0; i < 3; ++i)
    s.f.set_score(all[i], 3);
  SECTION("three of eight are good: it is low") {
    s.f.beat();
    CHECK(s.f.grafted("t").size() == 2);
  }
  SECTION("four of eight are good: it is not") {
    s.f.set_score(all[3], 3);
    s.f.beat();
    CHECK(s.f.grafted("t").empty());
  }
}
