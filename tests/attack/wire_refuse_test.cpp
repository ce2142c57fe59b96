#include "tests/attack/wire_attack.hpp"

// Whom and what the operator does not want: blocked peers, topics that are
// filtered, addresses that the gater turns away.

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;
using gossip::verdict_kind;

TEST_CASE("attack: a blocked peer is disconnected, kept out, and not heard by "
          "way of others") {
  auto config = wire_attack::config();
  config.policy = gossip::signing_policy::strict_sign;
  wire_attack f{config};
  auto& peer = f.join(9);
  auto& honest = f.join(10);
  tell(f.net.self().ptr(), f.node.actor, block_peer{peer.id()});
  f.until([&] { return peer.wire.ended(); });
  wire_peer again{9, f.node.addresses.at(0)};
  again.until([&] { return again.ended(); });
  honest.send(signed_message(9, 1, "of the blocked"));
  honest.send(signed_message(10, 1, "of the honest"));
  CHECK(f.next_text() == "of the honest");
  f.settle(honest);
  const auto found = f.inspect();
  CHECK(found.peers.size() == 1);
  CHECK(found.cache.delivered == 1);
  // Whoever passes it on did nothing wrong.
  CHECK(f.score(honest).score > 0);
  f.stop();
}

TEST_CASE("attack: subscriptions that the filter does not allow are not kept, "
          "an RPC with too many is dropped") {
  auto config = wire_attack::config();
  gossip::subscription_filter_options options;
  options.topics = {"t"};
  options.patterns = {"settled [0-9]+"};
  options.max_per_rpc = 10;
  config.filter = gossip::subscription_filter::from(options).value();
  wire_attack f{config};
  auto& peer = f.connect(9);
  peer.subscribe("another");
  std::vector<proto::subscription> many{{.topic = "t"}};
  for (int i = 0; i < 10; ++i)
    many.push_back({.topic = "topic " + std::to_string(i)});
  peer.wire.say(peer.out, many);
  f.settle(peer);
  CHECK(peer.heard().grafts.empty());
  many.resize(10);
  peer.wire.say(peer.out, many);
  f.until([&] { return peer.heard().grafted("t"); });
  f.stop();
}

TEST_CASE("attack: under overload the gater turns away who sent what was "
          "rejected, and nobody at another address") {
  auto config = wire_attack::config();
  config.gater.emplace();
  // Or the graylist would be faster.
  config.use_scoring(gossip::scoring_of(gossip::score_profile::off));
  wire_attack f{config};
  topic_validation validation;
  validation.functions = {
      [](const gossip::message& msg, const libp2p::peer_id&) {
        return to_string(msg.data()).starts_with("bad") ? verdict_kind::reject
                                                        : verdict_kind::accept;
      }};
  validation.max_messages = 10;
  f.set_validation(validation);
  auto& peer = f.connect(9, "/meshsub/1.2.0", "127.0.0.2");
  auto& honest = f.connect(10, "/meshsub/1.2.0", "127.0.0.3");
  std::vector<gossip::message_ptr> bad;
  for (int i = 0; i < 1000; ++i)
    bad.push_back(plain_message("bad " + std::to_string(i)));
  peer.send(rpc_of(bad));
  f.settle(peer);
  const auto before = f.inspect().cache;
  CHECK(before.throttled > 900);
  CHECK(before.gated == 0);
  // 10 rejected ones of weight 16: one in 161 passes.
  for (int i = 0; i < 200; ++i)
    peer.send(plain_message("from the attacker " + std::to_string(i)));
  f.settle(peer);
  const auto gated = f.inspect().cache.gated;
  INFO("gated " << gated << " of 200");
  CHECK(gated > 150);
  for (int i = 0; i < 20; ++i) {
    honest.send(plain_message("from the honest " + std::to_string(i)));
    f.settle(honest);
  }
  CHECK(f.inspect().cache.gated == gated);
  CHECK(f.inspect().cache.delivered == 20 + 200 - gated);
  // Control passes in any case.
  peer.subscribe("t");
  f.until([&] { return peer.heard().grafted("t"); });
  f.stop();
}
