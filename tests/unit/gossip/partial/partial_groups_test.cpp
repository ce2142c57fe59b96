#include "gossip/partial/partial_groups.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

constexpr peer_handle alice{1, 0};
constexpr peer_handle bob{2, 0};

bytes id(unsigned number) {
  return to_bytes(as_bytes(std::to_string(number)));
}

/// As `partial_messages` does: who names a group is in it.
bool starts(partial_groups& groups, peer_handle peer, unsigned number) {
  partial_group* group = groups.named_by(peer, id(number));
  if (group)
    group->peers[peer].spoke = true;
  return group != nullptr;
}

void tick(partial_groups& groups) {
  groups.heartbeat([](const partial_group&) {});
}

} // namespace

TEST_CASE("partial groups: eight that a peer started", "[partial_groups]") {
  const partial_limits limits;
  partial_groups groups{limits};
  for (unsigned i = 0; i < 8; ++i)
    CHECK(starts(groups, alice, i));
  CHECK_FALSE(starts(groups, alice, 8));
  CHECK(starts(groups, alice, 7));
  CHECK(starts(groups, bob, 8));
  CHECK(starts(groups, alice, 8));
}

TEST_CASE("partial groups: 255 that all peers started", "[partial_groups]") {
  const partial_limits limits;
  partial_groups groups{limits};
  for (unsigned i = 0; i < 255; ++i)
    REQUIRE(starts(groups, {i / 8, 0}, i));
  CHECK_FALSE(starts(groups, {100, 0}, 255));
  CHECK(groups.peer_started() == 255);
  // Our own are not limited, and do not count.
  groups.publish(id(255));
  CHECK(groups.size() == 256);
  CHECK(starts(groups, {100, 0}, 255));
}

TEST_CASE("partial groups: one that is published no longer counts",
          "[partial_groups]") {
  const partial_limits limits;
  partial_groups groups{limits};
  starts(groups, alice, 0);
  CHECK(groups.publish(id(0)).peers.contains(alice));
  CHECK(groups.peer_started() == 0);
  for (unsigned i = 1; i < 9; ++i)
    CHECK(starts(groups, alice, i));
}

TEST_CASE("partial groups: one that is over no longer counts",
          "[partial_groups]") {
  const partial_limits limits;
  partial_groups groups{limits};
  for (unsigned i = 0; i < 8; ++i)
    starts(groups, alice, i);
  for (int i = 0; i < 4; ++i)
    tick(groups);
  CHECK(groups.size() == 0);
  CHECK(groups.peer_started() == 0);
  CHECK(starts(groups, alice, 8));
}

TEST_CASE("partial groups: those of a peer that left", "[partial_groups]") {
  const partial_limits limits;
  partial_groups groups{limits};
  starts(groups, alice, 0);
  starts(groups, alice, 1);
  starts(groups, bob, 1);
  groups.publish(id(2)).version = 1;
  groups.remove_peer(alice);
  // Group 1 has Bob, 2 is ours.
  CHECK(groups.size() == 2);
  // Who comes and goes does not start more.
  CHECK(groups.peer_started() == 1);
  groups.remove_peer(bob);
  CHECK(groups.peer_started() == 0);
  CHECK(groups.size() == 1);
}

TEST_CASE("partial groups: each that is over is named before",
          "[partial_groups]") {
  const partial_limits limits;
  partial_groups groups{limits};
  groups.publish(id(1));
  std::vector<std::string> over;
  for (int i = 0; i < 4; ++i)
    groups.heartbeat([&](const partial_group& g) { over.push_back(g.id); });
  CHECK(over == std::vector<std::string>{"1"});
}

TEST_CASE("partial groups: all are forgotten together", "[partial_groups]") {
  const partial_limits limits;
  partial_groups groups{limits};
  for (unsigned i = 0; i < 8; ++i)
    starts(groups, alice, i);
  groups.clear();
  CHECK(groups.size() == 0);
  for (unsigned i = 0; i < 8; ++i)
    CHECK(starts(groups, alice, i));
}
