// The mesh manager's peers: who is there, and what their RPCs lead to.
#include "tests/support/mesh_manager_fixture.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::test;

namespace {

std::vector<libp2p::ip_address> ips(std::string_view text) {
  return {libp2p::ip_address::from_text(text).value()};
}

// Where three peers at one address are too many.
context_ptr narrow() {
  return changed_context([](node_context& ctx) {
    ctx.config.score.colocation = {
        .weight = -20, .threshold = 2, .whitelist = {}};
  });
}

} // namespace

TEST_CASE("mesh manager: many peers at one address pay for it, wherever they "
          "were before (P6)") {
  manager_fixture f{narrow()};
  fake_peer actor{f.net.sys()};
  fake_peer other{f.net.sys()};
  const auto come = [&](std::uint32_t number, std::string_view where) {
    peer_ref peer{numbered_peer(number), actor.as<peer_actor>()};
    f.say(peer_joined{peer, inbound_peer, ips(where)});
    return peer;
  };
  come(1, "192.0.2.1");
  come(2, "192.0.2.1");
  const auto third = come(3, "192.0.2.9");
  CHECK(f.score_of(3).colocation == 0);
  SECTION("it comes to them") {
    actor.clear();
    f.say(peer_moved{third, ips("192.0.2.1")});
    CHECK(f.score_of(3).colocation == -20);
    // And hears at once what that forbids.
    REQUIRE(actor.all<set_standing>().size() == 1);
    CHECK(actor.all<set_standing>()[0].without_gossip);
  }
  SECTION("another actor says so that no longer speaks for it") {
    f.say(peer_moved{{third.id, other.as<peer_actor>()}, ips("192.0.2.1")});
    CHECK(f.score_of(3).colocation == 0);
  }
  SECTION("another one comes") {
    come(4, "192.0.2.1");
    CHECK(f.score_of(4).colocation == -20);
    // Until one of them leaves.
    f.say(peer_left{numbered_peer(1), actor.actor().address()});
    CHECK(f.score_of(4).colocation == 0);
  }
}

TEST_CASE("mesh manager: what is said of peers that are not there is not "
          "accepted") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const peer_ref stranger{numbered_peer(9), actor.as<peer_actor>()};
  f.say(peer_moved{stranger, ips("192.0.2.1")});
  f.say(peer_left{stranger.id, actor.actor().address()});
  f.say(hello_wanted{stranger});
  f.subscribed(stranger, "a");
  f.grafted(stranger, "a");
  CHECK(f.snapshot().peers == 0);
  CHECK(f.topic().peers.empty());
  CHECK(actor.all<send_hello>().empty());
  // Its credit it gets all the same.
  REQUIRE(actor.all<return_credit>().size() == 2);
  CHECK(actor.all<return_credit>()[1].messages == 1);
}

TEST_CASE("mesh manager: a peer that left is in no mesh, awaited by nobody and "
          "told nothing") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  fake_peer staying{f.net.sys()};
  const auto peer = f.member(1, actor);
  f.member(2, staying);
  REQUIRE(f.topic().mesh.size() == 2);
  actor.clear();
  f.say(peer_left{peer.id, actor.actor().address()});
  CHECK(f.topic().mesh == std::vector{numbered_peer(2)});
  CHECK(f.topic().peers == std::vector{numbered_peer(2)});
  CHECK(f.snapshot().peers == 1);
  f.ask_for_peers("a", 2);
  CHECK_FALSE(f.answer);
  f.say(join_topic{"b"});
  f.say(route_own{f.message("x")});
  f.say(heartbeat_tick{});
  CHECK(actor.order().empty());
}

TEST_CASE("mesh manager: the end of another actor of the peer is not its own") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  fake_peer other{f.net.sys()};
  const auto peer = f.member(1, actor);
  f.say(peer_left{peer.id, other.actor().address()});
  CHECK(f.topic().mesh == std::vector{peer.id});
}

TEST_CASE("mesh manager: a peer that comes back by another actor is spoken to "
          "by that one, and begins anew") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer first{f.net.sys()};
  fake_peer second{f.net.sys()};
  f.member(1, first);
  f.join(1, second);
  CHECK(f.topic().mesh.empty());
  first.clear();
  second.clear();
  f.say(join_topic{"b"});
  CHECK(first.all<send_control>().empty());
  CHECK(second.all<send_control>().size() == 1);
  f.say(peer_left{numbered_peer(1), first.actor().address()});
  f.say(join_topic{"c"});
  CHECK(second.all<send_control>().size() == 2);
}

TEST_CASE("mesh manager: a peer that comes is not reachable before it wants "
          "its hello, though the one before in its place was") {
  manager_fixture f;
  fake_peer first{f.net.sys()};
  fake_peer second{f.net.sys()};
  f.join(1, first);
  f.say(peer_left{numbered_peer(1), first.actor().address()});
  f.join(2, second, false);
  f.say(join_topic{"a"});
  CHECK(second.all<send_control>().empty());
}

TEST_CASE("mesh manager: GRAFT and PRUNE are accepted, a PRUNE's backoff is, "
          "too") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  f.grafted(peer, "a");
  CHECK(f.topic().mesh == std::vector{peer.id});
  f.pruned(peer, {"a", {}, 5s});
  CHECK(f.topic().mesh.empty());
  const auto beat_after = [&](std::chrono::milliseconds time) {
    f.net.advance(time);
    f.say(heartbeat_tick{});
    return f.topic().mesh.size();
  };
  // With the slack of two seconds.
  CHECK(beat_after(6'999ms) == 0);
  CHECK(beat_after(1ms) == 1);
}

TEST_CASE("mesh manager: whoever grafts too early on a connection that was "
          "told nothing does no wrong") {
  const bool moved = GENERATE(true, false);
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.member(1, actor);
  f.say(leave_topic{"a"});
  f.say(join_topic{"a"});
  for (int i = 0; i < 3; ++i) {
    if (moved)
      f.say(peer_moved{peer, ips("192.0.2.1")});
    f.grafted(peer, "a");
  }
  CHECK((f.score_of(1).behaviour < 0) == !moved);
}

TEST_CASE(
    "mesh manager: of a graylisted peer subscriptions are accepted alone") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.member(1, actor);
  REQUIRE(f.topic().mesh.size() == 1);
  f.say(set_application_score{peer.id, -100});
  control_received msg{peer, {{.topic = "b"}}, {}, 3};
  msg.control.prunes.push_back({"a", {}, {}});
  msg.control.ihaves.push_back({"a", {"id"}});
  f.say(msg);
  CHECK(f.topic().mesh.size() == 1);
  CHECK(f.cache.all<ihave_received>().empty());
  f.say(join_topic{"b"});
  CHECK(f.topic("b").peers == std::vector{peer.id});
}

TEST_CASE("mesh manager: a peer below the threshold of gossip tells us of no "
          "messages") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  proto::control ctrl;
  ctrl.ihaves = {{"a", {"id"}}};
  f.say(set_application_score{peer.id, -11});
  f.controlled(peer, ctrl);
  CHECK(f.cache.all<ihave_received>().empty());
  f.say(set_application_score{peer.id, -10});
  f.controlled(peer, ctrl);
  CHECK(f.cache.all<ihave_received>().size() == 1);
}

TEST_CASE("mesh manager: all of an RPC's IHAVE go to the cache together, with "
          "who sent them") {
  manager_fixture f;
  f.say(join_topic{"a"});
  f.say(join_topic{"b"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  proto::control ctrl;
  ctrl.ihaves = {{"a", {"1", "2"}}, {"b", {"3"}}};
  f.controlled(peer, ctrl);
  REQUIRE(f.cache.all<ihave_received>().size() == 1);
  const auto& asked = f.cache.all<ihave_received>()[0];
  CHECK(asked.from.id == peer.id);
  CHECK(asked.from.actor == peer.actor);
  CHECK(asked.ids == std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE("mesh manager: what is awaited comes also by a subscription") {
  manager_fixture f;
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  f.ask_for_peers("a", 1);
  CHECK_FALSE(f.answer);
  f.subscribed(peer, "b");
  CHECK_FALSE(f.answer);
  f.subscribed(peer, "a");
  CHECK(f.answer == std::optional<std::size_t>{1});
}

TEST_CASE("mesh manager: a member that becomes direct leaves the mesh, with a "
          "PRUNE, and no score is held against it") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.member(1, actor);
  f.say(set_application_score{peer.id, -100});
  REQUIRE(actor.all<set_standing>().back().graylisted);
  f.say(set_direct{peer.id, true});
  CHECK(f.topic().mesh.empty());
  CHECK(prunes_sent_to(actor).size() == 1);
  CHECK_FALSE(actor.all<set_standing>().back().graylisted);
  f.say(set_direct{peer.id, false});
  CHECK(actor.all<set_standing>().back().graylisted);
  // Whoever is no longer direct is not when it comes back, either.
  f.say(peer_left{peer.id, actor.actor().address()});
  fake_peer again{f.net.sys()};
  f.member(1, again);
  CHECK(again.all<set_standing>().back().graylisted);
}
