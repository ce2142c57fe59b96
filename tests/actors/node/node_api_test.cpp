#include "gossip/partial/bitmap_parts.hpp"
#include "tests/support/pair_of_nodes.hpp"

#include <set>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

// What applications ask of a node besides publishing and subscribing.

namespace {

mesh_snapshot mesh_of(node_network& net,
                      const node_network::running_node& node) {
  return net.get<node_snapshot>(node.actor, inspect_node{}).mesh;
}

} // namespace

TEST_CASE("publishing waits for so many peers, and says when there are fewer") {
  pair_of_nodes p;
  publish_message msg{"t", to_bytes(as_bytes("hello")), 1, 10s};
  CHECK(p.net.get<publish_receipt>(p.a.actor, msg).peers == 1);
  msg.min_peers = 2;
  msg.patience = 20ms;
  CHECK(p.net.get_error<publish_receipt>(p.a.actor, msg)
        == "the topic has 1 peers, 2 were asked for");
}

TEST_CASE("a batch arrives whole, with a receipt for each message") {
  pair_of_nodes p;
  publish_batch batch{"t", {}};
  std::multiset<std::string> expected;
  for (int i = 0; i < 10; ++i) {
    batch.data.push_back(to_bytes(as_bytes(std::to_string(i))));
    expected.insert(std::to_string(i));
  }
  const auto receipts = p.net.get<batch_receipt>(p.a.actor, batch).receipts;
  REQUIRE(receipts.size() == 10);
  for (const auto& receipt : receipts)
    CHECK(receipt.peers == 1);
  std::multiset<std::string> got;
  for (int i = 0; i < 10; ++i)
    got.insert(text_of(p.net.next_message()));
  CHECK(got == expected);
}

TEST_CASE("a node relays a topic that nobody on it is subscribed to") {
  pair_of_nodes p;
  const auto c = p.net.start(quick(3));
  p.net.get<changed>(p.a.actor, relay_topic{"t"});
  p.net.connect(c, p.a);
  p.net.await(c, "t", 1);
  p.net.publish(c, "t", "by way of the relay");
  CHECK(text_of(p.net.next_message()) == "by way of the relay");
  p.net.stop(c);
}

TEST_CASE("a topic for publishing only is not joined") {
  auto config = quick(1);
  config.publish_only.insert("t");
  pair_of_nodes p{config, quick(2)};
  CHECK(p.net.get_error<changed>(p.a.actor, relay_topic{"t"})
        == "the topic \"t\" is for publishing only");
  p.net.publish(p.a, "t", "hello");
  CHECK(text_of(p.net.next_message()) == "hello");
}

TEST_CASE("direct peers get everything and are in no mesh, also those that "
          "become so while running") {
  node_network net;
  const auto a = net.start(quick(1));
  auto config = quick(2);
  const bool from_start = GENERATE(true, false);
  if (from_start)
    config.direct_peers = {a.addresses.at(0)};
  const auto b = net.start(config);
  net.subscribe(a, "t");
  net.subscribe(b, "t");
  if (!from_start)
    net.get<changed>(b.actor, set_direct_peer{a.addresses.at(0)});
  net.get<changed>(a.actor, set_direct_peer{b.addresses.at(0)});
  net.await(a, "t", 1);
  net.await(b, "t", 1);
  net.publish(a, "t", "hello");
  // One of each node's subscribers.
  CHECK(text_of(net.next_message()) == "hello");
  CHECK(text_of(net.next_message()) == "hello");
  CHECK(mesh_of(net, a).topics.at(0).mesh.empty());
  CHECK(mesh_of(net, b).topics.at(0).mesh.empty());
  net.stop(a);
  net.stop(b);
}

TEST_CASE("a direct peer must be named with its identity") {
  pair_of_nodes p;
  const auto nameless = p.b.addresses.at(0).without_peer();
  CHECK(p.net.get_error<changed>(p.a.actor, set_direct_peer{nameless})
        == "a direct peer's address must end in /p2p/ID: "
               + nameless.to_text());
}

TEST_CASE("a blocked peer is disconnected and stays out") {
  pair_of_nodes p;
  p.net.watch(p.a);
  tell(p.net.self().ptr(), p.a.actor, block_peer{p.b.id});
  CHECK(p.net.next_event(node_event::kind::disconnected).peer == p.b.id);
  CHECK(p.net.get_error<peer_connected>(p.a.actor,
                                        connect_peer{p.b.addresses.at(0)})
        == "the peer is blocked");
  tell(p.net.self().ptr(), p.a.actor, block_peer{p.b.id, false});
  p.net.connect(p.a, p.b);
}

TEST_CASE("the application's score of a peer shows, and counts") {
  pair_of_nodes p;
  tell(p.net.self().ptr(), p.b.actor, set_application_score{p.a.id, -1'000});
  // Behind it in the mesh manager's mailbox.
  CHECK(score_of(p.net, p.b, p.a.id) <= -1'000);
  p.net.publish(p.a, "t", "from a graylisted peer");
  p.net.publish(p.b, "t", "own");
  CHECK(text_of(p.net.next_message()) == "own");
}

TEST_CASE("parameters of a topic's scores that break a rule are refused") {
  pair_of_nodes p;
  gossip::topic_score_parameters wrong;
  wrong.invalid_messages.weight = 1;
  const auto why =
      p.net.get_error<changed>(p.a.actor, set_topic_score{"t", wrong});
  CHECK_THAT(why, Catch::Contains("must"));
}

TEST_CASE("a hub that keeps no mesh introduces its peers to each other") {
  auto hub_config = quick(1);
  auto& degrees = hub_config.params.mesh;
  degrees.degree = degrees.degree_low = degrees.degree_high = 0;
  degrees.degree_score = degrees.degree_outbound = 0;
  hub_config.params.peer_exchange = true;
  node_network net;
  const auto hub = net.start(hub_config);
  net.subscribe(hub, "t");
  std::vector<node_network::running_node> leaves;
  for (std::uint8_t i = 2; i < 5; ++i) {
    auto config = quick(i);
    config.use_scoring(gossip::scoring_of(gossip::score_profile::off));
    leaves.push_back(net.start(config));
    net.subscribe(leaves.back(), "t");
    net.connect(leaves.back(), hub);
  }
  // The hub and both others; the first to come learns of them from them.
  for (const auto& leaf : leaves)
    net.await(leaf, "t", 3);
  for (const auto& leaf : leaves)
    net.stop(leaf);
  net.stop(hub);
}

TEST_CASE(
    "partial messages: a node completes what it has by what another has") {
  auto first = quick(1);
  auto second = quick(2);
  first.partial_messages = second.partial_messages = true;
  node_network net;
  const auto a = net.start(first);
  const auto b = net.start(second);
  const auto rules = std::make_shared<gossip::bitmap_parts>(2);
  for (const auto& node : {a, b}) {
    net.subscribe(node, "t");
    net.get<changed>(node.actor,
                     set_partial_topic{"t", {true, rules}, net.inbox()});
  }
  net.connect(a, b);
  net.await(a, "t", 1);
  net.await(b, "t", 1);
  gossip::numbered_parts left{2};
  left.set(0, as_bytes("left"));
  gossip::numbered_parts right{2};
  right.set(1, as_bytes("right"));
  const auto publish = [&](const auto& node,
                           const gossip::numbered_parts& has) {
    net.get<changed>(node.actor,
                     publish_partial{"t", to_bytes(as_bytes("group")),
                                     has.encode(), has.available().bits()});
  };
  publish(a, left);
  publish(b, right);
  while (!left.complete() || !right.complete()) {
    partial_delivered got;
    bool any = false;
    net.self()->receive([&](partial_delivered& msg) { got = msg, any = true; },
                        caf::after(node_network::patience) >> [] {});
    REQUIRE(any);
    if (got.parts)
      CHECK((got.from == a.id ? right : left).merge(*got.parts));
  }
  CHECK(to_string(*left.get(1)) == "right");
  CHECK(to_string(*right.get(0)) == "left");
  net.stop(a);
  net.stop(b);
}

TEST_CASE("partial messages must be announced to be used") {
  pair_of_nodes p;
  const auto rules = std::make_shared<gossip::bitmap_parts>(2);
  CHECK_THAT(
      p.net.get_error<changed>(
          p.a.actor, set_partial_topic{"t", {true, rules}, p.net.inbox()}),
      Catch::Contains("node_config::partial_messages"));
}

TEST_CASE("a topic that the filter does not allow is not joined") {
  auto config = quick(1);
  config.filter =
      gossip::subscription_filter::from({{"t", "u"}, {}, 0}).value();
  pair_of_nodes p{config, quick(2)};
  CHECK(p.net.get_error<changed>(p.a.actor, relay_topic{"x"})
        == "the subscription filter does not allow \"x\"");
  p.net.get<changed>(p.a.actor, relay_topic{"u"});
}

TEST_CASE("an address that asks for what is not possible is not dialled as "
          "something else") {
  const auto wss =
      libp2p::multiaddr::from_text("/dns4/localhost/tcp/1/wss").value();
  const auto why = "cannot dial " + wss.to_text() + ": /wss is not supported";
  pair_of_nodes p;
  CHECK_THAT(p.net.get_error<peer_connected>(p.a.actor, connect_peer{wss}),
             Catch::StartsWith(why));
  CHECK_THAT(p.net.get_error<changed>(
                 p.a.actor, set_direct_peer{wss.with_peer(p.b.id), true}),
             Catch::StartsWith("cannot dial ")
                 && Catch::Contains("/wss is not supported"));
  // Among those of the configuration it is an error at start.
  auto config = quick(3);
  config.peers = {wss};
  const auto kept = p.net.keep(spawn_node(p.net.system(), config));
  CHECK_THAT(p.net.get_error<node_started>(kept, start_node{}),
             Catch::StartsWith(why));
  config.peers = {};
  config.direct_peers = {wss.with_peer(p.b.id)};
  const auto direct = p.net.keep(spawn_node(p.net.system(), config));
  CHECK_THAT(p.net.get_error<node_started>(direct, start_node{}),
             Catch::Contains("/wss is not supported"));
}
