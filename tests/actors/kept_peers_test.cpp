#include "actors/kept_peers.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

const auto address = libp2p::multiaddr::from_ip_tcp("192.0.2.1", 4001);

struct kept_fixture {
  kept_fixture() { kept.add(address); }

  kept_peers::duration fail() {
    kept.dialling(address, ++attempt);
    return kept.failed(attempt, gen)->second;
  }

  gossip::rng gen{42};
  kept_peers kept{1s, 60s};
  attempt_id attempt = 0;
};

} // namespace

TEST_CASE("kept peers: pauses double up to the longest, each from its upper "
          "half") {
  kept_fixture f;
  for (auto full = 1s; full < 60s; full *= 2) {
    const auto pause = f.fail();
    CHECK(pause >= full / 2);
    CHECK(pause <= full);
  }
  for (int i = 0; i < 100; ++i) {
    const auto pause = f.fail();
    CHECK(pause >= 30s);
    CHECK(pause <= 60s);
  }
}

TEST_CASE("kept peers: a stable connection begins the pauses anew, a short one "
          "does not") {
  kept_fixture f;
  for (int i = 0; i < 10; ++i)
    f.fail();
  f.kept.dialling(address, 99);
  f.kept.connected(99, numbered_peer(1));
  CHECK(f.kept.lost(numbered_peer(1), false, f.gen).at(0).second >= 30s);
  f.kept.dialling(address, 100);
  f.kept.connected(100, numbered_peer(1));
  CHECK(f.kept.lost(numbered_peer(1), true, f.gen).at(0).second <= 1s);
}

TEST_CASE("kept peers: connections that others dialled change nothing") {
  kept_fixture f;
  f.kept.dialling(address, 1);
  f.kept.connected(1, numbered_peer(1));
  // Attempt 0 is an accepted connection.
  f.kept.connected(0, numbered_peer(2));
  CHECK_FALSE(f.kept.failed(0, f.gen));
  CHECK(f.kept.lost(numbered_peer(2), true, f.gen).empty());
  f.kept.forget(numbered_peer(2));
  CHECK(f.kept.lost(numbered_peer(1), true, f.gen).size() == 1);
}

TEST_CASE("kept peers: know whom they keep, by name or by whom they last found "
          "there") {
  kept_fixture f;
  CHECK_FALSE(f.kept.keeps(numbered_peer(1)));
  f.kept.add(address.with_peer(numbered_peer(2)));
  CHECK(f.kept.keeps(numbered_peer(2)));
  f.kept.dialling(address, 7);
  CHECK(f.kept.is_dialling(7));
  CHECK_FALSE(f.kept.is_dialling(0));
  f.kept.connected(7, numbered_peer(1));
  CHECK_FALSE(f.kept.is_dialling(7));
  CHECK(f.kept.keeps(numbered_peer(1)));
  f.kept.lost(numbered_peer(1), true, f.gen);
  CHECK(f.kept.keeps(numbered_peer(1)));
  f.kept.forget(numbered_peer(2));
  CHECK_FALSE(f.kept.keeps(numbered_peer(2)));
}
