#include "actors/host/address_group.hpp"
#include "actors/node/peer_slots.hpp"
#include "tests/support/mesh_fixture.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>
#include <string>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

peer_slots::origin inbound(const std::string& from) {
  return {false, address_group(libp2p::ip_address::from_text(from).value())};
}

peer_slots::origin outbound() {
  return {true, inbound("10.9.9.9").from};
}

struct slots_fixture {
  slots_fixture() : slots_fixture{{.max_peers = 16}} {}
  explicit slots_fixture(const peer_slots::options& o) : slots{o} {}

  // Whether it gets in.
  bool come(std::uint32_t number, const peer_slots::origin& how) {
    if (slots.refusal(how))
      return false;
    slots.add(numbered_peer(number), how, now);
    return true;
  }

  std::optional<libp2p::peer_id> worst() const {
    return slots.worst(known, stays);
  }

  time_point now{1h};
  peer_slots slots;
  peer_slots::worths known;
  std::set<libp2p::peer_id> kept;
  peer_slots::protection stays = [this](const libp2p::peer_id& one) {
    return kept.contains(one);
  };
};

} // namespace

TEST_CASE("peer slots: an eighth at most is kept for peers that are dialled") {
  slots_fixture f;
  for (std::uint32_t i = 0; i < 20; ++i)
    CHECK(f.come(i, inbound("10.0.0." + std::to_string(i))) == (i < 14));
  CHECK(f.slots.size() == 14);
  CHECK(f.come(100, outbound()));
  CHECK(f.come(101, outbound()));
  CHECK(f.slots.full());
  CHECK_FALSE(f.come(102, outbound()));
  // A place that becomes free is not taken from them.
  f.slots.remove(numbered_peer(100));
  CHECK_FALSE(f.come(200, inbound("10.0.1.1")));
  f.slots.remove(numbered_peer(1));
  CHECK(f.come(201, inbound("10.0.1.1")));
  CHECK(f.come(103, outbound()));
}

TEST_CASE(
    "peer slots: those who are dialled may take more than their reserve") {
  slots_fixture f;
  for (std::uint32_t i = 0; i < 16; ++i)
    CHECK(f.come(i, outbound()));
  CHECK_FALSE(f.come(16, outbound()));
}

TEST_CASE("peer slots: so many may come from one address, and any number is "
          "dialled there") {
  slots_fixture f{{.max_peers = 100, .max_per_address = 3}};
  for (std::uint32_t i = 0; i < 3; ++i)
    CHECK(f.come(i, inbound("10.0.0.1")));
  CHECK_FALSE(f.come(3, inbound("10.0.0.1")));
  CHECK(f.come(4, inbound("10.0.0.2")));
  CHECK(f.come(5, {true, inbound("10.0.0.1").from}));
  f.slots.remove(numbered_peer(0));
  CHECK(f.come(6, inbound("10.0.0.1")));
  for (std::uint32_t i = 10; i < 13; ++i)
    CHECK(f.come(i, inbound("2001:db8::" + std::to_string(i))));
  CHECK_FALSE(f.come(13, inbound("2001:db8::1")));
  CHECK(f.come(14, inbound("2001:db8:0:1::1")));
}

TEST_CASE("peer slots: he gives his place who is missed least") {
  slots_fixture f;
  const auto peer = [](std::uint32_t number) { return numbered_peer(number); };
  f.come(1, outbound()); // without a stream, but we dialled it
  f.come(2, inbound("10.0.0.2"));
  f.known[peer(2)] = {true, 0}; // in a mesh
  f.come(3, inbound("10.0.0.3"));
  f.known[peer(3)] = {false, 5};
  f.come(4, inbound("10.0.0.4"));
  f.known[peer(4)] = {false, 0};
  f.now += 1s;
  f.come(5, inbound("10.0.0.5"));
  f.known[peer(5)] = {false, 0}; // younger
  f.come(6, inbound("10.0.0.6"));
  f.known[peer(6)] = {false, 0};
  f.come(7, inbound("10.0.0.6"));
  f.known[peer(7)] = {false, 0};
  f.now -= 2s;
  f.come(8, inbound("10.0.0.6"));
  f.known[peer(8)] = {false, 0};  // the most crowded address
  f.come(9, inbound("10.0.0.9")); // no pubsub stream
  f.come(10, inbound("10.0.0.10"));
  f.kept = {peer(10)};
  std::vector<libp2p::peer_id> order;
  while (const auto next = f.worst()) {
    order.push_back(*next);
    f.slots.remove(*next);
  }
  REQUIRE(order.size() == 9);
  CHECK(order[0] == peer(9));
  // Of the crowded address, one after the other.
  CHECK((order[1] == peer(6) || order[1] == peer(7)));
  CHECK((order[2] == peer(6) || order[2] == peer(7)));
  CHECK(order[3] == peer(5));
  CHECK(order[4] == peer(4));
  CHECK(order[5] == peer(8));
  CHECK(order[6] == peer(3));
  CHECK(order[7] == peer(2));
  CHECK(order[8] == peer(1));
}

TEST_CASE("peer slots: with four of five places taken, those go that have had "
          "no pubsub stream for their time") {
  slots_fixture f{{.max_peers = 10, .outbound_reserve = 0, .grace = 30s}};
  const auto useless = [&] {
    const auto found = f.slots.useless(f.known, f.stays, f.now);
    return std::set<libp2p::peer_id>{found.begin(), found.end()};
  };
  for (std::uint32_t i = 0; i < 8; ++i)
    f.come(i, inbound("10.0.0." + std::to_string(i)));
  CHECK_FALSE(f.slots.crowded());
  f.now += 20s;
  f.come(8, inbound("10.0.0.8"));
  CHECK(f.slots.crowded());
  f.known[numbered_peer(1)] = {};
  f.kept = {numbered_peer(2)};
  CHECK(useless().empty());
  f.now += 10s;
  CHECK(useless().size() == 6);
  CHECK_FALSE(useless().contains(numbered_peer(1)));
  CHECK_FALSE(useless().contains(numbered_peer(2)));
  CHECK_FALSE(useless().contains(numbered_peer(8)));
  f.now += 20s;
  CHECK(useless().contains(numbered_peer(8)));
}

TEST_CASE("peer slots: a peer has one place, and gives it back once") {
  slots_fixture f{
      {.max_peers = 16, .outbound_reserve = 0, .max_per_address = 2}};
  f.slots.add(numbered_peer(1), inbound("10.0.0.1"), f.now);
  f.slots.add(numbered_peer(1), inbound("10.0.0.1"), f.now);
  CHECK(f.slots.size() == 1);
  CHECK(f.come(2, inbound("10.0.0.1")));
  CHECK_FALSE(f.come(3, inbound("10.0.0.1")));
  f.slots.remove(numbered_peer(9));
  CHECK(f.slots.size() == 2);
  f.slots.remove(numbered_peer(1));
  f.slots.remove(numbered_peer(1));
  CHECK(f.slots.size() == 1);
  CHECK(f.come(3, inbound("10.0.0.1")));
  CHECK_FALSE(f.come(4, inbound("10.0.0.1")));
}

TEST_CASE("peer slots: who was dialled neither takes nor gives back a place of "
          "those who dial") {
  slots_fixture f{
      {.max_peers = 16, .outbound_reserve = 2, .max_per_address = 100}};
  CHECK(f.come(100, outbound()));
  CHECK(f.come(101, outbound()));
  f.slots.remove(numbered_peer(100));
  f.slots.remove(numbered_peer(101));
  for (std::uint32_t i = 0; i < 20; ++i)
    CHECK(f.come(i, inbound("10.0.0.1")) == (i < 14));
}

TEST_CASE("peer slots: the reserve may be smaller than an eighth") {
  slots_fixture f{{.max_peers = 16, .outbound_reserve = 1}};
  for (std::uint32_t i = 0; i < 20; ++i)
    CHECK(f.come(i, inbound("10.0.0." + std::to_string(i))) == (i < 15));
}

TEST_CASE("peer slots: the crowd at an address is held against those who dial "
          "alone") {
  slots_fixture f;
  f.come(1, {true, inbound("10.0.0.1").from});
  f.now += 1s;
  f.come(2, {true, inbound("10.0.0.2").from});
  for (std::uint32_t i = 10; i < 13; ++i) {
    f.come(i, inbound("10.0.0.1"));
    f.kept.insert(numbered_peer(i));
  }
  CHECK(f.worst() == numbered_peer(2));
}

TEST_CASE("peer slots: nobody goes where all are protected") {
  slots_fixture f;
  CHECK_FALSE(f.worst());
  f.come(1, inbound("10.0.0.1"));
  f.kept = {numbered_peer(1)};
  CHECK_FALSE(f.worst());
}

TEST_CASE("peer slots: why there is no place is said") {
  slots_fixture f{
      {.max_peers = 8, .outbound_reserve = 1, .max_per_address = 3}};
  for (std::uint32_t i = 0; i < 3; ++i)
    f.come(i, inbound("10.0.0.1"));
  CHECK(f.slots.refusal(inbound("10.0.0.1"))->text
        == "there are too many peers of its address");
  for (std::uint32_t i = 3; i < 7; ++i)
    f.come(i, inbound("10.0.1." + std::to_string(i)));
  CHECK(f.slots.refusal(inbound("10.0.0.2"))->text
        == "the places left are for peers that are dialled");
  CHECK_FALSE(f.slots.refusal(outbound()));
  f.come(7, outbound());
  CHECK(f.slots.refusal(outbound())->text == "there are too many peers");
}

// -- water marks --------------------------------------------------------------

TEST_CASE("peer slots: above the high-water mark so many go that the low one "
          "is reached") {
  slots_fixture f{{.max_peers = 100,
                   .outbound_reserve = 0,
                   .high_water = 6,
                   .low_water = 4,
                   .water_grace = 20s}};
  const auto surplus = [&] {
    return f.slots.surplus(f.known, f.stays, f.now).size();
  };
  for (std::uint32_t i = 0; i < 6; ++i)
    f.come(i, inbound("10.0.0." + std::to_string(i)));
  f.now += 1h;
  CHECK_FALSE(f.slots.above_high_water());
  CHECK(surplus() == 0);
  f.come(6, inbound("10.0.0.6"));
  CHECK(f.slots.above_high_water());
  CHECK(surplus() == 3);
  // Protected ones count, and stay.
  for (std::uint32_t i = 0; i < 5; ++i)
    f.kept.insert(numbered_peer(i));
  CHECK(f.slots.surplus(f.known, f.stays, f.now)
        == std::vector{numbered_peer(5)});
  // The newest has had its time.
  f.now += 20s;
  CHECK(surplus() == 2);
}

TEST_CASE("peer slots: without a high-water mark nobody is too many") {
  slots_fixture f;
  for (std::uint32_t i = 0; i < 14; ++i)
    f.come(i, inbound("10.0.0." + std::to_string(i)));
  f.now += 1h;
  CHECK_FALSE(f.slots.above_high_water());
  CHECK(f.slots.surplus(f.known, f.stays, f.now).empty());
}

TEST_CASE("peer slots: above the high-water mark they go as if each were the "
          "one that is missed least") {
  std::minstd_rand gen{7};
  const auto draw = [&](std::uint32_t below) {
    return static_cast<std::uint32_t>(gen() % below);
  };
  for (int round = 0; round < 50; ++round) {
    slots_fixture f{{.max_peers = 100,
                     .outbound_reserve = 0,
                     .high_water = 50,
                     .low_water = 20,
                     .water_grace = 0s}};
    for (std::uint32_t i = 0; i < 60; ++i) {
      const auto how = inbound("10.0.0." + std::to_string(draw(12)));
      f.come(i, {draw(6) == 0, how.from});
      f.now += 1ms;
      if (draw(3) > 0)
        f.known[numbered_peer(i)] = {draw(4) == 0,
                                     static_cast<double>(draw(3)) - 1};
      if (draw(10) == 0)
        f.kept.insert(numbered_peer(i));
    }
    const auto leaving = f.slots.surplus(f.known, f.stays, f.now);
    REQUIRE(leaving.size() == 40);
    for (const auto& one : leaving) {
      REQUIRE(one == f.worst());
      f.slots.remove(one);
    }
  }
}
