// What leaves the mesh manager.
#include "tests/support/mesh_manager_fixture.hpp"
#include "tests/support/recording_sink.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace grapevine;
using namespace grapevine::test;

namespace {

constexpr gossip::peer_traits new_peer{gossip::version::v1_2, false, false};

using texts = std::vector<std::string>;

gossip::message_ptr message_by(const libp2p::peer_id& author,
                               std::string_view data,
                               std::string_view topic = "a") {
  return gossip::build_message({topic, as_bytes(data), author, 1}, nullptr,
                               gossip::default_message_id);
}

gossip::parameters all_are_large() {
  gossip::parameters params;
  params.gossip.idontwant_threshold = 1;
  return params;
}

// Three members of the mesh of "a", which speak 1.2; the third one is in the
// mesh of "b", too.
struct three_members : manager_fixture {
  explicit three_members(const gossip::parameters& params = {})
      : manager_fixture{params} {
    say(join_topic{"a"});
    say(join_topic{"b"});
    for (std::uint32_t i = 0; i < 3; ++i)
      peers.push_back(member(i + 1, actors[i], "a", new_peer));
    subscribed(peers[2], "b");
    for (auto& one : actors)
      one.clear();
  }

  libp2p::peer_id id(std::uint32_t number) const { return peers[number].id; }

  std::array<fake_peer, 3> actors{fake_peer{net.sys()}, fake_peer{net.sys()},
                                  fake_peer{net.sys()}};
  std::vector<peer_ref> peers;
};

} // namespace

TEST_CASE("mesh manager: of messages routed together each goes its own way, "
          "and a peer gets all that is for it at once") {
  three_members f;
  SECTION("from different peers") {
    f.say(route_messages{{{f.message("x"), f.id(0), {}},
                          {f.message("y"), f.id(0), {}},
                          {f.message("z"), f.id(1), {}}}});
    CHECK(data_sent_to(f.actors[0]) == texts{"z"});
    CHECK(data_sent_to(f.actors[1]) == texts{"x", "y"});
    CHECK(data_sent_to(f.actors[2]) == texts{"x", "y", "z"});
  }
  SECTION("of different topics") {
    f.say(route_messages{
        {{f.message("x"), f.id(0), {}}, {f.message("y", "b"), f.id(0), {}}}});
    CHECK(data_sent_to(f.actors[1]) == texts{"x"});
    CHECK(data_sent_to(f.actors[2]) == texts{"x", "y"});
  }
  SECTION("of different authors, who do not want theirs") {
    f.say(route_messages{{{message_by(f.id(1), "x"), f.id(0), {}},
                          {message_by(f.id(2), "y"), f.id(0), {}}}});
    CHECK(data_sent_to(f.actors[1]) == texts{"y"});
    CHECK(data_sent_to(f.actors[2]) == texts{"x"});
  }
  SECTION("that others had") {
    f.say(route_messages{{{f.message("x"), f.id(0), {}},
                          {f.message("y"), f.id(0), {{f.id(1), true}}},
                          {f.message("z"), f.id(0), {}}}});
    CHECK(data_sent_to(f.actors[1]) == texts{"x", "z"});
    CHECK(data_sent_to(f.actors[2]) == texts{"x", "y", "z"});
  }
  CHECK(f.actors[2].all<send_messages>().size() == 1);
}

TEST_CASE("mesh manager: many messages of one way go to all peers as one run, "
          "behind what was routed before") {
  three_members f;
  route_messages msg{{{f.message("0"), f.id(1), {}}}};
  for (const auto* text : {"1", "2", "3", "4"})
    msg.msgs.push_back({f.message(text), f.id(0), {}});
  f.say(msg);
  const auto& runs = f.actors[1].all<send_run>();
  REQUIRE(runs.size() == 1);
  CHECK_FALSE(runs[0].anyway);
  CHECK(f.actors[1].all<send_messages>().empty());
  REQUIRE(f.actors[2].all<send_run>().size() == 1);
  CHECK(f.actors[2].all<send_run>()[0].run == runs[0].run);
  CHECK(data_sent_to(f.actors[2]) == texts{"0", "1", "2", "3", "4"});
  const auto& order = f.actors[2].order();
  REQUIRE(order.size() >= 2);
  CHECK(order.end()[-2] < order.back());
  CHECK(data_sent_to(f.actors[0]) == texts{"0"});
}

TEST_CASE("mesh manager: a message whose sender or forwarder has left goes to "
          "all who are there") {
  three_members f;
  f.say(route_messages{
      {{f.message("x"), numbered_peer(9), {{numbered_peer(8), true}}}}});
  for (const auto& one : f.actors)
    CHECK(data_sent_to(one) == texts{"x"});
}

TEST_CASE("mesh manager: an IDONTWANT is accepted for what is relayed to the "
          "mesh, not for direct and FloodSub peers") {
  manager_fixture f;
  f.say(join_topic{"a"});
  fake_peer member{f.net.sys()};
  fake_peer direct{f.net.sys()};
  fake_peer old{f.net.sys()};
  f.member(1, member);
  f.say(set_direct{numbered_peer(2), true});
  f.member(2, direct);
  f.member(3, old, "a", floodsub_peer);
  f.say(route_messages{{{f.message("x"), numbered_peer(9), {}}}});
  REQUIRE(member.all<send_messages>().size() == 1);
  CHECK_FALSE(member.all<send_messages>()[0].anyway);
  for (const auto* one : {&direct, &old}) {
    REQUIRE(one->all<send_messages>().size() == 1);
    CHECK(one->all<send_messages>()[0].anyway);
  }
}

TEST_CASE("mesh manager: an own message floods its topic, or goes to the mesh "
          "alone; the receipt tells to how many") {
  const bool flood = GENERATE(true, false);
  gossip::parameters params;
  params.flood_publish = flood;
  params.mesh.degree_low = 1;
  params.mesh.degree_outbound = 0;
  params.mesh.degree = 1;
  manager_fixture f{params};
  f.say(join_topic{"a"});
  fake_peer inside{f.net.sys()};
  fake_peer outside{f.net.sys()};
  f.member(1, inside);
  f.member(2, outside);
  const auto expected = [&](const fake_peer& peer, const texts& data) {
    CHECK(data_sent_to(peer) == data);
    for (const auto& turn : peer.all<send_messages>())
      CHECK(turn.anyway == flood);
  };
  SECTION("one") {
    const auto msg = f.message("x");
    const auto receipt = f.answer_to<publish_receipt>(route_own{msg});
    REQUIRE(receipt);
    CHECK(receipt->id == msg->id());
    CHECK(receipt->peers == (flood ? 2 : 1));
    CHECK_FALSE(receipt->duplicate);
    expected(inside, {"x"});
    expected(outside, flood ? texts{"x"} : texts{});
  }
  SECTION("a batch") {
    const auto receipt = f.answer_to<batch_receipt>(
        route_batch{{{f.message("x"), false}, {f.message("y"), false}}});
    REQUIRE(receipt);
    CHECK(receipt->receipts.at(0).peers == (flood ? 2 : 1));
    expected(inside, {"x", "y"});
    expected(outside, flood ? texts{"y", "x"} : texts{});
  }
}

TEST_CASE("mesh manager: of a batch each receiver gets everything in one turn, "
          "and begins with another message") {
  three_members f;
  const auto x = f.message("x");
  const auto y = f.message("y");
  const auto z = f.message("z");
  const auto old = f.message("old");
  const auto receipt = f.answer_to<batch_receipt>(
      route_batch{{{x, false}, {old, true}, {y, false}, {z, false}}});
  REQUIRE(receipt);
  REQUIRE(receipt->receipts.size() == 4);
  CHECK(receipt->receipts[0].peers == 3);
  CHECK_FALSE(receipt->receipts[0].duplicate);
  CHECK(receipt->receipts[0].id == x->id());
  CHECK(receipt->receipts[1].peers == 0);
  CHECK(receipt->receipts[1].duplicate);
  CHECK(receipt->receipts[1].id == old->id());
  CHECK(receipt->receipts[3].id == z->id());
  CHECK(data_sent_to(f.actors[0]) == texts{"x", "y", "z"});
  CHECK(data_sent_to(f.actors[1]) == texts{"y", "z", "x"});
  CHECK(data_sent_to(f.actors[2]) == texts{"z", "x", "y"});
  for (const auto& one : f.actors)
    CHECK(one.all<send_messages>().size() == 1);
}

TEST_CASE("mesh manager: a batch of what was published before goes nowhere") {
  three_members f;
  f.say(route_own{f.message("earlier")});
  const auto receipt =
      f.answer_to<batch_receipt>(route_batch{{{f.message("x"), true}}});
  REQUIRE(receipt);
  CHECK(receipt->receipts.at(0).peers == 0);
  CHECK(data_sent_to(f.actors[0]) == texts{"earlier"});
}

TEST_CASE("mesh manager: the mesh is told IDONTWANT of large own messages, "
          "before they are sent (1.2)") {
  three_members f;
  const auto large = f.message(std::string(1'024, 'x'));
  const auto small = f.message(std::string(1'023, 'y'));
  SECTION("one by one") {
    f.say(route_own{small});
    f.say(route_own{large});
  }
  SECTION("in a batch") {
    f.say(route_batch{{{small, false}, {large, false}}});
  }
  for (const auto& one : f.actors) {
    CHECK(unwanted_told_to(one) == texts{std::string{large->id().raw()}});
    CHECK(data_sent_to(one).size() == 2);
  }
}

TEST_CASE("mesh manager: whoever is in the mesh and speaks 1.2 is told of new "
          "messages that it need not send them, but not their senders") {
  three_members f{all_are_large()};
  fake_peer old{f.net.sys()};
  f.member(4, old);
  const auto x = f.message("x");
  const auto y = f.message("y");
  const auto z = f.message("z");
  const auto other = f.message("of another topic", "b");
  f.say(announce_messages{{{x, f.id(0), {}},
                           {y, f.id(0), {}},
                           {z, f.id(1), {}},
                           {other, f.id(1), {}}}});
  const auto ids = [](std::initializer_list<gossip::message_ptr> msgs) {
    texts result;
    for (const auto& one : msgs)
      result.emplace_back(one->id().raw());
    return result;
  };
  CHECK(unwanted_told_to(f.actors[0]) == ids({z}));
  CHECK(unwanted_told_to(f.actors[1]) == ids({x, y}));
  CHECK(unwanted_told_to(f.actors[2]) == ids({x, y, z, other}));
  CHECK(f.actors[2].all<send_control>().size() == 1);
  CHECK(unwanted_told_to(old).empty());
}

TEST_CASE("mesh manager: what nobody who is there has sent is told to all") {
  three_members f{all_are_large()};
  f.say(announce_messages{{{f.message("x"), numbered_peer(9), {}}}});
  for (const auto& one : f.actors)
    CHECK(unwanted_told_to(one).size() == 1);
}

TEST_CASE("mesh manager: the trace tells of GRAFT and PRUNE, whoever did it") {
  const auto sink = std::make_shared<recording_sink>();
  manager_fixture f{
      changed_context([&](node_context& ctx) { ctx.trace = sink; })};
  f.say(join_topic{"a"});
  fake_peer actor{f.net.sys()};
  const auto peer = f.member(1, actor);
  const auto grafted = sink->of<gossip::trace::grafted>();
  REQUIRE(grafted.size() == 1);
  CHECK(grafted[0].peer == peer.id);
  CHECK(grafted[0].topic == "a");
  CHECK(sink->of<gossip::trace::pruned>().empty());
  f.pruned(peer, {"a", {}, {}});
  const auto pruned = sink->of<gossip::trace::pruned>();
  REQUIRE(pruned.size() == 1);
  CHECK(pruned[0].peer == peer.id);
  CHECK(pruned[0].topic == "a");
  CHECK(sink->of<gossip::trace::grafted>().size() == 1);
  // A GRAFT that is refused is neither.
  f.grafted(peer, "a");
  CHECK(sink->of<gossip::trace::grafted>().size() == 1);
  CHECK(sink->of<gossip::trace::pruned>().size() == 1);
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
  // As newcomers all are told of all that the window holds.
  f.say(heartbeat_tick{});
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
  f.say(control_received{peer, {{.topic = "a"}, {.topic = "b"}}, {}});
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
