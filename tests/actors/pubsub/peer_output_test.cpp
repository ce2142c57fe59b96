// What goes to a peer, in virtual time: in which order, and how much ahead.
#include "tests/support/output_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;
using gossip::trace::rpc_sent;

} // namespace

// -- what is sent -------------------------------------------------------------

TEST_CASE("peer: what it is sent alone goes out at once, of each kind") {
  output_fixture o;
  o.greet();
  const auto ours = o.far->opened().at(0);
  const auto before = o.far->rpcs(ours).size();
  SECTION("a message, and a further one") {
    o.f.publish({"a"});
    o.f.publish({"b"});
    CHECK(o.heard().messages == texts{"a", "b"});
    // As the trace tells, with the hello.
    const auto sent = o.sink->of<rpc_sent>();
    REQUIRE(sent.size() == before + 2);
    CHECK(sent[0].to == peer_fixture::id());
    CHECK(sent[0].meta.subscriptions.size() == 1);
    REQUIRE(sent[1].meta.messages.size() == 1);
    CHECK(sent[1].meta.messages[0].id == id_of("a"));
  }
  SECTION("an answer") {
    o.f.tell_peer(send_answers{{peer_fixture::message("a")}});
    CHECK(o.heard().messages == texts{"a"});
  }
  SECTION("a partial message") {
    const bytes group{1};
    const auto frame =
        proto::encode_partial({"t", group, bytes_view{group}, {}}, 1024);
    o.f.tell_peer(send_partial{std::make_shared<const bytes>(frame.value())});
    CHECK(as_bytes(o.far->events.data.at(ours)).size() > frame->size());
    CHECK(o.far->events.data.at(ours).ends_with(as_text(*frame)));
  }
  SECTION("a subscription") {
    o.f.tell_peer(
        send_control{std::make_shared<const std::vector<proto::subscription>>(
                         1, proto::subscription{.topic = "s"}),
                     nullptr});
    REQUIRE(o.far->rpcs(ours).size() == before + 1);
    CHECK(o.far->rpcs(ours).back().subscriptions.at(0).topic == "s");
  }
  SECTION("control") {
    proto::control all;
    all.grafts = {"g"};
    all.prunes = {{"p", {}, 60s}};
    all.ihaves = {{"h", {"have"}}};
    all.iwant = {"want"};
    all.idontwant = {"unwanted"};
    o.control(all);
    CHECK(o.heard().grafts == texts{"g"});
    REQUIRE(o.heard().prunes.size() == 1);
    CHECK(o.heard().prunes[0].topic == "p");
    CHECK(o.heard().prunes[0].backoff == 60s);
    CHECK(o.heard().ihave == texts{"have"});
    CHECK(o.heard().iwant == texts{"want"});
    CHECK(o.heard().idontwant == texts{"unwanted"});
  }
  SECTION("gossip") {
    const auto all = std::make_shared<const proto::ihave>(
        proto::ihave{"t", {"a", "b", "c", "d"}});
    o.f.tell_peer(send_gossip{{{all, 1, 2}}});
    CHECK(o.heard().ihave == texts{"b", "c"});
    // Behind the last comes the first.
    o.f.tell_peer(send_gossip{{{all, 3, 3}, {all, 0, 1}}});
    CHECK(o.heard().ihave == texts{"b", "c", "d", "a", "b", "a"});
  }
}

TEST_CASE("peer: a long IHAVE is encoded once for all that are told of it") {
  output_fixture o;
  o.greet();
  const auto ids = numbered_texts(2'000);
  const auto all = std::make_shared<const proto::ihave>(proto::ihave{"t", ids});
  o.f.tell_peer(send_gossip{{{all, 0, ids.size()}}});
  CHECK(o.heard().ihave == ids);
  // Of a part whole entries, a bit less.
  o.f.tell_peer(send_gossip{{{all, 1'900, 200}}});
  const auto more = o.heard().ihave.size() - ids.size();
  CHECK(more <= 200);
  CHECK(more >= 170);
}

TEST_CASE("peer: of a long IHAVE that does not fit as much is told as fits") {
  output_fixture o;
  const auto ids = numbered_texts(6'000);
  const auto all = std::make_shared<const proto::ihave>(proto::ihave{"t", ids});
  o.f.tell_peer(send_gossip{{{all, 0, ids.size()}}});
  o.f.tell_peer(send_gossip{{{all, 0, ids.size()}}});
  o.greet();
  CHECK(o.heard().ihave.size() == gossip::limits::gossip_lane_ids);
}

TEST_CASE("peer: answers go behind messages that came later") {
  output_fixture o;
  o.f.tell_peer(send_answers{{peer_fixture::message("answer")}});
  o.f.publish({"message"});
  o.greet();
  CHECK(o.heard().messages == texts{"message", "answer"});
}

TEST_CASE("peer: what it does not want it is sent only if that does not "
          "matter") {
  output_fixture o;
  o.greet();
  proto::control unwanted;
  unwanted.idontwant = {id_of("a"), id_of("b")};
  o.f.say(*o.far, o.f.open(*o.far), unwanted);
  o.f.publish({"a"});
  o.f.tell_peer(send_answers{{peer_fixture::message("b")}});
  CHECK(o.heard().messages.empty());
  o.f.tell_peer(send_messages{{peer_fixture::message("a")}, true});
  CHECK(o.heard().messages == texts{"a"});
}

TEST_CASE("peer: of a run it is sent what it wants, whole or piece by piece") {
  const bool traced = GENERATE(false, true);
  output_fixture o{[](node_config&) {}, {}, traced};
  o.greet();
  const std::vector msgs{peer_fixture::message("a"), peer_fixture::message("b"),
                         peer_fixture::message("c")};
  const send_run run{std::make_shared<const gossip::message_run>(msgs)};
  SECTION("all") {
    o.f.tell_peer(run);
    CHECK(o.heard().messages == texts{"a", "b", "c"});
  }
  proto::control unwanted;
  unwanted.idontwant = {id_of("b")};
  SECTION("but what it did not want before") {
    o.f.say(*o.far, o.f.open(*o.far), unwanted);
    o.f.tell_peer(run);
    CHECK(o.heard().messages == texts{"a", "c"});
    o.f.tell_peer(send_run{run.run, true});
    CHECK(o.heard().messages == texts{"a", "c", "a", "b", "c"});
  }
}

TEST_CASE("peer: no more ids are asked of it than a heartbeat allows, and the "
          "cache is told of the first") {
  output_fixture o{[](node_config& c) { c.params.gossip.max_ihave_ids = 3; }};
  o.greet();
  proto::control want;
  want.iwant = {"a", "b"};
  o.control(want);
  want.iwant = {"c", "d"};
  o.control(want);
  want.iwant = {"e"};
  o.control(want);
  CHECK(o.heard().iwant == texts{"a", "b", "c"});
  const auto& told = o.f.cache.all<iwant_sent>();
  REQUIRE(told.size() == 2);
  CHECK(told[0].peer == peer_fixture::id());
  CHECK(told[0].id == "a");
  CHECK(told[1].id == "c");
}

TEST_CASE("peer: one without gossip is asked for nothing, and owes nothing") {
  output_fixture o{[](node_config&) {}, {.protocols = {"/floodsub/1.0.0"}}};
  o.greet();
  proto::control want;
  want.iwant = {"a"};
  o.control(want);
  CHECK(o.heard().iwant.empty());
  CHECK(o.f.cache.all<iwant_sent>().empty());
}

TEST_CASE("peer: all of one turn comes through, however much that is") {
  output_fixture o;
  o.greet();
  texts all;
  for (int i = 0; i < 300; ++i)
    all.push_back(std::to_string(i) + std::string(4'000, 'x'));
  o.f.publish(all);
  CHECK(o.heard().messages == all);
  CHECK(o.dropped() == 0);
}

// -- how much ahead -----------------------------------------------------------

TEST_CASE("peer: while it does not read, as many messages wait as is "
          "configured, and little more is under way") {
  constexpr std::size_t all = 40;
  const auto most = GENERATE(std::size_t{4}, std::size_t{40});
  output_fixture o{[&](node_config& c) { c.send_queue_messages = most; }};
  o.greet();
  o.far->mute = true;
  for (std::size_t i = 0; i < all; ++i)
    o.f.publish({std::to_string(i) + std::string(40'000, 'x')});
  o.far->mute = false;
  o.f.run();
  const auto came = o.heard().messages.size();
  CHECK(came >= most);
  // The kernel's buffer, and 128 KiB ahead of it.
  CHECK(came <= std::min(all, most + 12));
  CHECK(o.dropped() == all - came);
}

TEST_CASE("peer: behind our end of the stream nothing is taken from the "
          "queue") {
  output_fixture o;
  o.greet();
  const auto sent = o.sink->of<rpc_sent>().size();
  o.f.tell_peer(stop_peer{5s});
  o.f.advance(20ms);
  REQUIRE(o.far->has_ended(o.far->opened().at(0)));
  o.f.publish({"too late"});
  CHECK(o.sink->of<rpc_sent>().size() == sent);
}
