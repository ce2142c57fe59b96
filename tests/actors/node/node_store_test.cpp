// Whom the node knows after a restart: what it tells its peer store, and what
// it does with what that tells it.
#include "tests/support/node_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

struct store_fixture : node_fixture {
  // The store tells `known` at the start.
  explicit store_fixture(
      const change& how = [](node_config&) {}, const recalled_peers& known = {})
      : node_fixture{[&](node_config& config) {
                       config.peer_store = "peers.db";
                       how(config);
                     },
                     false} {
    store.answer<recall_peers>(known);
    REQUIRE(start()->value);
  }

  static libp2p::multiaddr at(std::uint32_t number) {
    return address(4001, "198.41.0." + std::to_string(number));
  }

  // What the store tells from now on.
  void know(std::uint32_t first, std::uint32_t last) {
    recalled_peers known;
    for (auto i = first; i <= last; ++i)
      known.peers.push_back(
          {numbered_peer(i), {at(i)}, {std::uint8_t{7}}, {}, true, {}});
    store.answer<recall_peers>(known);
  }

  // Whom the dials so far were for, in order.
  std::vector<libp2p::peer_id> dialled() const {
    std::vector<libp2p::peer_id> result;
    for (const auto& dial : dials)
      result.push_back(dial.addresses.at(0).peer().value());
    return result;
  }

  // The last that was written down.
  const std::vector<stored_peer>& written() const {
    REQUIRE_FALSE(store.all<remember_peers>().empty());
    return store.all<remember_peers>().back().peers;
  }

  // The node dials peer `number`, which it was asked to.
  void choose(std::uint32_t number) {
    ask_node<peer_connected>(connect_peer{at(number)});
    reach(number);
  }
};

} // namespace

// -- without ------------------------------------------------------------------

TEST_CASE("node store: without a file there is no store") {
  node_fixture f;
  f.arrive(1);
  f.say(block_peer{numbered_peer(2), true});
  f.advance(1h);
  const auto stopped = f.ask_node<node_stopped>(stop_node{});
  CHECK(f.store.order().empty());
  CHECK(f.mesh.all<inspect_addresses>().empty());
}

// -- too few peers ------------------------------------------------------------

TEST_CASE("node store: a node with too few peers dials those that it knows, as "
          "many as are missing") {
  store_fixture f;
  f.know(1, 20);
  f.advance(1999ms);
  CHECK(f.dials.empty());
  f.advance(1ms);
  // Of D there is none.
  REQUIRE(f.dials.size() == 6);
  CHECK(f.dials[0].addresses
        == std::vector{store_fixture::at(1).with_peer(numbered_peer(1))});
  f.fail(f.dials[0]);
  CHECK(f.dialled().back() == numbered_peer(7));
  f.reach(f.dials[1], 2);
  CHECK(f.dials.size() == 7);
  f.fail(f.dials[2]);
  CHECK(f.dialled().back() == numbered_peer(8));
  // What they signed is known before they say it.
  CHECK(f.mesh.all<record_learned>().size() == f.dials.size());
  CHECK_THAT(f.log(), Catch::Contains("few peers (0): dialling those known "
                                      "from before (20)"));
}

TEST_CASE("node store: a node with enough peers asks for nobody") {
  store_fixture f;
  f.know(10, 20);
  for (std::uint32_t i = 1; i <= 6; ++i)
    f.arrive_alone(i);
  f.advance(1h);
  CHECK(f.dials.empty());
  // At the start, for bans alone.
  CHECK(f.store.only<recall_peers>().most == 0);
}

TEST_CASE("node store: when peers are lost, known ones are dialled") {
  store_fixture f;
  for (std::uint32_t i = 1; i <= 6; ++i)
    f.arrive_alone(i);
  f.advance(1h);
  f.know(1, 10);
  f.lose(3);
  f.advance(1999ms);
  CHECK(f.dials.empty());
  f.advance(1ms);
  CHECK(f.dialled() == std::vector{numbered_peer(3)});
  f.fail(f.dials[0]);
  CHECK(f.dialled().back() == numbered_peer(7));
  // There are enough again.
  f.reach(7);
  f.advance(1h);
  CHECK(f.dials.size() == 2);
}

TEST_CASE("node store: all known peers are dialled once in a round, and rounds "
          "come ever more seldom") {
  store_fixture f;
  f.know(1, 2);
  f.advance(2s);
  REQUIRE(f.dials.size() == 2);
  f.fail(f.dials[0]);
  f.fail(f.dials[1]);
  f.advance(59s);
  CHECK(f.dials.size() == 2);
  f.advance(1s);
  REQUIRE(f.dials.size() == 4);
  f.fail(f.dials[2]);
  f.fail(f.dials[3]);
  f.advance(119s);
  CHECK(f.dials.size() == 4);
  f.advance(1s);
  CHECK(f.dials.size() == 6);
}

TEST_CASE("node store: a round that takes long is not begun anew") {
  store_fixture f;
  f.know(1, 8);
  f.advance(2s);
  REQUIRE(f.dials.size() == 6);
  f.advance(10min);
  f.fail(f.dials[0]);
  f.fail(f.dials[1]);
  REQUIRE(f.dials.size() == 8);
  CHECK(f.dialled().back() == numbered_peer(8));
  // At the start, and when peers were missing.
  CHECK(f.store.all<recall_peers>().size() == 2);
  // It is over now.
  f.advance(2s);
  CHECK(f.store.all<recall_peers>().size() == 3);
}

TEST_CASE("node store: neither who is there, nor kept, nor blocked, nor the "
          "node itself is dialled from the store") {
  store_fixture f{[](node_config& config) {
    config.peers = {store_fixture::at(2).with_peer(numbered_peer(2))};
    config.blocked_peers = {numbered_peer(3)};
  }};
  REQUIRE(f.dials.size() == 1);
  recalled_peers known;
  for (std::uint32_t i = 1; i <= 4; ++i)
    known.peers.push_back(
        {numbered_peer(i), {store_fixture::at(i)}, {}, {}, true, {}});
  known.peers.push_back(
      {f.ctx->self, {store_fixture::at(5)}, {}, {}, true, {}});
  f.store.answer<recall_peers>(known);
  f.arrive(1);
  f.advance(2s);
  REQUIRE(f.dials.size() == 2);
  CHECK(f.dialled().back() == numbered_peer(4));
}

TEST_CASE("node store: private addresses are skipped as those of offers are") {
  store_fixture f{
      [](node_config& config) { config.dial_private_offers = false; }};
  const auto inside = node_fixture::address(4001, "10.0.0.1");
  const auto outside = node_fixture::address(4001, "198.41.0.9");
  f.store.answer<recall_peers>(
      recalled_peers{{{numbered_peer(1), {inside}, {}, {}, true, {}},
                      {numbered_peer(2), {inside, outside}, {}, {}, true, {}}},
                     {}});
  f.advance(2s);
  REQUIRE(f.dials.size() == 1);
  CHECK(f.dials[0].addresses
        == std::vector{outside.with_peer(numbered_peer(2))});
}

// -- what is written down -----------------------------------------------------

TEST_CASE("node store: who is connected is written down soon, and then every "
          "five minutes, by one message") {
  store_fixture f;
  f.choose(1);
  f.choose(2);
  f.advance(29s);
  CHECK(f.store.all<remember_peers>().empty());
  f.advance(1s);
  REQUIRE(f.written().size() == 2);
  CHECK(f.written()[0].chosen);
  f.advance(5min);
  CHECK(f.store.all<remember_peers>().size() == 2);
  f.lose(1);
  f.lose(2);
  f.advance(1h);
  CHECK(f.store.all<remember_peers>().size() == 2);
}

TEST_CASE("node store: a peer that came is written down with what it signed, "
          "once it has stayed") {
  store_fixture f;
  f.mesh.answer<inspect_addresses>(signed_addresses{
      {{numbered_peer(1), {store_fixture::at(1)}, {std::uint8_t{9}}}}});
  f.arrive(1, node_fixture::address(55'000, "198.41.0.1"));
  f.arrive(2, node_fixture::address(55'000, "198.41.0.2"));
  f.advance(30s);
  CHECK(f.store.all<remember_peers>().empty());
  f.advance(5min);
  REQUIRE(f.written().size() == 1);
  const auto& one = f.written()[0];
  CHECK(one.peer == numbered_peer(1));
  CHECK_FALSE(one.chosen);
  CHECK(one.addresses == std::vector{store_fixture::at(1)});
  CHECK(one.sealed == bytes{9});
  CHECK(one.origin.to_text() == "198.41.0.1");
}

TEST_CASE("node store: one that was dialled since it was known is no new "
          "choice") {
  store_fixture f;
  f.know(1, 1);
  f.advance(2s);
  f.reach(1);
  f.choose(2);
  f.advance(10min);
  REQUIRE(f.written().size() == 2);
  for (const auto& one : f.written())
    CHECK(one.chosen == (one.peer == numbered_peer(2)));
}

TEST_CASE("node store: when the node stops, who is connected is written down, "
          "and the store has ended before the node") {
  store_fixture f;
  f.choose(1);
  // The store takes its time.
  f.store.on<close_store>([](const close_store&) {});
  const auto stopped = f.ask_node<node_stopped>(stop_node{5s});
  CHECK(f.written().size() == 1);
  CHECK(f.store.all<close_store>().size() == 1);
  f.peer(1).quit();
  f.run();
  CHECK(stopped->pending());
  f.store.quit();
  f.run();
  CHECK(stopped->value);
}

TEST_CASE("node store: a store that hangs does not keep the node from "
          "stopping") {
  store_fixture f;
  f.store.on<close_store>([](const close_store&) {});
  const auto stopped = f.ask_node<node_stopped>(stop_node{4s});
  f.advance(5s);
  CHECK(stopped->value);
  CHECK(f.store.ended());
}

// -- bans ---------------------------------------------------------------------

TEST_CASE("node store: bans outlive the node, and configured blocks are "
          "configuration") {
  store_fixture f{
      [](node_config& config) { config.blocked_peers = {numbered_peer(1)}; }};
  CHECK(f.store.all<remember_bans>().empty());
  f.say(block_peer{numbered_peer(2), true});
  f.say(block_peer{numbered_peer(2), false});
  REQUIRE(f.store.all<remember_bans>().size() == 2);
  CHECK(f.store.all<remember_bans>()[0].changes[0].peer == numbered_peer(2));
  CHECK(f.store.all<remember_bans>()[0].changes[0].blocked);
  CHECK_FALSE(f.store.all<remember_bans>()[1].changes[0].blocked);
}

TEST_CASE("node store: who was banned before is banned from the start") {
  store_fixture f{[](node_config&) {}, recalled_peers{{}, {numbered_peer(1)}}};
  REQUIRE(f.cache.all<block_peer>().size() == 1);
  CHECK(f.cache.all<block_peer>()[0].peer == numbered_peer(1));
  f.arrive(1);
  CHECK(f.inspect().peers.empty());
  CHECK_THAT(f.log(), Catch::Contains("banned from before: 1"));
}

TEST_CASE("node store: a configuration that blocks a peer no longer does not "
          "lift its ban") {
  store_fixture f{[](node_config& config) {
    config.blocked_peers = {numbered_peer(1), numbered_peer(2)};
  }};
  f.say(block_peer{numbered_peer(1), true});
  change_settings next{f.ctx->config, f.ctx->config.params.thresholds};
  next.settings.blocked_peers.clear();
  CHECK(f.ask_node<changed>(next)->value);
  f.arrive(1);
  f.arrive_alone(2);
  CHECK_FALSE(f.connected(1));
  CHECK(f.connected(2));
}

// -- supervision --------------------------------------------------------------

TEST_CASE("node store: without its store the node goes on") {
  store_fixture f;
  f.store.die();
  f.run();
  CHECK_THAT(f.log(), Catch::Contains("error the peer store has died"));
  f.say(block_peer{numbered_peer(1), true});
  f.advance(1h);
  f.arrive_alone(2);
  CHECK(f.connected(2));
  CHECK(f.ask_node<node_stopped>(stop_node{})->pending());
}
