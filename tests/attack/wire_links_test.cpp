#include "tests/attack/wire_attack.hpp"
#include "tests/support/open_descriptors.hpp"

#include <set>

// Peers with more than one connection or stream: honest ones, that lost their
// way or dialled twice, and those that only take room.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

TEST_CASE("attack: of a peer with two connections, or two streams on one, "
          "nothing is lost") {
  constexpr int count = 2000;
  wire_attack f;
  auto& one = f.join(9);
  const bool same_connection = GENERATE(false, true);
  auto& other = same_connection ? one : f.connect(9);
  const auto out =
      same_connection ? one.wire.open("/meshsub/1.2.0") : other.out;
  std::set<std::string> sent;
  std::set<std::string> got;
  for (int i = 0; i < count; ++i) {
    const auto text = std::to_string(i);
    one.send(plain_message("on the first " + text));
    other.wire.send_raw(out, plain_message("on the second " + text)->frame());
    sent.insert("on the first " + text);
    sent.insert("on the second " + text);
  }
  while (got.size() < sent.size())
    got.insert(f.next_text());
  CHECK(got == sent);
  CHECK_FALSE(one.wire.was_reset(one.out));
  CHECK_FALSE(other.wire.was_reset(out));
  CHECK(f.score(one).score >= 0);
  f.stop();
}

TEST_CASE("attack: a peer that comes back while its old connection is mute is "
          "heard and hears") {
  auto config = wire_attack::config();
  config.session.ping_timeout = 1000ms;
  wire_attack f{config};
  // Its bytes move in its own waits alone.
  attacker old{9, f.node.addresses.at(0), "/meshsub/1.2.0"};
  old.subscribe("t");
  old.wire.until([&] { return old.heard().grafted("t"); });
  f.publish("before");
  old.wire.until([&] { return old.heard().copies_of("before") == 1; });
  const auto descriptors = open_descriptors();
  auto& back = f.connect(9);
  back.send(plain_message("here again"));
  CHECK(f.next_text() == "here again");
  f.publish("after");
  // Long before the old connection would be given up for its silence.
  f.until([&] { return back.heard().copies_of("after") == 1; });
  CHECK(back.heard().grafted("t"));
  CHECK(f.inspect().peers.size() == 1);
  // Both ends of the new connection have come, the node's of the old one goes.
  f.until([&] { return open_descriptors() == descriptors + 1; });
  old.wire.until([&] { return old.wire.ended(); });
  f.publish("at last");
  f.until([&] { return back.heard().copies_of("at last") == 1; });
  CHECK_FALSE(back.wire.ended());
  f.stop();
}

TEST_CASE("attack: malformed RPCs again and again lead to graylisting") {
  wire_attack f;
  auto& peer = f.join(9);
  auto& honest = f.join(10);
  double before = f.score(peer).score;
  for (int i = 0; i < 10; ++i) {
    // A message that is longer than its RPC.
    peer.wire.send_raw(peer.out, bytes{3, 0x12, 0x7f, 0x00});
    f.until([&] { return peer.wire.was_reset(peer.out); });
    peer.out = peer.wire.open("/meshsub/1.2.0");
    f.settle(peer);
    const auto score = f.score(peer).score;
    CHECK(score <= before);
    before = score;
  }
  CHECK(before < wire_attack::config().params.thresholds.graylist);
  peer.send(plain_message("not heard"));
  f.settle(peer);
  honest.send(plain_message("heard"));
  CHECK(f.next_text() == "heard");
  f.stop();
}
