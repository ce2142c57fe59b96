// The streams that a peer writes to, in virtual time: which are read, and what
// becomes of what arrives on them.
#include "tests/support/peer_fixture.hpp"
#include "tests/support/recording_sink.hpp"

using namespace grapevine;
using namespace grapevine::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

void send(far_end& far, libp2p::stream_id stream, std::string_view text) {
  far.send(stream, peer_fixture::message(text)->frame());
}

libp2p::multiaddr at(std::uint16_t port) {
  return libp2p::multiaddr::from_ip_tcp("192.0.2.9", port);
}

void say_all(peer_fixture& f, far_end& far, libp2p::stream_id stream,
             const std::vector<proto::subscription>& subscriptions,
             const proto::control& control = {}) {
  std::vector<bytes> frames;
  proto::encode_frames(subscriptions, control, 1024 * 1024, frames);
  for (const auto& frame : frames)
    far.send(stream, frame);
  f.run();
}

// Something for each who takes care of a part of an RPC.
proto::control of_all_kinds() {
  proto::control result;
  result.grafts = {"t"};
  result.iwant = {"wanted"};
  result.idontwant = {
      std::string{peer_fixture::message("unwanted")->id().raw()}};
  return result;
}

proto::control announcing(const proto::extensions& ext) {
  proto::control result;
  result.ext = ext;
  return result;
}

} // namespace

// -- inbound streams ----------------------------------------------------------

TEST_CASE("peer: what comes on any of its streams is read, whichever is "
          "newest") {
  peer_fixture f;
  auto [first, one] = f.join();
  auto& second = GENERATE(false, true) ? *first : f.connect();
  const auto two = f.open(second);
  send(*first, one, "a");
  f.run();
  send(second, two, "b");
  f.run();
  send(*first, one, "c");
  f.run();
  CHECK(f.received() == texts{"a", "b", "c"});
  CHECK_FALSE(first->was_reset(one));
  CHECK(f.mesh.all<peer_joined>().size() == 1);
}

TEST_CASE("peer: RPCs that come in pieces on several connections are told "
          "apart") {
  peer_fixture f;
  auto [first, one] = f.join();
  auto& second = f.connect();
  const auto two = f.open(second);
  // Their ids are those of their connections.
  REQUIRE(one == two);
  const auto a = to_bytes(bytes_view{peer_fixture::message("a")->frame()});
  const auto b = to_bytes(bytes_view{peer_fixture::message("b")->frame()});
  first->send(one, bytes_view{a}.first(3));
  f.run();
  second.send(two, bytes_view{b}.first(4));
  f.run();
  first->send(one, bytes_view{a}.subspan(3));
  f.run();
  second.send(two, bytes_view{b}.subspan(4));
  f.run();
  CHECK(f.received() == texts{"a", "b"});
}

TEST_CASE("peer: a stream beyond the fourth takes the place of the oldest, "
          "which is reset at once") {
  peer_fixture f;
  auto [first, oldest] = f.join();
  auto& second = f.connect();
  std::vector<libp2p::stream_id> more;
  for (int i = 0; i < 4; ++i)
    more.push_back(f.open(second));
  CHECK(first->was_reset(oldest));
  for (const auto stream : more) {
    CHECK_FALSE(second.was_reset(stream));
    send(second, stream, std::to_string(stream));
    f.run();
  }
  CHECK(f.received().size() == 4);
}

TEST_CASE("peer: what it does not want holds until its last stream ends") {
  peer_fixture f;
  auto [far, one] = f.join();
  const auto two = f.open(*far);
  proto::control unwanted;
  unwanted.idontwant = {
      std::string{peer_fixture::message("unwanted").get()->id().raw()}};
  f.say(*far, one, unwanted);
  far->session.close_stream(one);
  f.run();
  CHECK(far->has_ended(one));
  f.publish({"unwanted", "wanted"});
  const auto ours = far->opened().at(0);
  CHECK(far->heard(ours).messages == texts{"wanted"});
  far->session.reset_stream(two);
  f.run();
  f.publish({"unwanted"});
  CHECK(far->heard(ours).messages == texts{"wanted", "unwanted"});
}

TEST_CASE("peer: its extensions are those of its newest stream, and of the "
          "older one when that ends (1.3)") {
  peer_fixture f{[](node_config& config) { config.partial_messages = true; }};
  auto& far = f.connect();
  const auto usable = [&] {
    const auto& told = f.mesh.all<partial_usable>();
    return !told.empty() && told.back().usable;
  };
  const auto one = f.open(far, "/meshsub/1.3.0");
  f.say(far, one, announcing({.partial_messages = true}));
  REQUIRE(usable());
  const auto two = f.open(far, "/meshsub/1.3.0");
  CHECK(usable());
  f.say(far, two, announcing({.partial_messages = false}));
  CHECK_FALSE(usable());
  far.session.close_stream(two);
  f.run();
  CHECK(usable());
  CHECK(f.mesh.all<misbehaved>().empty());
}

TEST_CASE("peer: a malformed RPC counts as misbehaviour, one that is larger "
          "than we take does not") {
  const auto [bad, counts] = GENERATE(table<bytes, bool>({
      // A field that is longer than the RPC.
      {bytes{3, 0x12, 0x7f, 0x00}, true},
      // A length that is no varint.
      {bytes{0x80, 0x00}, true},
      // A length above the limit.
      {bytes{0xff, 0xff, 0xff, 0x7f}, false},
  }));
  peer_fixture f;
  auto [far, stream] = f.join();
  far->send(stream, bad);
  f.run();
  CHECK(far->was_reset(stream));
  const auto& told = f.mesh.all<misbehaved>();
  REQUIRE(told.size() == (counts ? 1 : 0));
  if (counts) {
    CHECK(told[0].peer == peer_fixture::id());
    CHECK(told[0].count == 1);
  }
  // Its stream alone has ended.
  CHECK_FALSE(far->closed);
  send(*far, f.open(*far), "fine");
  f.run();
  CHECK(f.received() == texts{"fine"});
}

TEST_CASE("peer: streams that we have reset take nobody's place") {
  peer_fixture f;
  auto [far, oldest] = f.join();
  for (int i = 0; i < 4; ++i) {
    far->send(f.open(*far), bytes{0x80, 0x00});
    f.run();
  }
  f.open(*far);
  CHECK_FALSE(far->was_reset(oldest));
}

TEST_CASE("peer: streams that the peer has ended or reset take nobody's "
          "place") {
  peer_fixture f;
  auto [far, oldest] = f.join();
  const bool at_once = GENERATE(false, true);
  for (int i = 0; i < 4; ++i) {
    const auto stream = f.open(*far);
    if (at_once)
      far->session.reset_stream(stream);
    else
      far->session.close_stream(stream);
    f.run();
  }
  f.open(*far);
  CHECK_FALSE(far->was_reset(oldest));
}

TEST_CASE("peer: what arrives on our own stream is not read") {
  peer_fixture f;
  auto [far, stream] = f.join();
  send(*far, far->opened().at(0), "on the wrong stream");
  send(*far, stream, "on the right one");
  f.run();
  CHECK(f.received() == texts{"on the right one"});
}

TEST_CASE("peer: its end of a stream is answered when all on it is read") {
  peer_fixture f;
  auto [far, stream] = f.join();
  send(*far, stream, "last words");
  far->session.close_stream(stream);
  f.run();
  CHECK(f.received() == texts{"last words"});
  CHECK(far->has_ended(stream));
}

// -- what arrives -------------------------------------------------------------

TEST_CASE("peer: each part of an RPC goes to who takes care of it") {
  auto sink = std::make_shared<recording_sink>();
  peer_fixture f{[](node_config&) {},
                 [&](node_context& ctx) { ctx.trace = sink; }};
  auto [far, stream] = f.join();
  say_all(f, *far, stream, {{.topic = "t"}}, of_all_kinds());
  REQUIRE(f.mesh.all<rpc_received>().size() == 1);
  const auto& told = f.mesh.all<rpc_received>()[0];
  CHECK(told.from.id == peer_fixture::id());
  CHECK(told.from.actor == f.peer);
  REQUIRE(told.subscriptions.size() == 1);
  CHECK(told.subscriptions[0].topic == "t");
  CHECK(told.control.grafts == texts{"t"});
  CHECK(told.control.iwant.empty());
  CHECK(told.control.idontwant.empty());
  CHECK(told.entries == 2);
  REQUIRE(f.cache.all<iwant_received>().size() == 1);
  CHECK(f.cache.all<iwant_received>()[0].ids == texts{"wanted"});
  CHECK(f.cache.all<iwant_received>()[0].from.id == peer_fixture::id());
  f.publish({"unwanted", "fine"});
  CHECK(far->heard(far->opened().at(0)).messages == texts{"fine"});
  // The mesh is asked for nothing that is not there.
  send(*far, stream, "a message alone");
  f.run();
  CHECK(f.mesh.all<rpc_received>().size() == 1);
  REQUIRE(f.cache.all<messages_received>().size() == 1);
  CHECK(f.cache.all<messages_received>()[0].from.id == peer_fixture::id());
  CHECK(sink->of<gossip::trace::rpc_received>().size() == 2);
}

TEST_CASE("peer: of one that is graylisted nothing but subscriptions is "
          "heeded") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.tell_peer(set_standing{.graylisted = true});
  say_all(f, *far, stream, {{.topic = "t"}}, of_all_kinds());
  send(*far, stream, "unheard");
  f.run();
  REQUIRE(f.mesh.all<rpc_received>().size() == 1);
  CHECK(f.mesh.all<rpc_received>()[0].subscriptions.size() == 1);
  CHECK(f.mesh.all<rpc_received>()[0].control.empty());
  CHECK(f.mesh.all<rpc_received>()[0].entries == 1);
  CHECK(f.cache.all<iwant_received>().empty());
  CHECK(f.received().empty());
  f.publish({"unwanted"});
  CHECK(far->heard(far->opened().at(0)).messages == texts{"unwanted"});
  f.tell_peer(set_standing{});
  send(*far, stream, "heard again");
  f.run();
  CHECK(f.received() == texts{"heard again"});
}

TEST_CASE("peer: below the gossip threshold its IWANT is dropped, nothing "
          "else") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.tell_peer(set_standing{.without_gossip = true});
  f.say(*far, stream, of_all_kinds());
  CHECK(f.cache.all<iwant_received>().empty());
  CHECK(f.mesh.all<rpc_received>().size() == 1);
}

TEST_CASE("peer: what waits is cancelled when the peer no longer wants it, "
          "answers too") {
  peer_fixture f;
  const auto hello = *std::exchange(f.hello, {});
  auto [far, stream] = f.join();
  f.publish({"unwanted", "wanted"});
  f.tell_peer(send_answers{
      {peer_fixture::message("unwanted"), peer_fixture::message("asked for")}});
  f.say(*far, stream, of_all_kinds());
  f.tell_peer(hello);
  CHECK(far->heard(far->opened().at(0)).messages
        == texts{"wanted", "asked for"});
}

TEST_CASE("peer: what it does not want holds for some heartbeats") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.say(*far, stream, of_all_kinds());
  f.advance(2900ms);
  f.publish({"unwanted"});
  CHECK(far->heard(far->opened().at(0)).messages.empty());
  f.advance(200ms);
  f.publish({"unwanted"});
  CHECK(far->heard(far->opened().at(0)).messages == texts{"unwanted"});
}

TEST_CASE("peer: messages of one read are passed on together, or by RPC if "
          "lots are drawn") {
  const bool lots = GENERATE(false, true);
  peer_fixture f{[&](node_config& c) {
    if (lots)
      c.gater.emplace();
  }};
  auto [far, stream] = f.join();
  auto& other = f.connect();
  const auto second = f.open(other);
  send(*far, stream, "a");
  f.say(*far, stream, of_all_kinds());
  f.cache.clear();
  send(*far, stream, "b");
  send(*far, stream, "c");
  proto::control graft;
  graft.grafts = {"t"};
  std::vector<bytes> frames;
  proto::encode_frames({}, graft, 1024, frames);
  far->send(stream, frames.at(0));
  send(*far, stream, "d");
  send(other, second, "e");
  f.run();
  CHECK(f.received() == texts{"b", "c", "d", "e"});
  CHECK(f.cache.all<messages_received>().size() == (lots ? 4 : 2));
}

TEST_CASE("peer: more credit than it owes gives no more than that") {
  peer_fixture f;
  auto [far, stream] = f.join();
  f.tell_peer(return_credit{100, 100'000});
  for (int i = 0; i < 2048; ++i)
    send(*far, stream, "m");
  f.run();
  send(*far, stream, "beyond");
  f.run();
  CHECK(f.received().size() == 2048);
}

TEST_CASE("peer: entries for the mesh are to be decided like messages") {
  peer_fixture f;
  auto [far, stream] = f.join();
  std::vector<proto::subscription> topics;
  for (int i = 0; i < 2048; ++i)
    topics.push_back({.topic = std::to_string(i)});
  say_all(f, *far, stream, topics);
  send(*far, stream, "beyond");
  f.run();
  CHECK(f.received().empty());
  f.tell_peer(return_credit{1, 0});
  CHECK(f.received() == texts{"beyond"});
}

TEST_CASE("peer: a large RPC of a peer that is in time counts against the "
          "node's budget until it is whole") {
  auto memory = std::make_shared<node_memory>(1 << 30, 1 << 30);
  peer_fixture f{[](node_config&) {},
                 [&](node_context& ctx) { ctx.memory = memory; }};
  auto [far, stream] = f.join();
  const auto whole = peer_fixture::message(std::string(100'000, 'x'));
  const bytes_view frame{whole->frame()};
  far->send(stream, frame.first(50'000));
  f.run();
  CHECK(memory->unfinished.used() >= 50'000);
  far->send(stream, frame.subspan(50'000));
  f.run();
  CHECK(memory->unfinished.used() == 0);
  CHECK(f.received().size() == 1);
}

// -- extensions ---------------------------------------------------------------

TEST_CASE("peer: extensions that are announced again count as misbehaviour "
          "(1.3)") {
  peer_fixture f;
  auto& far = f.connect();
  const auto stream = f.open(far, "/meshsub/1.3.0");
  f.say(far, stream, announcing({.partial_messages = true}));
  CHECK(f.mesh.all<misbehaved>().empty());
  f.say(far, stream, announcing({.partial_messages = true}));
  REQUIRE(f.mesh.all<misbehaved>().size() == 1);
  CHECK(f.mesh.all<misbehaved>()[0].peer == peer_fixture::id());
  CHECK(f.mesh.all<misbehaved>()[0].count == 10);
}

TEST_CASE("peer: partial messages are passed on once both sides have announced "
          "them (1.3)") {
  const bool announced = GENERATE(true, false);
  peer_fixture f{[](node_config& c) { c.partial_messages = true; }};
  auto& far = f.connect();
  const auto stream = f.open(far, "/meshsub/1.3.0");
  f.say(far, stream, announcing({.partial_messages = announced}));
  const bytes group{1, 2};
  const bytes parts(1000, 7);
  const auto frame =
      proto::encode_partial({"t", group, bytes_view{parts}, std::nullopt}, 4096)
          .value();
  far.send(stream, frame);
  f.run();
  const auto& told = f.mesh.all<partial_received>();
  REQUIRE(told.size() == (announced ? 1 : 0));
  CHECK(f.mesh.all<partial_usable>().size() == (announced ? 1 : 0));
  if (announced) {
    CHECK(told[0].from.id == peer_fixture::id());
    CHECK(told[0].partial.topic == "t");
    CHECK(to_bytes(told[0].partial.parts.value()) == parts);
    // The length is no part of what is kept.
    CHECK(told[0].frame->size() == frame.size() - 2);
  }
}

TEST_CASE("peer: partial messages are to be decided like messages (1.3)") {
  const bool many = GENERATE(true, false);
  peer_fixture f{[](node_config& c) {
    c.partial_messages = true;
    c.params.gossip.max_partial_messages = 10'000;
    c.params.gossip.max_partial_bytes = std::size_t{1} << 30;
  }};
  auto& far = f.connect();
  const auto stream = f.open(far, "/meshsub/1.3.0");
  f.say(far, stream, announcing({.partial_messages = true}));
  const bytes group{1, 2};
  const bytes parts(many ? 10 : 1'000'000, 7);
  const auto frame = proto::encode_partial(
      {"t", group, bytes_view{parts}, std::nullopt}, 1024 * 1024);
  for (int i = 0; i < (many ? 2048 : 9); ++i) {
    far.send(stream, frame.value());
    if (!many)
      f.run();
  }
  f.run();
  send(far, stream, "beyond");
  f.run();
  CHECK(f.received().empty());
  f.tell_peer(return_credit{many ? 1U : 0U, many ? 0U : 2'000'000U});
  CHECK(f.received() == texts{"beyond"});
}

TEST_CASE("peer: the test extension's message is sent once both sides have "
          "announced it, once on each stream (1.3)") {
  const bool theirs = GENERATE(true, false);
  peer_fixture f{[](node_config& c) { c.test_extension = true; }};
  const auto hello = *f.hello;
  const bool late = GENERATE(true, false);
  if (late)
    f.hello.reset();
  auto& far = f.connect();
  const auto stream = f.open(far, "/meshsub/1.3.0");
  f.say(far, stream, announcing({.test_extension = theirs}));
  if (late)
    f.tell_peer(hello);
  say_all(f, far, stream, {{.topic = "t"}});
  f.publish({"a"});
  std::size_t tests = 0;
  for (const auto& rpc : far.rpcs(far.opened().at(0)))
    tests += rpc.test_extension ? 1 : 0;
  CHECK(tests == (theirs ? 1 : 0));
}

// -- addresses ----------------------------------------------------------------

TEST_CASE("peer: of a burst of identify pushes the last one counts") {
  // Nothing else is to wake it meanwhile.
  peer_fixture f{[](node_config& c) {
    c.session.identify_timeout = c.session.negotiation_timeout = 5min;
    c.session.ping_interval = 5min;
  }};
  auto& far = f.connect();
  for (std::uint16_t port = 1; port <= 5; ++port) {
    far.session.set_listen_addrs(
        {at(port)}, bytes(16, static_cast<std::uint8_t>(0xa0 + port)));
    f.run();
  }
  const auto& learned = f.mesh.all<record_learned>();
  REQUIRE(learned.size() == 1);
  CHECK(learned[0].sealed == bytes(16, 0xa1));
  f.advance(10'500ms);
  REQUIRE(learned.size() == 2);
  CHECK(learned[1].sealed == bytes(16, 0xa5));
  f.advance(30s);
  CHECK(learned.size() == 2);
}
