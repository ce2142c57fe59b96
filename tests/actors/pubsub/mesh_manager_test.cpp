#include "gossip/stream/subscription_pace.hpp"
#include "tests/support/mesh_manager_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

TEST_CASE("mesh manager: the hello has all subscriptions") {
  manager_fixture f;
  f.say(join_topic{"a"});
  f.say(join_topic{"b"});
  fake_peer actor{f.net.sys()};
  f.join(1, actor);
  const auto& hellos = actor.all<send_hello>();
  REQUIRE(hellos.size() == 1);
  CHECK(hellos[0].subscriptions.size() == 2);
  CHECK(hellos[0].grafts.empty());
}

TEST_CASE("mesh manager: a new hello names the meshes that the peer is in") {
  manager_fixture f;
  f.say(join_topic{"a"});
  f.say(join_topic{"b"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  f.subscribed(peer, "a");
  f.say(hello_wanted{peer});
  const auto& hellos = actor.all<send_hello>();
  REQUIRE(hellos.size() == 2);
  CHECK(hellos[1].grafts == std::vector<std::string>{"a"});
}

TEST_CASE("mesh manager: IHAVE is accepted for our own topics alone") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  proto::control ctrl;
  ctrl.ihaves = {{"a", {"id1"}}, {"b", {"id2"}}};
  f.say(control_received{peer, {}, ctrl});
  const auto asked = f.cache.all<ihave_received>();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].ids == std::vector<std::string>{"id1"});
}

TEST_CASE("mesh manager: credit for an RPC comes behind what it leads to") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  actor.clear();
  // It subscribes, and is grafted.
  f.say(control_received{peer, {{.topic = "a"}}, {}, 1});
  REQUIRE(actor.all<send_control>().size() == 1);
  REQUIRE(actor.all<return_credit>().size() == 1);
  // As `fake_peer` counts them: control is its second, credit its fourth type.
  CHECK(actor.order() == std::vector<std::size_t>{1, 3});
}

TEST_CASE("mesh manager: credit for more changes of subscriptions than a "
          "heartbeat's comes with the next ones") {
  using pace = gossip::subscription_pace;
  manager_fixture f;
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  const std::size_t changes = pace::burst + pace::rate + 1;
  const std::vector<proto::subscription> same(changes, {.topic = "a"});
  // A PRUNE beside them is not held back.
  f.say(control_received{peer, same, {}, changes + 1});
  const auto credited = [&] {
    std::size_t sum = 0;
    for (const auto& one : actor.all<return_credit>())
      sum += one.messages;
    return sum;
  };
  CHECK(credited() == pace::burst + 1);
  f.say(heartbeat_tick{});
  CHECK(credited() == pace::burst + 1 + pace::rate);
  f.say(heartbeat_tick{});
  CHECK(credited() == changes + 1);
}

TEST_CASE(
    "mesh manager: a direct peer is told no PRUNE of a mesh it is never in, "
    "whether it was made so before or after it came") {
  manager_fixture f;
  f.say(join_topic{"a"});
  f.say(set_direct{numbered_peer(1), true});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  f.subscribed(peer, "a");
  f.say(heartbeat_tick{});
  CHECK(actor.all<send_control>().empty());
  f.say(set_direct{peer.id, false});
  f.say(heartbeat_tick{});
  REQUIRE(actor.all<send_control>().size() == 1);
  CHECK(actor.all<send_control>()[0].control->grafts.size() == 1);
}

TEST_CASE("mesh manager: a peer that comes back by another actor takes the "
          "place of the first, whose end comes later") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer first{f.net.sys()};
  fake_peer second{f.net.sys()};
  f.join(1, first);
  f.join(1, second);
  f.say(peer_left{numbered_peer(1), first.actor().address()});
  CHECK(second.all<send_hello>().size() == 1);
  CHECK(f.scores().size() == 1);
}

TEST_CASE("mesh manager: events name who subscribed to what") {
  manager_fixture f;
  f.say(observe_events{});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  f.subscribed(peer, "a");
  f.subscribed(peer, "a", false);
  const auto events = f.reported();
  REQUIRE(events.size() == 2);
  CHECK(events[0].what == node_event::kind::subscribed);
  CHECK(events[1].what == node_event::kind::unsubscribed);
  CHECK(events[1].peer == peer.id);
  CHECK(events[1].topic == "a");
}

TEST_CASE("mesh manager: a GRAFT that comes before its subscription stands for "
          "it, and is told once") {
  manager_fixture f;
  f.say(observe_events{});
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  f.ask_for_peers("a", 1);
  CHECK_FALSE(f.answer);
  control_received graft{peer, {}, {}};
  graft.control.grafts = {"a"};
  f.say(std::move(graft));
  CHECK(f.answer == 1u);
  f.subscribed(peer, "a");
  const auto events = f.reported();
  REQUIRE(events.size() == 2);
  CHECK(events[0].what == node_event::kind::subscribed);
  CHECK(events[0].peer == peer.id);
  CHECK(events[0].topic == "a");
  CHECK(events[1].what == node_event::kind::grafted);
}

TEST_CASE("mesh manager: what it has handled is credited, what is repeated is "
          "not reported") {
  manager_fixture f;
  f.say(observe_events{});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  const proto::subscription change{.topic = "a"};
  f.say(control_received{peer, {change, change, change}, {}, 3});
  REQUIRE(actor.all<return_credit>().size() == 1);
  CHECK(actor.all<return_credit>()[0].messages == 3);
  CHECK(f.reported().size() == 1);
}

TEST_CASE("mesh manager: events of one turn are reported together, and none "
          "that nobody observes") {
  manager_fixture f;
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  f.say(control_received{peer, {{.topic = "a"}, {.topic = "b"}}, {}, 2});
  CHECK(f.events.all<node_events>().empty());
  f.say(observe_events{});
  f.say(control_received{peer, {{.topic = "c"}, {.topic = "d"}}, {}, 2});
  CHECK(f.events.all<node_events>().size() == 1);
  CHECK(f.reported().size() == 2);
  f.say(observe_events{false});
  f.say(control_received{peer, {{.topic = "e"}}, {}, 1});
  CHECK(f.events.all<node_events>().size() == 1);
}
