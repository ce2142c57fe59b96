// Peers and nodes that stop and start again, and what honest ones among them
// are owed: a place in the mesh, and what they missed.
#include "tests/attack/wire_attack.hpp"

#include <algorithm>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// Without flood publishing: what reaches a peer comes by the mesh or by gossip,
// and the heartbeats are too far apart for that.
node_config quiet_config() {
  auto config = wire_attack::config(10s);
  config.params.flood_publish = false;
  return config;
}

bool got_all(const heard_rpcs& heard, const std::string& name, int count) {
  for (int i = 0; i < count; ++i)
    if (heard.copies_of(name + std::to_string(i)) != 1)
      return false;
  return true;
}

void publish_some(wire_attack& f, const std::string& name, int count) {
  for (int i = 0; i < count; ++i)
    f.publish(name + std::to_string(i));
}

} // namespace

TEST_CASE("restart: a node that stops says neither PRUNE nor that it left, and "
          "ends its streams when all is sent") {
  wire_attack f;
  auto& peer = f.join(9);
  const auto stream = peer.wire.opened_by_node().at(0);
  f.publish("last words");
  f.stop();
  f.until([&] { return peer.wire.ended(); });
  CHECK(peer.heard().copies_of("last words") == 1);
  CHECK(peer.heard().prunes.empty());
  for (const auto& change : peer.wire.heard(stream))
    CHECK(change.subscribe);
}

TEST_CASE("restart: a topic that is left while the node goes on is pruned with "
          "its backoff") {
  wire_attack f;
  auto& peer = f.join(9);
  tell(f.net.self().ptr(), f.node.actor, unsubscribe_topic{"t", f.net.inbox()});
  f.until([&] { return !peer.heard().prunes.empty(); });
  CHECK(peer.heard().prunes[0].backoff == 10s);
  f.stop();
}

TEST_CASE("restart: a peer that prunes with a backoff as it stops is in the "
          "mesh again as soon as it is back and grafts") {
  wire_attack f;
  auto& peer = f.join(9);
  proto::control bye;
  bye.prunes.push_back({"t", {}, 600s});
  peer.say(bye);
  f.settle(peer);
  REQUIRE_FALSE(f.in_mesh(peer));
  f.leave(peer);
  auto& again = f.connect(9);
  again.subscribe("t");
  f.settle(again);
  // It may remember: the node waits for it.
  CHECK(again.heard().grafts.empty());
  again.graft("t");
  f.settle(again);
  CHECK(f.in_mesh(again));
  CHECK(again.heard().prunes.empty());
  CHECK(f.score(again).behaviour == 0);
  f.publish("welcome back");
  f.until([&] { return again.heard().copies_of("welcome back") == 1; });
  f.stop();
}

TEST_CASE("restart: a peer that the node pruned is told again what is left, "
          "which is no offence, and only the first time is") {
  wire_attack f;
  auto& peer = f.join(9);
  f.set_score(peer, -1);
  f.until([&] { return !peer.heard().prunes.empty(); });
  f.set_score(peer, 0);
  f.leave(peer);
  auto& again = f.connect(9);
  again.graft("t");
  f.until([&] { return again.heard().prunes.size() == 1; });
  CHECK(again.heard().prunes[0].backoff <= 60s);
  CHECK(again.heard().prunes[0].backoff > 0s);
  CHECK(f.score(again).behaviour == 0);
  for (std::size_t i = 2; i <= 4; ++i) {
    again.graft("t");
    f.until([&] { return again.heard().prunes.size() == i; });
  }
  CHECK(f.score(again).behaviour < 0);
  f.stop();
}

TEST_CASE("restart: a peer that reconnects and grafts without regard to its "
          "backoff is in the mesh when what it was told first is over") {
  auto config = wire_attack::config();
  config.params.timers.prune_backoff = 2s;
  config.connections_per_second = 100'000;
  wire_attack f{config};
  auto* peer = &f.join(9);
  f.set_score(*peer, -1);
  f.until([&] { return !peer->heard().prunes.empty(); });
  f.set_score(*peer, 0);
  const auto end = std::chrono::steady_clock::now() + wire_peer::patience;
  std::size_t refused = 0;
  for (;;) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    f.leave(*peer);
    peer = &f.connect(9);
    peer->graft("t");
    f.until([&] { return f.in_mesh(*peer) || !peer->heard().prunes.empty(); });
    CHECK(f.score(*peer).behaviour == 0);
    if (f.in_mesh(*peer))
      break;
    ++refused;
  }
  CHECK(refused > 0);
  f.stop();
}

TEST_CASE("graft: a peer that the node grafts is told what the window holds, "
          "and gets it") {
  wire_attack f{quiet_config()};
  publish_some(f, "before ", 10);
  auto& peer = f.join(9);
  f.until([&] { return peer.heard().ihave.size() == 10; });
  peer.iwant(peer.heard().ihave);
  f.until([&] { return got_all(peer.heard(), "before ", 10); });
  f.publish("after");
  f.until([&] { return peer.heard().copies_of("after") == 1; });
  f.settle(peer);
  CHECK(peer.heard().ihave.size() == 10);
  f.stop();
}

TEST_CASE("graft: a peer that grafts the node is told what the window holds, "
          "once in a heartbeat however often it comes") {
  wire_attack f{quiet_config()};
  auto* peer = &f.join(9);
  peer->prune("t");
  f.settle(*peer);
  publish_some(f, "meanwhile ", 10);
  f.settle(*peer);
  CHECK(peer->heard().ihave.empty());
  f.leave(*peer);
  peer = &f.connect(9);
  for (int i = 0; i < 100; ++i) {
    peer->subscribe("t");
    peer->graft("t");
    peer->subscribe("t", false);
  }
  peer->subscribe("t");
  peer->graft("t");
  f.until([&] { return peer->heard().ihave.size() >= 10; });
  peer->iwant(peer->heard().ihave);
  f.until([&] { return got_all(peer->heard(), "meanwhile ", 10); });
  f.settle(*peer);
  CHECK(f.in_mesh(*peer));
  CHECK(peer->heard().ihave.size() == 10);
  f.stop();
}
