// What this node does in topics, by the mesh manager.
#include "tests/support/mesh_manager_fixture.hpp"
#include "tests/support/recording_sink.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

namespace {

using ids = std::vector<libp2p::peer_id>;

// So many peers, each with its own actor.
struct crowd : manager_fixture {
  using manager_fixture::manager_fixture;

  // They are subscribed to "a".
  void come(std::uint32_t count,
            const gossip::peer_traits& traits = inbound_peer) {
    for (std::uint32_t i = 0; i < count; ++i) {
      actors.push_back(std::make_unique<fake_peer>(net.sys()));
      member(static_cast<std::uint32_t>(actors.size()), *actors.back(), "a",
             traits);
    }
  }

  std::vector<std::unique_ptr<fake_peer>> actors;
};

} // namespace

TEST_CASE(
    "mesh manager: a topic is joined once, and its mesh is made at once") {
  crowd f;
  f.come(3);
  for (const auto& one : f.actors)
    one->clear();
  f.say(join_topic{"a"});
  f.say(join_topic{"a"});
  CHECK(f.topic().mesh.size() == 3);
  for (const auto& one : f.actors) {
    const auto& said = one->all<send_control>();
    REQUIRE(said.size() == 2);
    REQUIRE(said[0].subscriptions);
    REQUIRE(said[0].subscriptions->size() == 1);
    CHECK(said[0].subscriptions->front().topic == "a");
    CHECK(said[0].subscriptions->front().subscribe);
    REQUIRE(said[1].control);
    CHECK(said[1].control->grafts == std::vector<std::string>{"a"});
  }
}

TEST_CASE("mesh manager: a topic is left with PRUNE and the backoff for that, "
          "once") {
  crowd f;
  f.come(1);
  f.say(join_topic{"a"});
  f.actors[0]->clear();
  f.say(leave_topic{"a"});
  f.say(leave_topic{"a"});
  const auto& said = f.actors[0]->all<send_control>();
  REQUIRE(said.size() == 2);
  REQUIRE(said[0].subscriptions);
  CHECK_FALSE(said[0].subscriptions->front().subscribe);
  const auto prunes = prunes_sent_to(*f.actors[0]);
  REQUIRE(prunes.size() == 1);
  CHECK(prunes[0].topic == "a");
  CHECK(prunes[0].backoff == 10s);
  CHECK(f.snapshot().topics.empty());
}

TEST_CASE("mesh manager: the trace tells which topics are joined and left") {
  const auto sink = std::make_shared<recording_sink>();
  manager_fixture f{
      changed_context([&](node_context& ctx) { ctx.trace = sink; })};
  const auto joined = [&] { return sink->of<gossip::trace::joined>(); };
  const auto left = [&] { return sink->of<gossip::trace::left>(); };
  f.say(join_topic{"a"});
  f.say(join_topic{"a"});
  REQUIRE(joined().size() == 1);
  CHECK(joined()[0].topic == "a");
  f.say(join_topic{"b"});
  f.say(leave_topic{"b"});
  f.say(leave_topic{"b"});
  REQUIRE(left().size() == 1);
  CHECK(left()[0].topic == "b");
  // One that is only published to was never joined.
  fake_peer actor{f.net.sys()};
  f.member(1, actor, "c");
  f.say(publish_partial{"c", {}, {}, {}});
  CHECK(f.answer_to<all_left>(leave_all{}));
  REQUIRE(left().size() == 2);
  CHECK(left()[1].topic == "a");
  CHECK(joined().size() == 2);
}

TEST_CASE("mesh manager: a heartbeat lets scores fade, fills the mesh and "
          "moves the window on, in any case") {
  crowd f;
  f.say(heartbeat_tick{});
  CHECK(f.cache.all<shift_window>().size() == 1);
  f.say(join_topic{"a"});
  f.come(5);
  // Below Dlo they are welcomed, the fifth one waits.
  CHECK(f.topic().mesh.size() == 4);
  f.say(misbehaved{numbered_peer(1), 5, "for a test"});
  const auto before = f.score_of(1).behaviour;
  REQUIRE(before < 0);
  f.net.advance(1s);
  f.say(heartbeat_tick{});
  CHECK(f.score_of(1).behaviour > before);
  // The one with a bad score is out, and below Dlo another one comes in.
  CHECK(f.topic().mesh
        == ids{numbered_peer(2), numbered_peer(3), numbered_peer(4),
               numbered_peer(5)});
  CHECK(f.cache.all<shift_window>().size() == 2);
}

TEST_CASE("mesh manager: peers that are there already are not waited for") {
  crowd f;
  f.come(2);
  f.ask_for_peers("a", 2);
  CHECK(f.answer == std::optional<std::size_t>{2});
  f.answer.reset();
  f.ask_for_peers("a", 1);
  CHECK(f.answer == std::optional<std::size_t>{2});
  f.answer.reset();
  f.ask_for_peers("a", 3);
  CHECK_FALSE(f.answer);
  f.net.advance(10s);
  CHECK(f.answer == std::optional<std::size_t>{2});
}

TEST_CASE("mesh manager: each who waits has its own number and time") {
  crowd f;
  f.come(1);
  std::vector<std::size_t> answers;
  const auto ask_for = [&](std::size_t count, std::chrono::seconds time) {
    f.net.sys().spawn([&, count, time](caf::event_based_actor* self) {
      ask(self, f.manager, 1h, await_peers{"a", count, time})
          .then([&, count](const peers_ready& r) {
            answers.push_back(10 * count + r.count);
          });
    });
    f.net.run();
  };
  ask_for(3, 20s);
  ask_for(2, 30s);
  ask_for(4, 10s);
  CHECK(answers.empty());
  f.net.advance(10s);
  CHECK(answers == std::vector<std::size_t>{41});
  f.come(1);
  CHECK(answers == std::vector<std::size_t>{41, 22});
  f.net.advance(10s);
  CHECK(answers == std::vector<std::size_t>{41, 22, 32});
  f.net.advance(10s);
  CHECK(answers.size() == 3);
}

TEST_CASE("mesh manager: it shows who is in which topic") {
  gossip::parameters params;
  params.flood_publish = false;
  crowd f{params};
  f.come(2);
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto third = f.member(9, actor, "b");
  f.say(route_own{f.message("x", "b")});
  const auto all = f.snapshot();
  CHECK(all.peers == 3);
  REQUIRE(all.topics.size() == 2);
  CHECK(all.topics[0].topic == "a");
  CHECK(all.topics[0].subscribed);
  CHECK(all.topics[0].mesh == ids{numbered_peer(1), numbered_peer(2)});
  CHECK(all.topics[0].fanout.empty());
  CHECK(all.topics[0].peers == ids{numbered_peer(1), numbered_peer(2)});
  CHECK(all.topics[1].topic == "b");
  CHECK_FALSE(all.topics[1].subscribed);
  CHECK(all.topics[1].mesh.empty());
  CHECK(all.topics[1].fanout == ids{third.id});
  CHECK(all.topics[1].peers == ids{third.id});
  CHECK(all.topics[1].healthy);
}

TEST_CASE("mesh manager: a mesh is healthy with Dlo peers, of which Dout are "
          "our own choice, or with all that there are") {
  crowd f;
  f.say(join_topic{"a"});
  const auto healthy = [&] { return f.topic().healthy; };
  CHECK(healthy());
  SECTION("all there are, though none is our choice") {
    f.come(4);
    REQUIRE(f.topic().mesh.size() == 4);
    CHECK(f.topic().outbound == 0);
    CHECK(healthy());
    // One more, who is outside.
    f.come(1);
    CHECK_FALSE(healthy());
  }
  SECTION("enough of our choice") {
    f.come(2, outbound_peer);
    f.come(4);
    REQUIRE(f.topic().mesh.size() == 4);
    CHECK(f.topic().outbound == 2);
    CHECK(healthy());
    // One less than Dlo.
    f.pruned({numbered_peer(4), f.actors[3]->as<peer_actor>()}, {"a", {}, {}});
    REQUIRE(f.topic().outbound == 2);
    CHECK_FALSE(healthy());
  }
  SECTION("too few of our choice") {
    f.come(1, outbound_peer);
    f.come(4);
    CHECK(f.topic().outbound == 1);
    CHECK_FALSE(healthy());
  }
  SECTION("a small network lacks one of its peers") {
    f.come(2, outbound_peer);
    f.pruned({numbered_peer(1), f.actors[0]->as<peer_actor>()}, {"a", {}, {}});
    CHECK(f.topic().mesh.size() == 1);
    CHECK_FALSE(healthy());
  }
}

TEST_CASE("mesh manager: a subscription is announced to reachable peers alone, "
          "the hello tells the others") {
  manager_fixture f;
  fake_peer near{f.net.sys()};
  fake_peer far{f.net.sys()};
  f.join(1, near);
  f.join(2, far, false);
  f.say(join_topic{"a"});
  CHECK(near.all<send_control>().size() == 1);
  CHECK(far.all<send_control>().empty());
}

TEST_CASE("mesh manager: peers of a topic are awaited until they come") {
  manager_fixture f;
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor, false);
  f.ask_for_peers("a", 1);
  f.subscribed(peer, "a");
  // Subscribed, but nothing can be sent to it yet.
  CHECK_FALSE(f.answer);
  f.say(hello_wanted{peer});
  CHECK(f.answer == std::optional<std::size_t>{1});
}

TEST_CASE("mesh manager: or until the time is over") {
  manager_fixture f;
  f.ask_for_peers("a", 2);
  f.net.advance(9999ms);
  CHECK_FALSE(f.answer);
  f.net.advance(1ms);
  CHECK(f.answer == std::optional<std::size_t>{0});
}

TEST_CASE(
    "mesh manager: a node that stops says nothing, as its return would be "
    "refused") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  f.subscribed(f.join(1, actor), "a");
  actor.clear();
  bool done = false;
  f.net.sys().spawn(
      [&](caf::event_based_actor* self, int) {
        ask(self, f.manager, 1h, leave_all{}).then([&](all_left) {
          done = true;
        });
      },
      0);
  f.net.run();
  CHECK(done);
  CHECK(actor.all<send_control>().empty());
}

TEST_CASE("mesh manager: observers hear who comes into the mesh and who goes, "
          "others nothing") {
  manager_fixture f;
  const fake_peer actor{f.net.sys()};
  const bool observed = GENERATE(true, false);
  f.say(observe_events{observed});
  f.say(join_topic{"a"});
  const auto peer = f.member(1, actor);
  f.say(heartbeat_tick{});
  proto::prune prune;
  prune.topic = "a";
  f.pruned(peer, std::move(prune));
  const auto all = f.reported();
  if (!observed) {
    CHECK(all.empty());
    return;
  }
  REQUIRE(all.size() == 3);
  using kind = node_event::kind;
  CHECK(all[0].what == kind::subscribed);
  CHECK(all[1].what == kind::grafted);
  CHECK(all[2].what == kind::pruned);
  for (const auto& one : all) {
    CHECK(one.peer == numbered_peer(1));
    CHECK(one.topic == "a");
  }
}
