// Other settings while the node runs.
#include "tests/support/node_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

// A node whose settings are changed.
struct change_fixture : node_fixture {
  explicit change_fixture(const change& how = [](node_config&) {})
      : node_fixture{how} {
    settings.settings = ctx->config;
    settings.thresholds = ctx->config.params.thresholds;
  }

  reply_ptr<changed> apply() { return ask_node<changed>(settings); }

  // That all is well, too.
  void apply_now() { REQUIRE(apply()->value); }

  change_settings settings;
};

std::vector<std::string> joined_topics(const change_fixture& f) {
  std::vector<std::string> result;
  for (const auto& one : f.mesh.all<join_topic>())
    result.push_back(one.topic);
  return result;
}

} // namespace

TEST_CASE("node change: topics that are new are joined, those that are gone "
          "left") {
  change_fixture f{[](node_config& c) { c.topics = {"a", "b"}; }};
  f.settings.settings.topics = {"b", "c"};
  f.apply_now();
  CHECK(joined_topics(f) == std::vector<std::string>{"a", "b", "c"});
  CHECK(f.inspect().mesh.topics.empty()); // a partner knows none
  // Once more changes nothing.
  f.apply_now();
  CHECK(joined_topics(f).size() == 3);
}

TEST_CASE(
    "node change: peers that are new are dialled, and those that are gone "
    "dialled no more") {
  change_fixture f{[](node_config& c) { c.peers = {there}; }};
  REQUIRE(f.dials.size() == 1);
  f.settings.settings.peers = {elsewhere};
  f.apply_now();
  REQUIRE(f.dials.size() == 2);
  CHECK(f.dials.back().addresses == std::vector{elsewhere});
  f.fail(f.dials[0]);
  f.advance(1h);
  for (std::size_t i = 1; i < f.dials.size(); ++i)
    CHECK(f.dials[i].addresses == std::vector{elsewhere});
}

TEST_CASE(
    "node change: blocked peers are disconnected, and may come again when "
    "they are not blocked any more") {
  change_fixture f;
  f.arrive(1);
  f.settings.settings.blocked_peers = {numbered_peer(1)};
  f.apply_now();
  CHECK_FALSE(f.connected(1));
  f.arrive(1);
  CHECK_FALSE(f.connected(1));
  f.settings.settings.blocked_peers.clear();
  f.apply_now();
  f.arrive(1);
  CHECK(f.connected(1));
}

TEST_CASE("node change: whoever is blocked by a message stays blocked") {
  change_fixture f;
  f.say(block_peer{numbered_peer(1)});
  f.settings.settings.topics = {"a"};
  f.apply_now();
  f.arrive(1);
  CHECK_FALSE(f.connected(1));
}

TEST_CASE(
    "node change: a direct peer is dialled and told of, or is an ordinary "
    "one again") {
  const auto named = there.with_peer(numbered_peer(1));
  change_fixture f;
  f.settings.settings.direct_peers = {named};
  f.apply_now();
  REQUIRE(f.dials.size() == 1);
  CHECK(f.dials[0].addresses == std::vector{named});
  f.settings.settings.direct_peers.clear();
  f.apply_now();
  const auto& told = f.mesh.all<set_direct>();
  REQUIRE(told.size() == 2);
  CHECK(told[0].direct);
  CHECK_FALSE(told[1].direct);
}

TEST_CASE("node change: other numbers of places hold for those who come") {
  change_fixture f;
  f.arrive_alone(1);
  f.settings.settings.max_peers = 1;
  f.settings.settings.outbound_reserve = 0;
  f.apply_now();
  CHECK(f.connected(1));
  f.arrive_alone(2);
  CHECK_FALSE(f.connected(2));
  f.settings.settings.max_peers = 2;
  f.apply_now();
  f.arrive_alone(2);
  CHECK(f.connected(2));
}

TEST_CASE(
    "node change: scores by other numbers are told once, and only if they "
    "are others") {
  change_fixture f;
  f.apply_now();
  CHECK(f.mesh.all<use_scoring>().empty());
  f.settings.settings.score.behaviour.weight = -20;
  f.settings.thresholds.graylist = -90;
  f.apply_now();
  f.apply_now();
  const auto& told = f.mesh.all<use_scoring>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].score.behaviour.weight == -20);
  CHECK(told[0].thresholds.graylist == -90);
}

TEST_CASE("node change: if anything is impossible, nothing changes") {
  change_fixture f;
  f.settings.settings.topics = {"a"};
  SECTION("an address that cannot be dialled") {
    f.settings.settings.peers = {
        *libp2p::multiaddr::from_text("/ip4/192.0.2.1/udp/1/quic-v1")};
    const auto refused = f.apply();
    CHECK(refused->code == node_errc::bad_address);
    CHECK_THAT(refused->error, Catch::Contains("quic-v1"));
  }
  SECTION("a number that breaks a rule") {
    f.settings.settings.score.behaviour.weight = 1;
    CHECK(f.apply()->code == node_errc::bad_parameters);
  }
  CHECK(joined_topics(f).empty());
}

TEST_CASE("node change: a node that does not run takes none") {
  node_fixture f{[](node_config&) {}, false};
  CHECK(f.ask_node<changed>(change_settings{})->code == node_errc::not_running);
}
