#include "gossip/mesh/peer_table.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using test::numbered_peer;

TEST_CASE("peer set: sorted, each once", "[peer_table]") {
  peer_set set;
  CHECK(set.insert({3, 0}));
  CHECK(set.insert({1, 0}));
  CHECK_FALSE(set.insert({3, 0}));
  CHECK(set.insert({3, 1}));
  CHECK(set.size() == 3);
  CHECK(set.view()[0] == peer_handle{1, 0});
  CHECK(set.contains({3, 1}));
  CHECK_FALSE(set.contains({2, 0}));
  CHECK(set.erase({3, 0}));
  CHECK_FALSE(set.erase({3, 0}));
  CHECK(set.size() == 2);
}

TEST_CASE("peer table: an identity is there once", "[peer_table]") {
  peer_table table;
  const auto peer = table.add(numbered_peer(1), test::outbound_peer);
  REQUIRE(peer);
  CHECK_FALSE(table.add(numbered_peer(1), {}));
  CHECK(table.size() == 1);
  CHECK(table.find(numbered_peer(1)) == peer);
  CHECK_FALSE(table.find(numbered_peer(2)));
  REQUIRE(table.find(*peer));
  CHECK(table.find(*peer)->id == numbered_peer(1));
  CHECK(table.find(*peer)->traits.outbound);
}

TEST_CASE("peer table: a slot is used again, its old handle finds nobody",
          "[peer_table]") {
  peer_table table;
  const auto first = table.add(numbered_peer(1), {}).value();
  table.remove(first);
  CHECK(table.size() == 0);
  CHECK_FALSE(table.find(first));
  const auto second = table.add(numbered_peer(2), {}).value();
  CHECK(second.slot == first.slot);
  CHECK(second != first);
  CHECK_FALSE(table.find(first));
  table.remove(first);
  CHECK(table.find(second));
}

TEST_CASE("peer table: walks through its peers and counts those we dialled",
          "[peer_table]") {
  peer_table table;
  const auto first = table.add(numbered_peer(1), test::outbound_peer).value();
  const auto second = table.add(numbered_peer(2), test::outbound_peer).value();
  const auto third = table.add(numbered_peer(3), test::inbound_peer).value();
  CHECK(table.outbound_count() == 2);
  table.remove(first);
  CHECK(table.outbound_count() == 1);
  CHECK(table.slot_count() == 3);
  std::vector<peer_handle> all;
  table.each([&](peer_handle peer) { all.push_back(peer); });
  CHECK(all == std::vector{second, third});
}

TEST_CASE("peer table: nobody is found by the default handle", "[peer_table]") {
  peer_table table;
  table.add(numbered_peer(1), {});
  CHECK_FALSE(table.find(peer_handle{}));
}
