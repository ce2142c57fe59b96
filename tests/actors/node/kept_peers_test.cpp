#include "actors/node/kept_peers.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

const auto kept_at = libp2p::multiaddr::from_ip_tcp("192.0.2.1", 4001);

struct kept_fixture {
  kept_fixture() { kept.add(kept_at); }

  kept_peers::duration fail() {
    return kept.failed(kept_at, "refused", gen).value();
  }

  gossip::rng gen{42};
  kept_peers kept{1s, 60s};
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
  f.kept.connected(kept_at, numbered_peer(1));
  CHECK(f.kept.lost(numbered_peer(1), false, "closed", f.gen).at(0).second
        >= 30s);
  f.kept.connected(kept_at, numbered_peer(1));
  CHECK(f.kept.lost(numbered_peer(1), true, "closed", f.gen).at(0).second
        <= 1s);
}

TEST_CASE("kept peers: those who are not kept change nothing") {
  kept_fixture f;
  f.kept.connected(kept_at, numbered_peer(1));
  CHECK(f.kept.lost(numbered_peer(2), true, "closed", f.gen).empty());
  f.kept.forget(numbered_peer(2));
  CHECK(f.kept.lost(numbered_peer(1), true, "closed", f.gen).size() == 1);
}

TEST_CASE("kept peers: know whom they keep, by name or by whom they last found "
          "there") {
  kept_fixture f;
  CHECK_FALSE(f.kept.keeps(numbered_peer(1)));
  f.kept.add(kept_at.with_peer(numbered_peer(2)));
  CHECK(f.kept.keeps(numbered_peer(2)));
  f.kept.connected(kept_at, numbered_peer(1));
  CHECK(f.kept.keeps(numbered_peer(1)));
  f.kept.lost(numbered_peer(1), true, "closed", f.gen);
  CHECK(f.kept.keeps(numbered_peer(1)));
  f.kept.forget(numbered_peer(2));
  CHECK_FALSE(f.kept.keeps(numbered_peer(2)));
}

TEST_CASE("kept peers: an address is kept once, and only those that are") {
  kept_fixture f;
  CHECK_FALSE(f.kept.add(kept_at));
  CHECK(f.kept.contains(kept_at));
  const auto other = libp2p::multiaddr::from_ip_tcp("192.0.2.1", 4002);
  CHECK_FALSE(f.kept.contains(other));
  CHECK(f.kept.add(other));
  CHECK(f.kept.contains(other));
}

TEST_CASE("kept peers: each address has pauses of its own, and one that is not "
          "kept has none") {
  kept_fixture f;
  const auto other = libp2p::multiaddr::from_ip_tcp("192.0.2.1", 4002);
  CHECK_FALSE(f.kept.failed(other, "refused", f.gen));
  f.kept.add(other);
  for (int i = 0; i < 10; ++i)
    f.fail();
  CHECK(f.kept.failed(other, "refused", f.gen).value() <= 1s);
  f.kept.connected(kept_at, numbered_peer(1));
  f.kept.forget(numbered_peer(1));
  CHECK_FALSE(f.kept.failed(kept_at, "refused", f.gen));
}

TEST_CASE("kept peers: a lost peer's addresses are dialled again, all of them "
          "and once") {
  kept_fixture f;
  const auto second = libp2p::multiaddr::from_ip_tcp("192.0.2.1", 4002);
  const auto third = libp2p::multiaddr::from_ip_tcp("192.0.2.1", 4003);
  f.kept.add(second);
  f.kept.add(third);
  f.kept.connected(kept_at, numbered_peer(1));
  f.kept.connected(second, numbered_peer(1));
  f.kept.connected(third, numbered_peer(2));
  const auto lost = f.kept.lost(numbered_peer(1), false, "closed", f.gen);
  REQUIRE(lost.size() == 2);
  CHECK(lost[0].first == kept_at);
  CHECK(lost[1].first == second);
  CHECK(f.kept.lost(numbered_peer(1), false, "closed", f.gen).empty());
  CHECK(f.kept.lost(numbered_peer(2), false, "closed", f.gen).size() == 1);
}

TEST_CASE("kept peers: a peer is forgotten by its connection or by the address "
          "that names it, and no other is") {
  kept_fixture f;
  const auto named = libp2p::multiaddr::from_ip_tcp("192.0.2.2", 4001)
                         .with_peer(numbered_peer(1));
  const auto other = libp2p::multiaddr::from_ip_tcp("192.0.2.3", 4001)
                         .with_peer(numbered_peer(2));
  f.kept.add(named);
  f.kept.add(other);
  SECTION("by both") {
    f.kept.connected(kept_at, numbered_peer(1));
    f.kept.forget(numbered_peer(1));
    CHECK_FALSE(f.kept.contains(kept_at));
    CHECK_FALSE(f.kept.contains(named));
  }
  SECTION("by its name alone") {
    f.kept.forget(numbered_peer(1));
    CHECK(f.kept.contains(kept_at));
    CHECK_FALSE(f.kept.contains(named));
  }
  SECTION("another one") {
    f.kept.connected(kept_at, numbered_peer(1));
    f.kept.forget(numbered_peer(3));
    CHECK(f.kept.contains(kept_at));
    CHECK(f.kept.contains(named));
  }
  CHECK(f.kept.contains(other));
}

TEST_CASE("kept peers: whoever was found last at an address is the one that is "
          "kept") {
  kept_fixture f;
  f.kept.connected(kept_at, numbered_peer(1));
  f.kept.connected(kept_at, numbered_peer(2));
  CHECK(f.kept.keeps(numbered_peer(2)));
  CHECK_FALSE(f.kept.keeps(numbered_peer(1)));
  CHECK(f.kept.lost(numbered_peer(1), true, "closed", f.gen).empty());
}

TEST_CASE("kept peers: an address that is not kept leads to nobody") {
  kept_fixture f;
  const auto other = libp2p::multiaddr::from_ip_tcp("192.0.2.1", 4002);
  f.kept.connected(other, numbered_peer(1));
  CHECK_FALSE(f.kept.keeps(numbered_peer(1)));
  CHECK_FALSE(f.kept.contains(other));
}

TEST_CASE("kept peers: each pause of the upper half is as likely as another") {
  gossip::rng gen{42};
  std::map<kept_peers::duration, int> seen;
  for (int i = 0; i < 400; ++i) {
    kept_peers kept{4ms, 60s};
    kept.add(kept_at);
    ++seen[kept.failed(kept_at, "refused", gen).value()];
  }
  REQUIRE(seen.size() == 3);
  for (const auto pause : {2ms, 3ms, 4ms})
    CHECK(seen[pause] > 80);
}

TEST_CASE("kept peers: however often it fails, the pause stays below the "
          "longest") {
  gossip::rng gen{42};
  kept_peers kept{1ms, 1h};
  kept.add(kept_at);
  kept_peers::duration last{};
  for (int i = 1; i <= 100; ++i) {
    last = kept.failed(kept_at, "refused", gen).value();
    CHECK(last > 0ms);
    CHECK(last <= 1h);
  }
  // 2^16 times the shortest.
  CHECK(last >= 32'768ms);
  CHECK(last <= 65'536ms);
}

TEST_CASE("kept peers: for people, each address has its trouble until it is "
          "connected") {
  kept_fixture f;
  const auto only = [&] {
    const auto all = f.kept.list();
    REQUIRE(all.size() == 1);
    CHECK(all[0].address == kept_at);
    return all[0];
  };
  CHECK(only().trouble.empty());
  f.fail();
  f.fail();
  CHECK(only().trouble == "refused");
  CHECK(only().failures == 2);
  CHECK_FALSE(only().connected);
  f.kept.connected(kept_at, numbered_peer(1));
  CHECK(only().trouble.empty());
  CHECK(only().connected);
  f.kept.lost(numbered_peer(1), false, "closed", f.gen);
  CHECK(only().trouble == "closed");
  CHECK(only().failures == 3);
  f.kept.forget(kept_at);
  CHECK(f.kept.list().empty());
}
