// What goes to a peer, in virtual time: in which order, how much ahead, and
// what is dropped.
#include "tests/support/log_lines.hpp"
#include "tests/support/peer_fixture.hpp"
#include "tests/support/recording_sink.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;
using gossip::trace::rpc_dropped;
using gossip::trace::rpc_sent;

texts numbered_texts(std::size_t count) {
  texts result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back("id " + std::to_string(i));
  return result;
}

// A peer with streams in both directions, a trace and the node's counters.
// Nothing goes out before `greet`.
struct output_fixture {
  explicit output_fixture(
      const std::function<void(node_config&)>& change = [](node_config&) {},
      const link_options& how = {})
      : f{change, [this](node_context& ctx) {
            ctx.memory = memory;
            ctx.trace = sink;
          }} {
    f.hello.reset();
    far = &f.connect(how);
  }

  void greet() { f.tell_peer(send_hello{{{.topic = "t"}}, {}}); }

  void control(const proto::control& what) {
    f.tell_peer(
        send_control{nullptr, std::make_shared<const proto::control>(what)});
  }

  heard_rpcs heard() const { return far->heard(far->opened().at(0)); }
  std::uint64_t dropped() const { return memory->dropped.load(); }

  std::shared_ptr<node_memory> memory =
      std::make_shared<node_memory>(1 << 30, 1 << 30);
  std::shared_ptr<recording_sink> sink = std::make_shared<recording_sink>();
  peer_fixture f;
  far_end* far = nullptr;
};

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

// -- what is dropped ----------------------------------------------------------

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
