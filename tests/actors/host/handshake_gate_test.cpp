#include "actors/host/address_group.hpp"
#include "actors/host/handshake_gate.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace grapevine;
using namespace std::chrono_literals;
using answer = handshake_gate::answer;

namespace {

libp2p::ip_prefix group_of(const std::string& address) {
  return address_group(libp2p::ip_address::from_text(address).value());
}

struct gate_fixture {
  gate_fixture() : gate_fixture{{.total = 8, .per_address = 4}} {}
  explicit gate_fixture(const handshake_gate::options& o) : gate{o} {}

  handshake_gate::decision enter(const std::string& from) {
    return gate.enter(++last, group_of(from), now);
  }

  // One that says something at once.
  handshake_gate::decision talk(const std::string& from) {
    const auto result = enter(from);
    gate.spoke(last);
    return result;
  }

  time_point now{1h};
  handshake_gate gate;
  handshake_gate::key last = 0;
};

} // namespace

TEST_CASE("handshake gate: full of silent ones, the oldest of the most crowded "
          "address goes") {
  gate_fixture f;
  for (int i = 0; i < 2; ++i)
    f.enter("10.0.0.1"); // 1, 2
  for (int i = 0; i < 4; ++i)
    f.enter("10.0.0.2"); // 3 to 6
  for (int i = 0; i < 2; ++i)
    f.enter("10.0.0.3"); // 7, 8
  CHECK(f.gate.has_room(f.now));
  const auto first = f.enter("10.0.0.4");
  CHECK(first.what == answer::welcome);
  CHECK(first.instead == 3U);
  CHECK(f.enter("10.0.0.5").instead == 4U);
  CHECK(f.gate.size() == 8);
  // Now all have two, or one.
  CHECK(f.enter("10.0.0.6").instead == 1U);
}

TEST_CASE("handshake gate: who has said something stays while others are "
          "silent") {
  gate_fixture f;
  for (int i = 0; i < 4; ++i)
    f.talk("10.0.0.1"); // 1 to 4
  for (int i = 0; i < 3; ++i)
    f.talk("10.0.0.2"); // 5 to 7
  f.enter("10.0.0.3");  // 8
  CHECK(f.enter("10.0.0.4").instead == 8U);
}

TEST_CASE(
    "handshake gate: full of those who talk, newcomers wait until one has "
    "had its time") {
  gate_fixture f;
  for (int i = 0; i < 4; ++i)
    f.talk("10.0.0.1"); // 1 to 4
  f.now += 500ms;
  for (int i = 0; i < 4; ++i)
    f.talk("10.0.0.2"); // 5 to 8
  CHECK_FALSE(f.gate.has_room(f.now));
  CHECK(f.gate.room_at() == f.now + 500ms);
  f.now += 500ms;
  CHECK(f.gate.has_room(f.now));
  CHECK(f.enter("10.0.0.3").instead == 1U);
  // The newcomer is silent: it would go for the next one.
  CHECK(f.gate.has_room(f.now));
  f.gate.spoke(f.last);
  CHECK(f.talk("10.0.0.4").instead == 2U);
  f.gate.ended(5);
  CHECK(f.gate.has_room(f.now));
  CHECK_FALSE(f.enter("10.0.0.5").instead);
}

TEST_CASE(
    "handshake gate: one address gets so many, its silent ones go first") {
  gate_fixture f;
  for (int i = 0; i < 3; ++i)
    f.talk("10.0.0.1"); // 1 to 3
  f.enter("10.0.0.1");  // 4
  const auto next = f.talk("10.0.0.1");
  CHECK(next.what == answer::welcome);
  CHECK(next.instead == 4U);
  CHECK(f.talk("10.0.0.1").what == answer::too_many);
  CHECK(f.gate.size() == 4);
  CHECK(f.talk("10.0.0.2").what == answer::welcome);
  f.gate.ended(1);
  CHECK(f.talk("10.0.0.1").what == answer::welcome);
}

TEST_CASE("handshake gate: a /64 of IPv6 is one address") {
  gate_fixture f;
  for (int i = 1; i <= 4; ++i)
    f.talk("2001:db8::" + std::to_string(i));
  CHECK(f.talk("2001:db8::5").what == answer::too_many);
  CHECK(f.talk("2001:db8:0:1::5").what == answer::welcome);
}

TEST_CASE("handshake gate: one address begins so many a second") {
  gate_fixture f{{.total = 1000, .per_address = 1000, .per_second = 2}};
  for (int i = 0; i < 20; ++i) {
    CHECK(f.talk("10.0.0.1").what == answer::welcome);
    f.gate.ended(f.last);
  }
  CHECK(f.talk("10.0.0.1").what == answer::too_often);
  CHECK(f.gate.size() == 0);
  CHECK(f.talk("10.0.0.2").what == answer::welcome);
  f.now += 1s;
  CHECK(f.talk("10.0.0.1").what == answer::welcome);
  CHECK(f.talk("10.0.0.1").what == answer::welcome);
  CHECK(f.talk("10.0.0.1").what == answer::too_often);
}

TEST_CASE("handshake gate: while all who talk are in their time, nobody ends "
          "for another") {
  gate_fixture f;
  for (int i = 0; i < 8; ++i)
    f.talk("10.0.0." + std::to_string(i / 4 + 1));
  f.now += 999ms;
  const auto next = f.enter("10.0.0.3");
  CHECK(next.what == answer::too_many);
  CHECK_FALSE(next.instead);
  CHECK(f.gate.size() == 8);
  // What was turned away takes no place, of nobody.
  f.gate.ended(1);
  for (int i = 0; i < 2; ++i)
    f.enter("10.0.0.3");
  CHECK(f.gate.size() == 8);
}

TEST_CASE("handshake gate: a silent one goes before those who have had their "
          "time") {
  gate_fixture f;
  for (int i = 0; i < 7; ++i)
    f.talk("10.0.0." + std::to_string(i / 4 + 1));
  f.now += 2s;
  f.enter("10.0.0.3"); // 8
  CHECK(f.enter("10.0.0.4").instead == 8U);
}

TEST_CASE("handshake gate: of those who have had their time, one of the most "
          "crowded address goes") {
  gate_fixture f;
  f.talk("10.0.0.1"); // 1
  for (int i = 0; i < 3; ++i)
    f.talk("10.0.0.2"); // 2 to 4
  f.now += 1s;
  for (int i = 0; i < 4; ++i)
    f.talk("10.0.0.3"); // 5 to 8, in their time
  CHECK(f.enter("10.0.0.4").instead == 2U);
}

TEST_CASE("handshake gate: an address that is full ends none of another's") {
  gate_fixture f;
  f.enter("10.0.0.2"); // 1
  for (int i = 0; i < 4; ++i)
    f.talk("10.0.0.1"); // 2 to 5
  const auto next = f.enter("10.0.0.1");
  CHECK(next.what == answer::too_many);
  CHECK_FALSE(next.instead);
  CHECK(f.gate.size() == 5);
}

TEST_CASE("handshake gate: who speaks or ends twice counts once") {
  gate_fixture f{{.total = 2, .per_address = 2}};
  f.enter("10.0.0.1"); // 1
  f.enter("10.0.0.1"); // 2
  f.gate.spoke(1);
  f.gate.spoke(1);
  f.gate.spoke(7); // nobody
  CHECK(f.gate.has_room(f.now));
  f.gate.spoke(2);
  CHECK_FALSE(f.gate.has_room(f.now));
  f.gate.ended(2);
  f.gate.ended(2);
  f.gate.ended(7);
  CHECK(f.gate.size() == 1);
  f.enter("10.0.0.1"); // 3
  f.gate.ended(3);
  f.talk("10.0.0.1"); // 4
  // None of the two is silent.
  CHECK_FALSE(f.gate.has_room(f.now));
  CHECK(f.enter("10.0.0.1").what == answer::too_many);
}

TEST_CASE("handshake gate: with fewer than there may be there is room, whoever "
          "they are") {
  gate_fixture f{{.total = 2, .per_address = 2}};
  CHECK(f.gate.has_room(f.now));
  f.talk("10.0.0.1");
  CHECK(f.gate.has_room(f.now));
  f.talk("10.0.0.1");
  CHECK_FALSE(f.gate.has_room(f.now));
}
