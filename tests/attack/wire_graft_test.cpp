#include "tests/attack/wire_attack.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

TEST_CASE("attack: GRAFT for unknown topics gets no PRUNE, costs nothing, and "
          "makes no mesh") {
  wire_attack f;
  auto& peer = f.join(9);
  const auto before = f.inspect().mesh.topics.size();
  for (int i = 0; i < 1000; ++i)
    peer.graft("unknown " + std::to_string(i));
  f.settle(peer);
  CHECK(peer.heard().prunes.empty());
  CHECK(f.inspect().mesh.topics.size() == before);
  CHECK(f.score(peer).score >= 0);
  f.stop();
}

TEST_CASE("attack: each GRAFT during backoff gets a PRUNE, until the graylist "
          "silences") {
  wire_attack f;
  auto& peer = f.linger(9);
  CHECK(f.score(peer).behaviour == 0);
  double last = 0;
  // The first may have crossed the PRUNE. Each further one counts twice, being
  // so soon after it: at the sixth (10 - 2)^2 * -2 is below the graylist's -80.
  for (std::size_t i = 1; i <= 6; ++i) {
    peer.graft("t");
    f.until([&] { return peer.heard().prunes.size() == i; });
    const auto& prune = peer.heard().prunes.back();
    CHECK(prune.topic == "t");
    // What is left of it.
    REQUIRE(prune.backoff);
    CHECK(*prune.backoff <= 60s);
    CHECK(*prune.backoff > 0s);
    CHECK(prune.peers.empty());
    const auto score = f.score(peer).behaviour;
    INFO("GRAFT " << i << ": " << score);
    CHECK((i <= 2 ? score == 0 : score < last));
    last = score;
  }
  CHECK(last < -80);
  for (int i = 0; i < 10; ++i)
    peer.graft("t");
  peer.iwant({"anything"});
  f.settle(peer);
  CHECK(peer.heard().prunes.size() == 6);
  CHECK(f.score(peer).behaviour >= last);
  CHECK_FALSE(f.in_mesh(peer));
  f.stop();
}

TEST_CASE("attack: 10,000 GRAFT and PRUNE in turn cost a peer its place, and "
          "nobody else anything") {
  wire_attack f;
  auto& peer = f.join(9);
  auto& honest = f.join(10);
  for (int i = 0; i < 10'000; ++i) {
    peer.prune("t");
    peer.graft("t");
  }
  f.settle(peer);
  CHECK(f.score(peer).score < -80);
  CHECK(f.inspect().mesh.topics.at(0).mesh.size() == 1);
  f.publish("still here");
  f.until([&] { return honest.heard().copies_of("still here") == 1; });
  f.settle();
  CHECK(peer.heard().messages.empty());
  f.stop();
}
