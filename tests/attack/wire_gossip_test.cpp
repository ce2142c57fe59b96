#include "tests/attack/wire_attack.hpp"

#include <set>

// Floods of IWANT and IHAVE.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> numbered_ids(const std::string& prefix, int count) {
  std::vector<std::string> result;
  for (int i = 0; i < count; ++i)
    result.push_back(prefix + std::to_string(i));
  return result;
}

// No heartbeat comes: all is one interval of the peer's budget.
constexpr auto no_heartbeat = 1h;

} // namespace

TEST_CASE("attack: the same id by IWANT again and again gives 1 + 3 copies") {
  wire_attack f;
  auto& peer = f.join(9);
  const auto msg = plain_message("wanted");
  f.publish("wanted");
  f.until([&] { return peer.heard().copies_of("wanted") == 1; });
  for (int i = 0; i < 100; ++i)
    peer.iwant({std::string{msg->id().raw()}});
  f.settle(peer);
  f.until([&] { return peer.heard().copies_of("wanted") == 4; });
  f.settle();
  CHECK(peer.heard().copies_of("wanted") == 4);
  f.stop();
}

TEST_CASE("attack: one IWANT with an id many times gives no more copies") {
  wire_attack f;
  auto& peer = f.join(9);
  const auto msg = plain_message("wanted");
  f.publish("wanted");
  peer.iwant(std::vector<std::string>(5000, std::string{msg->id().raw()}));
  f.until([&] { return peer.heard().copies_of("wanted") == 4; });
  f.settle(peer);
  CHECK(peer.heard().copies_of("wanted") == 4);
  f.stop();
}

TEST_CASE("attack: 15,000 IHAVE of one id each: ten are accepted in a "
          "heartbeat") {
  wire_attack f{wire_attack::config(no_heartbeat)};
  auto& peer = f.join(9);
  for (const auto& id : numbered_ids("id ", 15'000))
    peer.ihave({id});
  f.settle(peer);
  CHECK(peer.heard().iwant == numbered_ids("id ", 10));
  CHECK(f.score(peer).score >= 0);
  f.stop();
}

TEST_CASE(
    "attack: IHAVE again and again: later heartbeats accept more, and what "
    "is not kept costs score") {
  auto config = wire_attack::config();
  config.params.timers.iwant_followup = 50ms;
  wire_attack f{config};
  auto& peer = f.join(9);
  int said = 0;
  f.until([&] {
    peer.ihave({"id " + std::to_string(said++)});
    return peer.heard().iwant.size() > 10;
  });
  // Each IWANT was a promise.
  f.until([&] { return f.score(peer).behaviour < -100; });
  CHECK(f.inspect().cache.broken_promises >= 10);
  f.stop();
}

TEST_CASE("attack: of 10,000 ids by IHAVE 5,000 are asked for in a heartbeat") {
  wire_attack f{wire_attack::config(no_heartbeat)};
  auto& peer = f.join(9);
  for (int i = 0; i < 10; ++i)
    peer.ihave(numbered_ids(std::to_string(i) + ' ', 1000));
  f.settle(peer);
  const auto& asked = peer.heard().iwant;
  CHECK(std::set<std::string>(asked.begin(), asked.end()).size() == 5000);
  CHECK(asked.size() == 5000);
  f.stop();
}

TEST_CASE("attack: IHAVE for topics of nobody is not accepted") {
  wire_attack f;
  auto& peer = f.join(9);
  for (int i = 0; i < 100; ++i)
    peer.ihave({"an id"}, "unknown " + std::to_string(i));
  f.settle(peer);
  CHECK(peer.heard().iwant.empty());
  f.stop();
}
