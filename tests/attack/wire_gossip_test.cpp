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

struct attacked {
  std::unique_ptr<wire_attack> net;
  attacker* peer;
};

// Runs `attack` within one interval of the peer's budget, which begins while it
// connects. On a slow machine that takes a longer one.
attacked attack_in_one_heartbeat(const std::function<void(attacker&)>& attack) {
  for (auto heartbeat = 1000ms;; heartbeat *= 2) {
    auto config = wire_attack::config(heartbeat);
    config.params.timers.iwant_followup = heartbeat;
    auto f = std::make_unique<wire_attack>(config);
    const auto begin = std::chrono::steady_clock::now();
    auto& peer = f->join(9);
    attack(peer);
    f->settle(peer);
    if (std::chrono::steady_clock::now() - begin < heartbeat)
      return {std::move(f), &peer};
    f->stop();
    REQUIRE(heartbeat < 8s);
  }
}

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

TEST_CASE("attack: 15,000 IHAVE of one id each: ten are heeded in a heartbeat, "
          "and more in the next; what is not kept costs score") {
  const auto [net, attacking] = attack_in_one_heartbeat([](attacker& one) {
    for (const auto& id : numbered_ids("id ", 15'000))
      one.ihave({id});
  });
  auto& f = *net;
  auto& peer = *attacking;
  CHECK(peer.heard().iwant == numbered_ids("id ", 10));
  CHECK(f.score(peer).score >= 0);
  f.until([&] {
    peer.ihave({"later"});
    return peer.heard().iwant.size() > 10;
  });
  CHECK(peer.heard().iwant.back() == "later");
  // Each IWANT was a promise.
  f.until([&] { return f.score(peer).behaviour < -100; });
  CHECK(f.inspect().cache.broken_promises >= 10);
  f.stop();
}

TEST_CASE("attack: of 10,000 ids by IHAVE 5,000 are asked for in a heartbeat") {
  const auto [net, peer] = attack_in_one_heartbeat([](attacker& one) {
    for (int i = 0; i < 10; ++i)
      one.ihave(numbered_ids(std::to_string(i) + ' ', 1000));
  });
  const auto& asked = peer->heard().iwant;
  CHECK(std::set<std::string>(asked.begin(), asked.end()).size() == 5000);
  CHECK(asked.size() == 5000);
  net->stop();
}

TEST_CASE("attack: IHAVE for topics of nobody is not heeded") {
  wire_attack f;
  auto& peer = f.join(9);
  for (int i = 0; i < 100; ++i)
    peer.ihave({"an id"}, "unknown " + std::to_string(i));
  f.settle(peer);
  CHECK(peer.heard().iwant.empty());
  f.stop();
}
