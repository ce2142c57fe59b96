// What peers did, turned into scores, and what follows from these.
#include "tests/support/mesh_manager_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

namespace {

// Scores of "a" with all its parts, of which most have no weight.
context_ptr counting() {
  return changed_context([](node_context& ctx) {
    gossip::topic_score_parameters p;
    p.first_deliveries = {.weight = 1, .decay = 0.5, .cap = 100};
    p.mesh_deliveries = {.weight = -0.001,
                         .decay = 0.5,
                         .cap = 100,
                         .threshold = 1,
                         .window = 2s,
                         .activation = 1h};
    p.invalid_messages = {.weight = -1, .decay = 0.5};
    ctx.config.score.topics["a"] = p;
    p.mesh_deliveries.window = 10ms;
    ctx.config.score.topics["b"] = p;
  });
}

// A member of the meshes of "a" and "b".
struct scored_fixture : manager_fixture {
  explicit scored_fixture(const context_ptr& ctx = counting())
      : manager_fixture{ctx} {
    say(join_topic{"a"});
    say(join_topic{"b"});
    peer = member(1, actor);
    subscribed(peer, "b");
    actor.clear();
  }

  gossip::topic_score_snapshot in_topic(std::string_view name = "a") {
    for (const auto& one : score_of(1).topics)
      if (one.topic == name)
        return one;
    return {};
  }

  void report(delivery_report::kind what, std::chrono::nanoseconds age = {},
              const std::string& topic = "a") {
    say(delivery_report{{{peer.id, topic, what, age}}});
  }

  fake_peer actor{net.sys()};
  peer_ref peer;
};

} // namespace

TEST_CASE("mesh manager: the score knows who is in the mesh") {
  scored_fixture f;
  CHECK(f.in_topic().in_mesh);
  f.pruned(f.peer, {"a", {}, {}});
  CHECK_FALSE(f.in_topic().in_mesh);
  CHECK(f.in_topic("b").in_mesh);
}

TEST_CASE("mesh manager: whoever brings a message first is credited, for each "
          "of those that come together (P2)") {
  scored_fixture f;
  f.say(route_messages{{{f.message("x"), f.peer.id, {}},
                        {f.message("y"), f.peer.id, {}},
                        {f.message("z", "b"), f.peer.id, {}}}});
  CHECK(f.in_topic("a").first_deliveries == 2);
  CHECK(f.in_topic("b").first_deliveries == 1);
  f.say(route_own{f.message("mine")});
  CHECK(f.in_topic("a").first_deliveries == 2);
}

TEST_CASE("mesh manager: whoever sent other bytes before the verdict is not "
          "credited (P3)") {
  scored_fixture f;
  f.say(route_messages{{{f.message("x"),
                         numbered_peer(9),
                         {{numbered_peer(8), true}, {f.peer.id, false}}}}});
  CHECK(f.in_topic().mesh_deliveries == 0);
  f.say(route_messages{{{f.message("y"),
                         numbered_peer(9),
                         {{numbered_peer(8), true}, {f.peer.id, true}}}}});
  CHECK(f.in_topic().mesh_deliveries == 1);
  CHECK(f.in_topic().first_deliveries == 0);
}

TEST_CASE("mesh manager: copies count within the window of their own topic "
          "(P3)") {
  using enum delivery_report::kind;
  scored_fixture f;
  f.report(duplicate, 2s);
  CHECK(f.in_topic("a").mesh_deliveries == 1);
  f.report(duplicate, 2s + 1ns);
  CHECK(f.in_topic("a").mesh_deliveries == 1);
  f.report(duplicate, 10ms, "b");
  CHECK(f.in_topic("b").mesh_deliveries == 1);
  f.report(duplicate, 11ms, "b");
  CHECK(f.in_topic("b").mesh_deliveries == 1);
  CHECK(f.in_topic("a").invalid_messages == 0);
}

TEST_CASE("mesh manager: a report counts for those who are there") {
  using enum delivery_report::kind;
  scored_fixture f;
  f.say(delivery_report{{{numbered_peer(9), "a", invalid, {}},
                         {numbered_peer(8), "a", duplicate, {}},
                         {f.peer.id, "a", invalid, {}},
                         {f.peer.id, "b", duplicate, {}}}});
  CHECK(f.in_topic("a").invalid_messages == 1);
  CHECK(f.in_topic("a").mesh_deliveries == 0);
  CHECK(f.in_topic("b").mesh_deliveries == 1);
}

TEST_CASE("mesh manager: a peer is told what its score forbids as soon as it "
          "does, and only what has changed") {
  using enum delivery_report::kind;
  scored_fixture f;
  const auto& told = f.actor.all<set_standing>();
  const auto invalid_ones = [&](int count) {
    for (int i = 0; i < count; ++i)
      f.report(invalid);
  };
  // The square of their number, times two topics' worth of nothing else.
  invalid_ones(3);
  CHECK(told.empty());
  invalid_ones(1);
  REQUIRE(told.size() == 1);
  CHECK(told[0] == set_standing{false, true});
  invalid_ones(4);
  CHECK(told.size() == 1);
  invalid_ones(1);
  REQUIRE(told.size() == 2);
  CHECK(told[1] == set_standing{true, true});
}

TEST_CASE("mesh manager: with the heartbeats a score recovers, and the peer is "
          "told so") {
  using enum delivery_report::kind;
  scored_fixture f;
  for (int i = 0; i < 9; ++i)
    f.report(invalid);
  const auto& told = f.actor.all<set_standing>();
  REQUIRE(told.back() == set_standing{true, true});
  const auto beat = [&] {
    f.net.advance(1s);
    f.say(heartbeat_tick{});
  };
  beat();
  CHECK(told.back() == set_standing{false, true});
  beat();
  CHECK(told.back() == set_standing{false, false});
}

TEST_CASE("mesh manager: misbehaviour counts as often as it is told, and is "
          "taken back (P7)") {
  scored_fixture f;
  f.say(misbehaved{f.peer.id, 1, "IWANT was not answered"});
  CHECK(f.score_of(1).behaviour == 0);
  f.say(misbehaved{f.peer.id, 3, "IWANT was not answered"});
  // Two beyond the threshold.
  CHECK(f.score_of(1).behaviour == Approx(-8));
  f.say(misbehaved{numbered_peer(9), 10, "by one that is gone"});
  CHECK(f.score_of(1).behaviour == Approx(-8));
  f.say(misbehaved{f.peer.id, 1, "IWANT was not answered"});
  REQUIRE(f.actor.all<set_standing>().size() == 1);
  CHECK(f.actor.all<set_standing>()[0].without_gossip);
  f.say(misbehaved{f.peer.id, -4, "IWANT was answered late"});
  CHECK(f.score_of(1).behaviour == 0);
  CHECK_FALSE(f.actor.all<set_standing>().back().without_gossip);
}

TEST_CASE("mesh manager: GRAFTs that come too early are misbehaviour, and "
          "twice if they come at once (P7)") {
  scored_fixture f;
  f.say(leave_topic{"a"});
  f.say(join_topic{"a"});
  // The first one may not know of its backoff.
  f.grafted(f.peer, "a");
  CHECK(f.score_of(1).behaviour == 0);
  f.grafted(f.peer, "a");
  f.grafted(f.peer, "a");
  // Two offences, each twice, two beyond the threshold.
  CHECK(f.score_of(1).behaviour == Approx(-8));
}

TEST_CASE("mesh manager: a GRAFT that is refused for the score alone is no "
          "misbehaviour") {
  scored_fixture f;
  fake_peer other{f.net.sys()};
  const auto bad = f.join(2, other);
  f.say(set_application_score{bad.id, -1});
  for (int i = 0; i < 8; ++i)
    f.grafted(bad, "nowhere");
  f.grafted(bad, "a");
  CHECK(f.score_of(2).behaviour == 0);
  CHECK(f.topic().mesh == std::vector{f.peer.id});
}

TEST_CASE("mesh manager: a peer that reads slowly pays for what was dropped") {
  scored_fixture f;
  f.say(reads_slowly{f.peer.id, 12});
  f.say(reads_slowly{numbered_peer(9), 100});
  // Ten beyond the threshold.
  CHECK(f.score_of(1).slow_peer == Approx(-2));
  f.say(reads_slowly{f.peer.id, 50});
  REQUIRE(f.actor.all<set_standing>().size() == 1);
  CHECK(f.actor.all<set_standing>()[0].without_gossip);
}

TEST_CASE("mesh manager: what the application thinks counts at once, and for a "
          "peer that is still to come (P5)") {
  scored_fixture f;
  f.say(set_application_score{f.peer.id, -20});
  CHECK(f.score_of(1).application == -20);
  REQUIRE(f.actor.all<set_standing>().size() == 1);
  CHECK(f.actor.all<set_standing>()[0].without_gossip);
  f.say(set_application_score{numbered_peer(2), -100});
  fake_peer late{f.net.sys()};
  f.join(2, late);
  REQUIRE(late.all<set_standing>().size() == 1);
  CHECK(late.all<set_standing>()[0].graylisted);
}

TEST_CASE("mesh manager: other parameters of a topic count from then on, and "
          "the cache learns for how long copies count") {
  scored_fixture f;
  gossip::topic_score_parameters p;
  p.first_deliveries = {.weight = 7, .decay = 0.5, .cap = 10};
  p.mesh_deliveries.window = 1s;
  CHECK(f.answer_to<changed>(set_topic_score{"c", p}));
  // The longest is still that of "a".
  REQUIRE(f.cache.all<set_delivery_window>().size() == 1);
  CHECK(f.cache.all<set_delivery_window>()[0].length == 2s);
  p.mesh_deliveries.window = 3s;
  CHECK(f.answer_to<changed>(set_topic_score{"a", p}));
  REQUIRE(f.cache.all<set_delivery_window>().size() == 2);
  CHECK(f.cache.all<set_delivery_window>()[1].length == 3s);
  f.say(route_messages{{{f.message("x"), f.peer.id, {}}}});
  CHECK(f.in_topic().score == Approx(7));
}

TEST_CASE("mesh manager: parameters that break a rule change nothing") {
  scored_fixture f;
  gossip::topic_score_parameters p;
  p.first_deliveries.weight = -7;
  CHECK_FALSE(f.answer_to<changed>(set_topic_score{"a", p}));
  CHECK(f.cache.all<set_delivery_window>().empty());
}

TEST_CASE("mesh manager: what a peer owed its mesh when it left counts when it "
          "is back (P3b)") {
  scored_fixture f{changed_context([](node_context& ctx) {
    gossip::topic_score_parameters p;
    p.mesh_deliveries = {.weight = -0.001,
                         .decay = 0.5,
                         .cap = 100,
                         .threshold = 5,
                         .window = 10ms,
                         .activation = 1s};
    p.mesh_failures = {.weight = -1, .decay = 0.9};
    ctx.config.score.topics["a"] = p;
  })};
  // Enough to stay in the mesh, not to be forgotten when it has left.
  f.say(set_application_score{f.peer.id, 1});
  f.net.advance(2s);
  f.say(heartbeat_tick{});
  REQUIRE(f.in_topic().in_mesh);
  CHECK(f.in_topic().mesh_failures == 0);
  f.say(peer_left{f.peer.id, f.actor.actor().address()});
  f.say(peer_joined{f.peer, inbound_peer, {}});
  CHECK(f.in_topic().mesh_failures > 0);
}

TEST_CASE("mesh manager: all who are there have a score") {
  scored_fixture f;
  fake_peer second{f.net.sys()};
  fake_peer third{f.net.sys()};
  f.join(2, second);
  f.join(3, third);
  f.say(peer_left{numbered_peer(2), second.actor().address()});
  std::vector<libp2p::peer_id> ids;
  for (const auto& one : f.scores())
    ids.push_back(one.peer);
  CHECK(ids == std::vector{numbered_peer(1), numbered_peer(3)});
}

TEST_CASE(
    "mesh manager: a peer that comes is told its standing in any case, as "
    "its actor may have heard of an earlier one meanwhile") {
  manager_fixture f;
  fake_peer actor{f.net.sys()};
  f.join(1, actor);
  REQUIRE(actor.all<set_standing>().size() == 1);
  CHECK(actor.all<set_standing>()[0] == set_standing{});
}

TEST_CASE("mesh manager: invalid messages bring a peer below zero, then out of "
          "the mesh, then onto the graylist") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  f.subscribed(peer, "a");
  const delivery_report invalid{
      {{peer.id, "a", delivery_report::kind::invalid, {}}}};
  f.say(invalid);
  actor.clear();
  f.say(heartbeat_tick{});
  const auto& said = actor.all<send_control>();
  REQUIRE(said.size() == 1);
  CHECK(said[0].control->prunes.size() == 1);
  for (int i = 0; i < 20; ++i)
    f.say(invalid);
  CHECK(actor.all<set_standing>().back().graylisted);
}

TEST_CASE("mesh manager: forwarders are credited though the first sender has "
          "left") {
  manager_fixture f;
  gossip::topic_score_parameters counted;
  counted.mesh_deliveries = {.weight = -1,
                             .decay = 0.5,
                             .cap = 10,
                             .threshold = 5,
                             .window = 10ms,
                             .activation = 1s};
  tell_from_outside(f.manager, set_topic_score{"a", counted});
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  f.subscribed(peer, "a");
  const auto msg =
      gossip::build_message({"a", as_bytes("data"), std::nullopt, std::nullopt},
                            nullptr, gossip::default_message_id);
  f.say(route_messages{{{msg, numbered_peer(9), {{peer.id, true}}}}});
  const auto scores = f.scores();
  REQUIRE(scores.size() == 1);
  CHECK(scores[0].score.topics.at(0).mesh_deliveries == 1);
}
