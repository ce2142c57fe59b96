#include "actors/mesh_manager.hpp"
#include "gossip/subscription_pace.hpp"
#include "libp2p/peer_record.hpp"
#include "tests/support/mesh_fixture.hpp"
#include "tests/support/recorder.hpp"
#include "tests/support/virtual_system.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using fake_peer = recorder<send_hello, send_control, send_messages,
                           return_credit, set_standing>;

// A mesh manager between stand-ins, in virtual time.
struct manager_fixture {
  explicit manager_fixture(const gossip::parameters& params = {})
      : cache{net.sys()}, events{net.sys()},
        manager{
            spawn_mesh_manager(net.sys(), virtual_system::context(1, params))} {
    say(meet_partners{cache.as<message_cache_actor>(),
                      events.as<event_sink>()});
  }

  template <class T>
  void say(T msg) {
    tell_from_outside(manager, std::move(msg));
    net.run();
  }

  // A connected peer; with an open outbound stream if `reachable`.
  peer_ref join(std::uint32_t number, const fake_peer& actor,
                bool reachable = true) {
    peer_ref peer{numbered_peer(number), actor.as<peer_actor>()};
    say(peer_joined{peer, inbound_peer, {}});
    if (reachable)
      say(hello_wanted{peer});
    return peer;
  }

  void subscribed(const peer_ref& peer, const std::string& topic,
                  bool on = true) {
    say(rpc_received{peer, {{.topic = topic, .subscribe = on}}, {}});
  }

  // Asks for peers of a topic; the answer is there once `answered()`.
  void ask_for_peers(const std::string& topic, std::size_t count) {
    net.sys().spawn(
        [this](caf::event_based_actor* self, const await_peers& question) {
          ask(self, manager, 1h, question)
              .then([this](const peers_ready& r) { answer = r.count; },
                    [this](caf::error&) { answer = 999; });
        },
        await_peers{topic, count, 10s});
    net.run();
  }

  // All that was reported, one event after the other.
  std::vector<node_event> reported() const {
    std::vector<node_event> result;
    for (const auto& turn : events.all<node_events>())
      result.insert(result.end(), turn.events.begin(), turn.events.end());
    return result;
  }

  std::vector<scored_peer> scores() {
    std::vector<scored_peer> result;
    net.sys().spawn([&](caf::event_based_actor* self) {
      ask(self, manager, 1h, inspect_scores{})
          .then([&](const scores_snapshot& s) { result = s.peers; },
                [](caf::error&) {});
    });
    net.run();
    return result;
  }

  mesh_snapshot snapshot() {
    mesh_snapshot result;
    net.sys().spawn([&](caf::event_based_actor* self) {
      ask(self, manager, 1h, inspect_mesh{})
          .then([&](const mesh_snapshot& s) { result = s; },
                [](caf::error&) {});
    });
    net.run();
    return result;
  }

  virtual_system net;
  recorder<emit_gossip, shift_window, ihave_received, set_delivery_window>
      cache;
  recorder<node_events, connect_offered> events;
  mesh_manager_actor manager;
  std::optional<std::size_t> answer;
};

} // namespace

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
  rpc_received graft{peer, {}, {}};
  graft.control.grafts = {"a"};
  f.say(std::move(graft));
  CHECK(f.answer == 1u);
  f.subscribed(peer, "a");
  const auto events = f.reported();
  REQUIRE(events.size() == 1);
  CHECK(events[0].what == node_event::kind::subscribed);
  CHECK(events[0].peer == peer.id);
  CHECK(events[0].topic == "a");
}

TEST_CASE("mesh manager: gossip goes out before the window is shifted") {
  manager_fixture f;
  f.say(join_topic{"a"});
  std::vector<std::unique_ptr<fake_peer>> peers;
  // More than Dlo, so that some are outside the mesh and get gossip.
  for (std::uint32_t i = 1; i <= 20; ++i) {
    peers.push_back(std::make_unique<fake_peer>(f.net.sys()));
    f.subscribed(f.join(i, *peers.back()), "a");
  }
  f.cache.clear();
  f.say(heartbeat_tick{});
  CHECK(f.cache.order() == std::vector<std::size_t>{0, 1});
  const auto& wanted = f.cache.all<emit_gossip>()[0];
  // Some hear of three heartbeats, the others of the last.
  REQUIRE(wanted.topics.size() == 2);
  CHECK(wanted.topics[0].windows == 3);
  CHECK(wanted.topics[0].peers.size() == 6);
  CHECK(wanted.topics[1].windows == 1);
  CHECK(wanted.topics[1].peers.size() == 10);
  for (const auto& topic : wanted.topics) {
    CHECK(topic.topic == "a");
    for (const auto peer : topic.peers)
      CHECK(wanted.peers.at(peer.slot));
  }
}

TEST_CASE("mesh manager: whoever enters a mesh is told of what the window "
          "holds, after the GRAFT") {
  manager_fixture f;
  f.say(join_topic{"a"});
  f.say(join_topic{"b"});
  fake_peer other{f.net.sys()};
  f.join(1, other);
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(2, actor);
  f.say(rpc_received{peer, {{.topic = "a"}, {.topic = "b"}}, {}});
  CHECK(actor.all<send_control>().size() == 1);
  REQUIRE(f.cache.all<emit_gossip>().size() == 1);
  const auto& wanted = f.cache.all<emit_gossip>()[0];
  REQUIRE(wanted.topics.size() == 2);
  REQUIRE(wanted.peers.size() == 1);
  CHECK(wanted.peers[0] == peer.actor);
  for (const auto& topic : wanted.topics) {
    CHECK(topic.windows == 5);
    CHECK(topic.peers.at(0).slot == 0);
  }
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

TEST_CASE("mesh manager: a routed message goes to the mesh but its source") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer source_actor{f.net.sys()};
  fake_peer other_actor{f.net.sys()};
  const auto source = f.join(1, source_actor);
  const auto other = f.join(2, other_actor);
  f.subscribed(source, "a");
  f.subscribed(other, "a");
  const auto msg =
      gossip::build_message({"a", as_bytes("data"), std::nullopt, std::nullopt},
                            nullptr, gossip::default_message_id);
  f.say(route_messages{{{msg, source.id, {}}}});
  CHECK(source_actor.all<send_messages>().empty());
  CHECK(other_actor.all<send_messages>().size() == 1);
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

TEST_CASE("mesh manager: IHAVE is heeded for our own topics alone") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  proto::control ctrl;
  ctrl.ihaves = {{"a", {"id1"}}, {"b", {"id2"}}};
  f.say(rpc_received{peer, {}, ctrl});
  const auto asked = f.cache.all<ihave_received>();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].ids == std::vector<std::string>{"id1"});
}

TEST_CASE("mesh manager: what it has handled is credited, what is repeated is "
          "not reported") {
  manager_fixture f;
  f.say(observe_events{});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  const proto::subscription change{.topic = "a"};
  f.say(rpc_received{peer, {change, change, change}, {}, 3});
  REQUIRE(actor.all<return_credit>().size() == 1);
  CHECK(actor.all<return_credit>()[0].messages == 3);
  CHECK(f.reported().size() == 1);
}

TEST_CASE("mesh manager: events of one turn are reported together, and none "
          "that nobody observes") {
  manager_fixture f;
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  f.say(rpc_received{peer, {{.topic = "a"}, {.topic = "b"}}, {}, 2});
  CHECK(f.events.all<node_events>().empty());
  f.say(observe_events{});
  f.say(rpc_received{peer, {{.topic = "c"}, {.topic = "d"}}, {}, 2});
  CHECK(f.events.all<node_events>().size() == 1);
  CHECK(f.reported().size() == 2);
  f.say(observe_events{false});
  f.say(rpc_received{peer, {{.topic = "e"}}, {}, 1});
  CHECK(f.events.all<node_events>().size() == 1);
}

TEST_CASE("mesh manager: credit for an RPC comes behind what it leads to") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  actor.clear();
  // It subscribes, and is grafted.
  f.say(rpc_received{peer, {{.topic = "a"}}, {}, 1});
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
  f.say(rpc_received{peer, same, {}, changes + 1});
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
    "mesh manager: whoever sent a message before the verdict does not get "
    "it back") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer first{f.net.sys()};
  fake_peer second{f.net.sys()};
  const auto source = f.join(1, first);
  const auto other = f.join(2, second);
  f.subscribed(source, "a");
  f.subscribed(other, "a");
  const auto msg =
      gossip::build_message({"a", as_bytes("data"), std::nullopt, std::nullopt},
                            nullptr, gossip::default_message_id);
  f.say(route_messages{{{msg, source.id, {{other.id, true}}}}});
  CHECK(second.all<send_messages>().empty());
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

namespace {

// PRUNE of a topic that offers a peer which is at `where`.
proto::prune offering(const std::string& topic, const std::string& where) {
  const auto key = libp2p::private_key::generate();
  const std::array addresses{libp2p::multiaddr::from_text(where).value()};
  const auto record = libp2p::seal_peer_record(key, 1, addresses);
  const auto id = libp2p::peer_id::of(key.public_part());
  return {topic,
          {{std::string{as_text(id.view())}, std::string{as_text(record)}}},
          {}};
}

rpc_received offer_of(const peer_ref& peer, proto::prune prune) {
  rpc_received result{peer, {}, {}, 1};
  result.control.prunes.push_back(std::move(prune));
  return result;
}

std::vector<libp2p::ip_address> ip(std::string_view text) {
  return {libp2p::ip_address::from_text(text).value()};
}

} // namespace

TEST_CASE(
    "mesh manager: one offer of peers is heeded per heartbeat, one of each "
    "topic") {
  manager_fixture f;
  f.say(join_topic{"a"});
  f.say(join_topic{"b"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.join(1, actor);
  f.subscribed(peer, "a");
  f.subscribed(peer, "b");
  f.say(set_application_score{peer.id, 100});
  rpc_received offer{peer, {}, {}, 300};
  for (int i = 0; i < 300; ++i)
    offer.control.prunes.push_back(offering("a", "/ip4/192.0.2.1/tcp/4001"));
  f.say(offer);
  CHECK(f.events.all<connect_offered>().size() == 1);
  f.net.advance(1s);
  f.say(offer);
  CHECK(f.events.all<connect_offered>().size() == 1);
  f.say(offer_of(peer, offering("b", "/ip4/192.0.2.1/tcp/4001")));
  CHECK(f.events.all<connect_offered>().size() == 2);
}

TEST_CASE(
    "mesh manager: private addresses are taken from private peers alone") {
  manager_fixture f;
  f.say(join_topic{"a"});
  const auto* from = GENERATE("203.0.113.7", "10.9.8.7", "127.0.0.1");
  const auto* where = GENERATE("/ip4/192.0.2.1/tcp/1", "/ip4/10.0.0.1/tcp/1",
                               "/ip4/127.0.0.1/tcp/1", "/ip4/0.0.0.0/tcp/1",
                               "/dns4/localhost/tcp/1");
  const auto ips = ip(from);
  const auto address = libp2p::multiaddr::from_text(where).value();
  fake_peer actor{f.net.sys()};
  const peer_ref peer{numbered_peer(1), actor.as<peer_actor>()};
  // It is known where it is now, wherever it was.
  f.say(peer_joined{peer, inbound_peer, ip("198.51.100.1")});
  f.say(peer_moved{peer, ips});
  f.subscribed(peer, "a");
  f.say(set_application_score{peer.id, 100});
  f.say(offer_of(peer, offering("a", where)));
  CHECK(f.events.all<connect_offered>().empty()
        == (gossip::scope_of(address) < gossip::scope_of(ips)));
}

TEST_CASE(
    "mesh manager: a peer that was found by an offer counts as one of our "
    "own choice when it has proven itself") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const peer_ref peer{numbered_peer(1), actor.as<peer_actor>()};
  f.say(peer_joined{peer, {gossip::version::v1_1, false, false, true}, {}});
  f.subscribed(peer, "a");
  const auto outbound = [&] {
    f.say(heartbeat_tick{});
    return f.snapshot().topics.at(0).outbound;
  };
  CHECK(outbound() == 0);
  f.net.advance(59s);
  CHECK(outbound() == 0);
  const bool serves = GENERATE(true, false);
  if (serves)
    f.say(set_application_score{peer.id, 1});
  f.net.advance(1s);
  CHECK(outbound() == (serves ? 1 : 0));
  f.net.advance(540s);
  CHECK(outbound() == 1);
}

TEST_CASE("mesh manager: peers are offered with their signed records, or by "
          "their ids alone") {
  gossip::parameters params;
  params.peer_exchange = true;
  manager_fixture f{params};
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  fake_peer others{f.net.sys()};
  const auto pruned = f.join(1, actor);
  const auto unknown = f.join(2, others);
  const auto key = libp2p::private_key::generate();
  const peer_ref known{libp2p::peer_id::of(key.public_part()),
                       others.as<peer_actor>()};
  f.say(peer_joined{known, inbound_peer, {}});
  for (const auto& peer : {pruned, unknown, known})
    f.subscribed(peer, "a");
  const std::vector addresses{
      *libp2p::multiaddr::from_text("/ip4/192.0.2.1/tcp/4001")};
  const auto sealed = libp2p::seal_peer_record(key, 1, addresses);
  f.say(record_learned{known.id, sealed});
  // One that is not genuine is not passed on.
  f.say(record_learned{unknown.id, sealed});
  actor.clear();
  f.say(leave_topic{"a"});
  std::map<std::string, std::string> records;
  for (const auto& msg : actor.all<send_control>())
    if (msg.control)
      for (const auto& prune : msg.control->prunes)
        for (const auto& peer : prune.peers)
          records.emplace(peer.id, peer.signed_record);
  REQUIRE(records.size() == 2);
  CHECK(records.at(std::string{as_text(known.id.view())}) == as_text(sealed));
  CHECK(records.at(std::string{as_text(unknown.id.view())}).empty());
}
