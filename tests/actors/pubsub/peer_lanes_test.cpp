// What is dropped on its way to a peer, in virtual time: what finds no room in
// its lane.
#include "tests/support/output_fixture.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;
using gossip::trace::rpc_dropped;

} // namespace

TEST_CASE("peer: as many messages wait for it as is configured, the newest are "
          "dropped, counted and traced") {
  output_fixture o{[](node_config& c) { c.send_queue_messages = 2; }};
  o.f.publish({"a", "b", "c"});
  o.f.publish({"d"});
  CHECK(o.dropped() == 2);
  const auto dropped = o.sink->of<rpc_dropped>();
  REQUIRE(dropped.size() == 2);
  CHECK(dropped[0].to == peer_fixture::id());
  CHECK(dropped[0].meta.messages.at(0).id == id_of("c"));
  CHECK(dropped[1].meta.messages.at(0).id == id_of("d"));
  o.greet();
  CHECK(o.heard().messages == texts{"a", "b"});
}

TEST_CASE("peer: as many bytes wait for it as is configured, but 32 of the "
          "largest RPCs in any case") {
  const auto [bytes_set, waiting] =
      GENERATE(table<std::size_t, std::size_t>({{0, 32}, {50'000, 50}}));
  output_fixture o{[limit = bytes_set](node_config& c) {
    c.max_rpc_size = 1'100;
    c.send_queue_bytes = limit;
  }};
  // Some 1,000 bytes each, with what is around the data.
  const std::string text(960, 'x');
  std::vector<gossip::message_ptr> msgs;
  for (int i = 0; i < 100; ++i)
    msgs.push_back(peer_fixture::message(std::to_string(i) + text));
  o.f.tell_peer(send_messages{msgs});
  o.greet();
  CHECK(o.heard().messages.size() >= waiting);
  CHECK(o.heard().messages.size() <= waiting + 5);
  CHECK(o.dropped() == 100 - o.heard().messages.size());
}

TEST_CASE("peer: of a large limit of RPCs 32 answers may wait") {
  output_fixture o{[](node_config& c) {
    c.max_rpc_size = std::size_t{2} * 1024 * 1024;
    c.session.max_buffered = std::size_t{64} * 1024 * 1024;
  }};
  const auto large =
      peer_fixture::message(std::string(std::size_t{2'000'000}, 'x'));
  o.f.tell_peer(send_answers{std::vector<gossip::message_ptr>(32, large)});
  CHECK(o.dropped() == 0);
}

TEST_CASE("peer: what is larger than an RPC may be is dropped, traced, and not "
          "told of later") {
  output_fixture o{[](node_config& c) { c.max_rpc_size = 1'000; }};
  o.greet();
  const std::string large(1'000, 'x');
  SECTION("a message") {
    o.f.publish({large});
  }
  SECTION("an answer") {
    o.f.tell_peer(send_answers{{peer_fixture::message(large)}});
  }
  const auto dropped = o.sink->of<rpc_dropped>();
  REQUIRE(dropped.size() == 1);
  CHECK(dropped[0].meta.messages.at(0).id == id_of(large));
  // Nobody reads too slowly.
  CHECK(o.dropped() == 0);
  o.f.advance(2s);
  CHECK(o.heard().ihave.empty());
  CHECK(o.heard().messages.empty());
}

TEST_CASE("peer: answers and partial messages beyond their lanes are dropped "
          "and counted") {
  output_fixture o{[](node_config& c) { c.partial_messages = true; }};
  SECTION("answers") {
    const auto msg = peer_fixture::message("a");
    o.f.tell_peer(send_answers{std::vector<gossip::message_ptr>(
        gossip::limits::answer_lane_messages + 2, msg)});
    CHECK(o.sink->of<rpc_dropped>().size() == 2);
    // Whoever asks again gets them: they are not told of.
    o.greet();
    o.f.advance(2s);
    CHECK(o.heard().ihave.empty());
  }
  SECTION("partial messages") {
    const auto frame = std::make_shared<const bytes>(bytes{1, 0});
    for (std::size_t i = 0; i < gossip::limits::partial_lane_frames + 2; ++i)
      tell_from_outside(o.f.peer, send_partial{frame});
    o.f.run();
  }
  CHECK(o.dropped() == 2);
}

TEST_CASE("peer: ids beyond their lanes are dropped and traced") {
  output_fixture o;
  proto::control much;
  SECTION("IDONTWANT") {
    much.idontwant = numbered_texts(gossip::limits::idontwant_lane_ids + 1);
    o.control(much);
    const auto dropped = o.sink->of<rpc_dropped>();
    REQUIRE(dropped.size() == 1);
    CHECK(dropped[0].meta.control.idontwant == much.idontwant);
    o.greet();
    CHECK(o.heard().idontwant.size() == gossip::limits::idontwant_lane_ids);
  }
  SECTION("IHAVE") {
    much.ihaves = {{"t", numbered_texts(gossip::limits::gossip_lane_ids + 1)}};
    o.control(much);
    const auto dropped = o.sink->of<rpc_dropped>();
    REQUIRE(dropped.size() == 1);
    REQUIRE(dropped[0].meta.control.ihaves.size() == 1);
    CHECK(dropped[0].meta.control.ihaves[0].topic == "t");
    CHECK(dropped[0].meta.control.ihaves[0].ids == much.ihaves[0].ids);
    o.greet();
    CHECK(o.heard().ihave.size() == gossip::limits::gossip_lane_ids);
  }
}

TEST_CASE("peer: one whose lane of control is full is disconnected, as it "
          "would be wrong about us from then on") {
  output_fixture o;
  texts topics;
  for (int i = 0; i < 1'100; ++i)
    topics.push_back(std::to_string(i) + std::string(1'000, 't'));
  std::vector<proto::subscription> subscriptions;
  proto::control grafts;
  proto::control prunes;
  send_hello hello;
  for (const auto& topic : topics) {
    subscriptions.push_back({.topic = topic});
    grafts.grafts.push_back(topic);
    prunes.prunes.push_back({topic, {}, 60s});
  }
  SECTION("of subscriptions") {
    o.f.tell_peer(send_control{
        std::make_shared<const std::vector<proto::subscription>>(subscriptions),
        nullptr});
  }
  SECTION("of GRAFTs") {
    o.control(grafts);
  }
  SECTION("of PRUNEs") {
    o.control(prunes);
  }
  SECTION("of the hello") {
    const bool by_topic = GENERATE(false, true);
    if (by_topic)
      hello.subscriptions = subscriptions;
    else
      hello.grafts = grafts.grafts;
    o.f.tell_peer(hello);
  }
  CHECK(o.far->events.closed == std::vector{libp2p::session_error::go_away});
  CHECK(o.f.mesh.all<peer_left>().size() == 1);
  CHECK(o.heard().messages.empty());
}

TEST_CASE("peer: a PRUNE that does not fit goes without the peers it offers") {
  output_fixture o;
  proto::control prune;
  prune.prunes = {{"t", {{"peer", std::string(2'000'000, 'r')}}, 77s}};
  o.control(prune);
  o.greet();
  REQUIRE(o.heard().prunes.size() == 1);
  CHECK(o.heard().prunes[0].topic == "t");
  CHECK(o.heard().prunes[0].peers.empty());
  CHECK(o.heard().prunes[0].backoff == 77s);
  CHECK_FALSE(o.far->closed);
}
